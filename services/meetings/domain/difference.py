"""What differs between two texts of minutes, section by section and paragraph by paragraph; a pure function of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from services.meetings.domain.minutes import Minutes
from services.meetings.domain.paragraph import paragraphs
from services.meetings.domain.section import Action, Section

SAME, ADDED, REMOVED, CHANGED = "same", "added", "removed", "changed"
TOLD = ("title", "date", "start", "end", "place", "group_name", "preamble", "attendance", "agenda", "signatory")
HEADING = ("title", "number")


@dataclass(frozen=True)
class ParagraphDifference:
    """A paragraph as it was and as it is, with its numbers."""

    change: str
    before: str | None = None
    after: str | None = None
    number_before: int | None = None
    number_after: int | None = None


@dataclass(frozen=True)
class FieldDifference:
    """A field that says something else, in words."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class SectionDifference:
    """A section as it was and as it is."""

    id: str | None
    title: str
    number: int | None
    change: str
    fields_changed: tuple[FieldDifference, ...] = ()
    paragraphs: tuple[ParagraphDifference, ...] = ()
    decisions: tuple[ParagraphDifference, ...] = ()
    actions: tuple[ParagraphDifference, ...] = ()


@dataclass(frozen=True)
class Difference:
    """Between an earlier text and a later one."""

    fields_changed: tuple[FieldDifference, ...]
    sections: tuple[SectionDifference, ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.fields_changed and all(one.change == SAME for one in self.sections)


def difference(before: Minutes, after: Minutes) -> Difference:
    """What a reader of the one has to know of the other. Sections are the same by their id, wherever they stand."""
    earlier = {one.id: one for one in before.sections}
    now = {one.id for one in after.sections}
    sections = [_section(earlier.get(one.id), one) for one in after.sections]
    gone = [_section(one, None) for one in before.sections if one.id not in now]
    return Difference(_fields(before, after, TOLD), (*sections, *gone))


def _section(before: Section | None, after: Section | None) -> SectionDifference:
    was, now = before or Section(title=""), after or Section(title="")
    told = after or was
    lines = _lines([one.text for one in paragraphs(was.text)], [one.text for one in paragraphs(now.text)])
    decisions = _lines([one.text for one in was.decisions], [one.text for one in now.decisions])
    actions = _lines([_row(one) for one in was.actions], [_row(one) for one in now.actions])
    fields = _fields(was, now, HEADING) if before and after else ()
    change = CHANGED
    if before is None:
        change = ADDED
    elif after is None:
        change = REMOVED
    elif not fields and all(one.change == SAME for one in (*lines, *decisions, *actions)):
        return SectionDifference(told.id, told.title, told.number, SAME)
    return SectionDifference(told.id, told.title, told.number, change, fields, lines, decisions, actions)


def _lines(before: Sequence[str], after: Sequence[str]) -> tuple[ParagraphDifference, ...]:
    found: list[ParagraphDifference] = []
    for _, i, k, j, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for step in range(max(k - i, m - j)):
            was, now = (i + step if i + step < k else None), (j + step if j + step < m else None)
            found.append(_line(before, was, after, now))
    return tuple(found)


def _line(before: Sequence[str], was: int | None, after: Sequence[str], now: int | None) -> ParagraphDifference:
    old, new = (None if was is None else before[was]), (None if now is None else after[now])
    change = ADDED if old is None else REMOVED if new is None else SAME if old == new else CHANGED
    numbers = (None if was is None else was + 1), (None if now is None else now + 1)
    return ParagraphDifference(change, old, new, *numbers)


def _fields(before: Any, after: Any, names: Sequence[str]) -> tuple[FieldDifference, ...]:
    pairs = [(name, getattr(before, name), getattr(after, name)) for name in names]
    return tuple(FieldDifference(name, _words(was), _words(now)) for name, was, now in pairs if was != now)


def _row(action: Action) -> str:
    due = action.due or action.due_date or ("N/A" if action.no_due else "")
    return " | ".join((action.what, action.who or "", due))


def _words(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, tuple):
        return "\n".join(_words(one) or "" for one in value)
    if isinstance(value, str | int):
        return str(value)
    return " ".join(str(one) for one in vars(value).values() if one not in (None, False))
