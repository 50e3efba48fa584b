"""The page of the federation: how this node, its centre and the other nodes hear each other.

For everybody: which nodes there are and how each is. For who signs in: what waits, lag, warnings, comparisons, as
GET /federation/status has it. There is no session for browsers: the form signs in for one answer alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import Response, request

from chassis.kernel.clock import NIAMEY, now
from chassis.kernel.errors import PlatformError
from gateway import context, elsewhere, federation, messages
from gateway.accounts.signing_in import Client
from gateway.auth import authority
from gateway.pages import page
from gateway.problems import Problem, detail, from_error
from gateway.rpc import ServiceFault
from services.federation.contract import wording

NEEDED: Final = "federation"
# How a state looks: by colour, by sign and by the kind of line, never by colour alone.
LOOKS: Final = {
    "up_to_date": "good",
    "catching_up": "busy",
    "never_heard": "busy",
    "invited": "idle",
    "suspended": "idle",
    "removed": "idle",
}
SIGNS: Final = {"good": "✓", "busy": "…", "idle": "–", "bad": "!"}
OUTSIDE: Final = ("invited", "removed")  # not shown to the public: they belong no more, or not yet
LONGEST_NAME: Final = 27  # letters that fit beside the picture's lines
ROW: Final = 46
TOP: Final = 30
BELOW: Final = 26


@dataclass(frozen=True)
class Mark:
    """A node of the picture: its name and the line to it."""

    name: str
    text: str
    look: str
    sign: str
    y: int


def federation_page() -> Response:
    """GET and POST /federation."""
    if NEEDED not in context.settings().node.services:
        raise elsewhere.not_here(NEEDED)
    refusal = _sign_in() if request.method == "POST" else None
    try:
        whole = not context.principal().is_public
        told = federation.links() if whole else _heard()
    except (PlatformError, ServiceFault) as error:
        if not isinstance(error, PlatformError):
            return _answer(None, problem=messages.text("internal-error", context.language()), status=500)
        problem = from_error(error)
        return _answer(None, problem=_words(problem), status=problem.status)
    status = refusal.status if refusal else 200
    response = _answer(told, whole=whole, problem=_words(refusal) if refusal else None, status=status)
    response.headers.update(refusal.headers if refusal else {})
    response.headers["Cache-Control"] = "no-store" if whole else "no-cache"
    return response


def _sign_in() -> Problem | None:
    given = request.form
    try:
        who = str(given.get("username", ""))[:200]
        client = Client(address=request.remote_addr or "", device=authority().cookies.device(request))
        authority().sign_in_once(who, str(given.get("password", ""))[:1000], client)
    except Problem as problem:
        return problem
    return None


def _heard() -> dict[str, Any]:
    """What the public sees, in the form of the status."""
    said = context.call("federation.heard", {})
    language, at = context.language(), now()
    links = []
    for one in said["nodes"]:
        if one["state"] in OUTSIDE:
            continue
        last, name = one["last_heard"], one["name"][language]
        silent = (at - datetime.fromisoformat(last)).total_seconds() if last else None
        text = wording.state_in_words(one["state"], language, name, silent)
        links.append({"node": one["node"], "name": name, "state": one["state"], "text": text})
    return {"node": said["node"], "name": elsewhere.name_of(said["node"], language), "links": links}


def _answer(told: dict[str, Any] | None, *, status: int, **values: Any) -> Response:
    links = [one | {"look": LOOKS.get(one["state"], "bad")} for one in (told or {}).get("links", [])]
    for one in links:
        one["sign"] = SIGNS[one["look"]]
    own = (told or {}).get("name") or elsewhere.name_of(elsewhere.here(), context.language())
    picture = _picture(links)
    values = {"whole": False, **values, "told": told, "links": links, "own": own, "moment": _moment, "since": _since}
    values["service_text"] = elsewhere.service_text
    values |= {"picture": picture, "height": TOP + ROW * (len(picture) - 1) + BELOW}
    response = page("federation.html", hub=context.settings().node.hub, **values)
    response.status_code = status
    return response


def _picture(links: Sequence[dict[str, Any]]) -> list[Mark]:
    return [_mark(one, TOP + ROW * place) for place, one in enumerate(links)]


def _mark(one: dict[str, Any], y: int) -> Mark:
    how = str(one["text"]).partition(":")[0].strip()
    return Mark(_short(str(one["name"] or one["node"])), _short(how), one["look"], one["sign"], y)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_NAME else f"{text[: LONGEST_NAME - 1]}…"


def _words(problem: Problem) -> str:
    return detail(problem.code, context.language(), problem.params, problem.status)


def _moment(text: str | None) -> str:
    """An instant as people in Niamey write it: 2026-03-02 13:00."""
    return datetime.fromisoformat(text).astimezone(NIAMEY).strftime("%Y-%m-%d %H:%M") if text else "–"


def _since(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    return "< 1 s" if seconds < 1 else wording.duration(seconds, context.language())
