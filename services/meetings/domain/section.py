"""Sections of minutes: each has an id that stays, and a number that counts its own changes.

Two people write in two sections without disturbing each other; of two in one, the second learns what is there now.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from uuid import UUID, uuid5

from chassis.kernel.errors import FieldError
from chassis.kernel.ids import new_id

FIRST = 0


@dataclass(frozen=True, kw_only=True)
class Action:
    """A row of the table of action points: as written, and the day where it is one."""

    what: str
    who: str | None = None
    institution_id: str | None = None
    """Who is responsible, where that is an institution of the directory."""
    due: str | None = None
    due_date: str | None = None
    no_due: bool = False
    """That there is no day is meant (*N/A*), not forgotten."""
    recommendation_id: str | None = None
    """The recommendation that the row is, once the minutes were circulated or read in."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What was decided on a point, and of which text."""

    text: str
    id: str | None = None
    to_confirm: bool = False
    """Taken without quorum: it counts once a later meeting has confirmed it."""
    confirms: str | None = None
    """The decision of an earlier meeting that this one confirms."""
    document_id: str | None = None
    document_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    """What was said on one point: the text verbatim, what was decided, and its action points."""

    title: str
    number: int | None = None
    text: str = ""
    actions: tuple[Action, ...] = ()
    decisions: tuple[Decision, ...] = ()
    id: str | None = None
    revision: int = FIRST


def with_ids(minutes_id: str, sections: Sequence[Section]) -> tuple[Section, ...]:
    """The sections, those of a release that gave them no id with one that is the same on every node."""
    return tuple(
        one if one.id else replace(one, id=str(uuid5(UUID(minutes_id), str(place))))
        for place, one in enumerate(sections)
    )


def settled(before: Sequence[Section], given: Sequence[Section]) -> tuple[Section, ...]:
    """What people wrote, with the ids and revisions that are the server's: what is the same keeps its own.

    One that names no id is the earlier one of its title, if no other is. Ids must have been checked (`unknown_ids`).
    """
    known = {one.id: one for one in before}
    free = [one for one in before if one.id not in {other.id for other in given}]
    rows = [row for one in before for row in one.actions]
    named = {each.id for one in given for each in one.decisions}
    decided = [one for section in before for one in section.decisions if one.id not in named]
    found = []
    for one in given:
        earlier = known.get(one.id) if one.id else _taken(free, one.title)
        actions = tuple(_row(row, rows) for row in one.actions)
        decisions = tuple(_decision(each, decided) for each in one.decisions)
        found.append(_next(earlier, replace(one, actions=actions, decisions=decisions)))
    return tuple(found)


def unknown_ids(before: Sequence[Section], given: Sequence[Section], field: str = "sections") -> list[FieldError]:
    """One error for each id of a section or decision that is not of these minutes, or is named twice."""
    ids = {one.id for one in before}
    decided = {one.id for section in before for one in section.decisions}
    named = [(f"{field}.{place}.id", one.id, ids, "minutes-section-not-found") for place, one in enumerate(given)]
    named += [
        (f"{field}.{place}.decisions.{row}.id", each.id, decided, "decision-not-found")
        for place, one in enumerate(given)
        for row, each in enumerate(one.decisions)
    ]
    errors: list[FieldError] = []
    seen: set[str] = set()
    for name, id, known, code in named:
        if id is not None and (id not in known or id in seen):
            errors.append({"field": name, "code": "given-twice" if id in seen else code, "params": {"id": id}})
        seen |= {id} if id else set()
    return errors


def as_read(sections: Iterable[Mapping[str, object]]) -> tuple[Section, ...]:
    """Sections as the schema gives them: nested objects and lists."""
    return tuple(as_section(one) for one in sections)


def as_section(values: Mapping[str, object]) -> Section:
    """One of them."""
    actions = tuple(_made(Action, one) for one in _each(values, "actions"))
    decisions = tuple(_made(Decision, one) for one in _each(values, "decisions"))
    return _made(Section, {**values, "actions": actions, "decisions": decisions})


T = TypeVar("T")


def _made(kind: type[T], values: object) -> T:
    return values if isinstance(values, kind) else kind(**values)  # type: ignore[arg-type]


def _each(values: Mapping[str, object], name: str) -> Iterable[object]:
    found = values.get(name) or ()
    return found if isinstance(found, list | tuple) else ()


def _next(earlier: Section | None, given: Section) -> Section:
    if earlier is None:
        return replace(given, id=new_id(), revision=FIRST)
    same = replace(given, id=earlier.id, revision=earlier.revision)
    return earlier if same == earlier else replace(same, revision=earlier.revision + 1)


def _taken(free: list[Section], title: str) -> Section | None:
    found = next((one for one in free if one.title == title), None)
    if found is not None:
        free.remove(found)
    return found


def _row(given: Action, rows: Sequence[Action]) -> Action:
    """With the recommendation that it was before, and no other."""
    known = [row.recommendation_id for row in rows if row.recommendation_id]
    if given.recommendation_id in known:
        return given
    same = next((row.recommendation_id for row in rows if row.what == given.what), None)
    return replace(given, recommendation_id=same)


def _decision(given: Decision, decided: list[Decision]) -> Decision:
    if given.id:
        return given
    same = next((one for one in decided if one.text == given.text), None)
    if same is None:
        return replace(given, id=new_id())
    decided.remove(same)
    return replace(given, id=same.id)
