"""What became of each remark on a document: the table that proves its final version (*tableau de prise en compte*).

A remark is filed by an institution, or said by a group in its opinion. It is seen to when it was set aside with a
reason, or taken in with the place where the text says so now. The same on every node that holds all of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.errors import ConflictError
from services.meetings.domain.document import MOST_HANDLED, Document, DocumentVersion, finalised
from services.meetings.domain.remark import Remark, RemarkAnswer, is_late, verdict_on
from services.meetings.domain.tally import tally
from services.meetings.domain.validation_round import Opinion, Round

STATES = ("open", "to_integrate", "integrated", "set_aside")
SEEN_TO = ("integrated", "set_aside")
MOST_NAMED = 10


@dataclass(frozen=True, kw_only=True)
class Handled:
    """A remark with what became of it."""

    kind: str
    id: str
    origin: str
    institution_id: str | None = None
    group_id: str | None = None
    group: str | None = None
    section: str | None = None
    text: str
    proposal: str | None = None
    version_number: int
    at: datetime
    late: bool | None
    state: str
    answer: RemarkAnswer | None


def table(
    document: Document,
    remarks: Iterable[Remark],
    rounds: Iterable[Round],
    opinions: Sequence[Opinion],
    answers: Sequence[RemarkAnswer],
) -> tuple[Handled, ...]:
    """Every remark, by the text's sections, then by time; in whatever order they came."""
    rows = [_of_remark(one, document, answers) for one in remarks if one.target_id == document.id]
    for one in rounds:
        if one.document_id == document.id and one.origin == document.origin:
            rows += _of_round(one, document, opinions, answers)
    order = {name: place for place, name in enumerate(document.versions[-1].sections if document.versions else ())}
    return tuple(
        sorted(rows, key=lambda row: (order.get(row.section or "", len(order)), row.section or "", row.at, row.id))
    )


def unseen(rows: Iterable[Handled]) -> tuple[Handled, ...]:
    """Those that keep a text from being final."""
    return tuple(row for row in rows if row.state not in SEEN_TO)


def sealed(document: Document, rows: Sequence[Handled], at: datetime) -> tuple[DocumentVersion, ...]:
    """The texts, the last one final, each remark seen to. Raises: ConflictError, as document.finalised."""
    versions = finalised(document, at, tuple(row.id for row in rows)[:MOST_HANDLED])
    if left := unseen(rows):
        named = ", ".join(row.id for row in left[:MOST_NAMED])
        raise ConflictError("remarks-not-handled", "handled", {"count": len(left), "ids": named})
    return versions


def counts(rows: Iterable[Handled]) -> dict[str, int]:
    """How many stand how."""
    found = dict.fromkeys(STATES, 0)
    for row in rows:
        found[row.state] += 1
    return found


def sentences(found: Mapping[str, int]) -> dict[str, str]:
    """The counts as a person reads them: "3 observations : 2 intégrées, 1 écartée"."""
    total = sum(found.values())
    if not total:
        return {"fr": "Aucune observation", "en": "No remarks"}
    french, english = [], []
    for state in STATES:
        if number := found[state]:
            french.append(f"{number} {_FRENCH[state][number > 1]}")
            english.append(f"{number} {_ENGLISH[state]}")
    return {
        "fr": f"{total} observation{'s' if total > 1 else ''} : {', '.join(french)}",
        "en": f"{total} remark{'s' if total > 1 else ''}: {', '.join(english)}",
    }


_FRENCH = {
    "open": ("sans suite", "sans suite"),
    "to_integrate": ("à intégrer", "à intégrer"),
    "integrated": ("intégrée", "intégrées"),
    "set_aside": ("écartée", "écartées"),
}
_ENGLISH = {
    "open": "without a verdict",
    "to_integrate": "to be taken in",
    "integrated": "taken in",
    "set_aside": "set aside",
}


def _of_remark(remark: Remark, document: Document, answers: Sequence[RemarkAnswer]) -> Handled:
    answer = verdict_on(remark, document, answers)
    return Handled(
        kind="remark",
        id=remark.id,
        origin=remark.origin,
        institution_id=remark.institution_id,
        section=remark.section,
        text=remark.text,
        proposal=remark.proposal,
        version_number=remark.target_version,
        at=remark.filed_at,
        late=is_late(remark, document),
        state=_state(answer),
        answer=answer,
    )


def _of_round(
    asked: Round, document: Document, opinions: Sequence[Opinion], answers: Sequence[RemarkAnswer]
) -> list[Handled]:
    """What the groups that were asked say beside their verdict; who is counted is counted here too."""
    rows = []
    for one in tally(asked, opinions, asked.opened_at).counted:
        if not one.opinion.remarks:
            continue
        answer = verdict_on(one.opinion, document, answers)
        rows.append(
            Handled(
                kind="opinion",
                id=one.opinion.id,
                origin=one.opinion.origin,
                group_id=one.group.id,
                group=one.group.name,
                text=one.opinion.remarks,
                version_number=asked.version_number,
                at=one.opinion.given_at,
                late=one.late,
                state=_state(answer),
                answer=answer,
            )
        )
    return rows


def _state(answer: RemarkAnswer | None) -> str:
    if answer is None:
        return "open"
    if answer.verdict == "set_aside":
        return "set_aside"
    return "integrated" if answer.place else "to_integrate"
