"""The register of decisions: a line for each decision of minutes that left the desk, whichever node's they are.

A line is a function of its minutes alone, so the order of arrival makes no difference. Minutes that were corrected have
none: those of the erratum stand in their place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid5

from chassis.kernel.record import Record
from chassis.kernel.text import fold
from services.meetings.domain.minutes import SEALED, STATES, Minutes
from services.meetings.domain.section import Decision, Section, with_ids

OPEN_STATES = tuple(one for one in STATES if one != "draft")


@dataclass(frozen=True, kw_only=True)
class DecisionLine(Record):
    """A decision with where it was taken. `visibility` and `version` are those of the minutes."""

    decision_id: str
    text: str
    to_confirm: bool
    confirms: str | None
    confirmed_by: str | None = None
    document_id: str | None
    document_version: int | None
    minutes_id: str
    minutes_state: str
    adopted_on: str | None
    meeting_id: str
    group_id: str | None
    group_name: str | None
    date: str
    title: str
    section_id: str
    section_title: str
    section_number: int | None


def lines(minutes: Minutes) -> list[DecisionLine]:
    """What the register holds of these minutes."""
    if minutes.state not in OPEN_STATES or minutes.corrected_by is not None:
        return []
    sections = with_ids(minutes.id, minutes.sections)
    return [_line(minutes, section, one) for section in sections for one in section.decisions if one.id]


def words(line: DecisionLine) -> list[str]:
    """What the line is found by: every word of the decision and its heading, without accents or case."""
    return sorted(set(fold(f"{line.text} {line.section_title} {line.title} {line.group_name or ''}").split()))


def counts(line: DecisionLine) -> bool:
    """Whether a decision can confirm another: adopted, with quorum, and known beyond its node."""
    return line.minutes_state in SEALED and not line.to_confirm and line.visibility != "internal"


def concerned(lines: Iterable[DecisionLine]) -> set[str]:
    """The decisions whose confirmation may be another one by these lines."""
    found = list(lines)
    return {one.decision_id for one in found} | {one.confirms for one in found if one.confirms}


def _line(minutes: Minutes, section: Section, decision: Decision) -> DecisionLine:
    own = {name: getattr(minutes, name) for name in Record.__dataclass_fields__ if name != "id"}
    return DecisionLine(
        id=str(uuid5(UUID(minutes.id), str(decision.id))),
        **own,
        decision_id=str(decision.id),
        text=decision.text,
        to_confirm=decision.to_confirm,
        confirms=decision.confirms,
        document_id=decision.document_id,
        document_version=decision.document_version,
        minutes_id=minutes.id,
        minutes_state=minutes.state,
        adopted_on=minutes.adopted_on,
        meeting_id=minutes.meeting_id,
        group_id=minutes.group_id,
        group_name=minutes.group_name,
        date=minutes.date,
        title=minutes.title,
        section_id=str(section.id),
        section_title=section.title,
        section_number=section.number,
    )
