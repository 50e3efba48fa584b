"""The seal of adopted minutes: SHA-256 over one form of the text, which anybody can compute again.

The form `gtm-minutes-1` is the JSON (RFC 8259) of the fields listed here, in UTF-8: the names of each object in the
order of their code points, no space between, no escapes but those that JSON demands, absent values as null. A field
that a later release adds is not in it: that release seals by another form, and this one stays readable.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from services.meetings.domain.minutes import Minutes, Seal

FORM = "gtm-minutes-1"
TEXT = ("title", "date", "start", "end", "place", "group_name", "preamble", "attendance")
AGENDA = ("number", "title", "presenter", "postponed")
SECTION = ("id", "number", "title", "text")
DECISION = ("id", "text", "to_confirm", "confirms", "document_id", "document_version")
ACTION = ("what", "who", "institution_id", "due", "due_date", "no_due")
SIGNATORY = ("function", "name")


@dataclass(frozen=True)
class Check:
    """What a seal was compared with."""

    canonical: str
    computed: str
    recorded: Seal | None
    first_heard: str | None
    """The first seal of these minutes that this node heard of."""

    @property
    def holds(self) -> bool | None:
        """Whether the text is the one that was sealed; None where it never was."""
        if self.recorded is None:
            return None
        return self.recorded.form == FORM and {self.recorded.sha256, self.first_heard or self.computed} == {
            self.computed
        }


def canonical(minutes: Minutes) -> str:
    """The form that is sealed."""
    told = {
        "form": FORM,
        "id": minutes.id,
        "meeting_id": minutes.meeting_id,
        "corrects": minutes.corrects,
        **{name: _plain(getattr(minutes, name)) for name in TEXT},
        "agenda": _each(minutes.agenda, AGENDA),
        "sections": [
            {
                **_of(one, SECTION),
                "decisions": _each(one.decisions, DECISION),
                "actions": _each(one.actions, ACTION),
            }
            for one in minutes.sections
        ],
        "signatory": _of(minutes.signatory, SIGNATORY) if minutes.signatory else None,
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def seal(minutes: Minutes) -> Seal:
    """The seal of the text as it is."""
    return Seal(form=FORM, sha256=digest(canonical(minutes)))


def digest(text: str) -> str:
    """SHA-256 of the text in UTF-8, in hexadecimal digits."""
    return sha256(text.encode("utf-8")).hexdigest()


def check(minutes: Minutes, first_heard: str | None = None) -> Check:
    """The seal, computed again."""
    text = canonical(minutes)
    return Check(text, digest(text), minutes.seal, first_heard)


def _each(items: Sequence[Any], names: Sequence[str]) -> list[dict[str, Any]]:
    return [_of(one, names) for one in items]


def _of(item: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: _plain(getattr(item, name)) for name in names}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
