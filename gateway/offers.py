"""What can be done with a record of another node instead of changing it: records of this node about it, or its owner.

A line a noun: what is said, by which method, where. The 409 `not-the-origin` carries them, for machines and in words.
"""

from collections.abc import Mapping
from typing import Any, Final

from flask import Flask, Response, request

from chassis.kernel.errors import ConflictError
from gateway import context, elsewhere, messages
from gateway.problems import from_error, problem_response

API: Final = "/api/v1"
# noun → (rel, method, path, code of its words)
OFFERS: Final[Mapping[str, tuple[tuple[str, str, str, str], ...]]] = {
    "recommendation": (
        ("response", "POST", "/recommendations/{id}/responses", "offer-response"),
        ("progress-report", "POST", "/recommendations/{id}/progress-reports", "offer-progress-report"),
        ("referral", "POST", "/recommendations/{id}/referrals", "offer-referral"),
    ),
    "meeting": (("rsvp", "POST", "/meetings/{id}/rsvps", "offer-rsvp"),),
    "minutes": (("remark", "POST", "/minutes/{id}/remarks", "offer-remark"),),
    "referral": (("answer", "POST", "/referrals/{id}/answers", "offer-answer"),),
    "round": (("opinion", "POST", "/rounds/{id}/opinions", "offer-opinion"),),
    "document": (
        ("opinion", "GET", "/proposals", "offer-proposals"),
        ("remark", "POST", "/documents/{id}/remarks", "offer-remark"),
    ),
    "opinion": (("opinion", "GET", "/proposals", "offer-proposals"),),
    "intervention": (("confirmation", "POST", "/interventions/{id}/confirmations", "offer-confirmation"),),
    "observation": (("verification", "POST", "/observations/{id}/verifications", "offer-verification"),),
    "indicator": (("observation", "POST", "/observations", "offer-observation"),),
}


def register(app: Flask) -> None:
    """Have the refusal to change another node's record say what is possible."""
    app.register_error_handler(ConflictError, _refused)


def _refused(error: ConflictError) -> Response:
    problem = from_error(error)
    if error.code == "not-the-origin":
        origin, language = str(error.params["origin"]), context.language()
        offered = instead(str(error.params.get("noun", "")), str(error.params.get("id", "")), origin)
        whose = messages.text(error.code, language, {"origin": elsewhere.name_of(origin, language)})
        possible = {"instead": "; ".join(one["title"] for one in offered)}
        said = f"{whose} {messages.text('offers-possible', language, possible)}"
        problem.more = {"detail": said, "origin": origin, "instead": offered}
    return problem_response(problem)


def instead(noun: str, id: str, origin: str) -> list[dict[str, Any]]:
    """[{rel, method, href, title}]: what this node can add, then where the record lives and whom to ask."""
    language = context.language()
    made = [
        {
            "rel": rel,
            "method": method,
            "href": API + path.format(id=id),
            "title": messages.text(code, language),
        }
        for rel, method, path, code in OFFERS.get(noun, ())
    ]
    return [*made, _at_home(origin, language)]


def _at_home(origin: str, language: str) -> dict[str, Any]:
    owner = elsewhere.known().get(origin)
    name = elsewhere.name_of(origin, language)
    body = owner.body if owner and owner.body else name
    href = f"{owner.address.rstrip('/')}{_record_path()}" if owner and owner.address else None
    code = "offer-origin" if body != name else "offer-origin-alone"
    title = messages.text(code, language, {"name": name, "body": body})
    return {"rel": "origin", "method": "GET", "href": href, "title": title}


def _record_path() -> str:
    """The address of the record itself: that of the request without the act."""
    id = str((request.view_args or {}).get("id", ""))
    return request.path.partition(id)[0] + id if id else request.path
