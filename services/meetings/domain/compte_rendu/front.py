"""The front part: everything before the first section.

The lines are walked once, in order. A label opens a field and the lines after it belong to it as far as it can take
them; the heading of the agenda opens the agenda; what no field takes is kept as preamble, and said.
"""

from dataclasses import dataclass, field

from .agenda import AgendaReader, inline_items
from .attendance import read_attendance
from .extracted import AgendaItem, HeaderEntry, Present
from .front_words import FieldName, Label, is_agenda_heading, read_label
from .notes import Notes, numbers
from .opening import find_title, is_opening
from .source import Line
from .vocabulary import AGENDA_IN_SENTENCE, PROCEEDINGS

_SHORT = {"date": 1, "time": 1, "place": 3, "group": 1, "attendance": 0, "absence": 0}
"""Lines a field's value may run over; the attendance takes all it can."""
_LONGEST_VALUE = 400
_PROSE = 250  # characters of a line that is no institution
_NEAR_TOP = 30  # filled lines among which an agenda without a heading begins


@dataclass(slots=True)
class _Field:
    label: Label
    line: Line
    value: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Front:
    """What the front part gave. `end` is the index of the first line that is not of it."""

    title: list[Line] = field(default_factory=list)
    header: list[HeaderEntry] = field(default_factory=list)
    values: dict[FieldName, HeaderEntry] = field(default_factory=dict)
    attendance: tuple[Present, ...] = ()
    agenda: tuple[AgendaItem, ...] = ()
    agenda_found: bool = False
    end: int = 0


class FrontReader:
    """Walks the lines before `limit` (the first section title that is certain, or the end)."""

    def __init__(self, lines: list[Line], limit: int, notes: Notes) -> None:
        self._lines, self._limit, self._notes = lines, limit, notes
        self._front = Front(title=find_title(lines[:limit]))
        self._titles = {id(line) for line in self._front.title}
        self._open: _Field | None = None
        self._agenda: AgendaReader | None = None
        self._in_agenda = False
        self._attendance: list[Line] = []
        self._last_blank = False

    def read(self) -> Front:
        front = self._front
        implied = _implied_agenda(self._lines[: self._limit])
        front.end = self._limit
        for at in range(self._limit):
            if not self._take(at, self._lines[at], implied):
                front.end = at
                break
        self._close()
        taken = {id(line) for line in self._lines[: front.end]}
        front.title = [line for line in front.title if id(line) in taken]
        front.attendance = read_attendance(self._attendance, self._notes)
        front.agenda = self._agenda.items() if self._agenda else ()
        front.agenda_found = self._agenda is not None
        return front

    def _take(self, at: int, line: Line, implied: int | None) -> bool:
        """False where the front part ends before this line."""
        if id(line) in self._titles:
            return True
        if self._in_agenda and self._agenda:
            stop = self._agenda.take(line, self._following(at))
            if stop is None:
                return True
            self._in_agenda = False
            if stop == "body":
                return False
        if not line.filled:
            self._last_blank = True
        elif self._awaits_agenda() and (at == implied or is_agenda_heading(line)):
            self._begin_agenda(line, heading=at != implied)
        elif label := read_label(line):
            self._begin_field(label, line)
        elif line.fold in PROCEEDINGS:
            return False
        elif not self._value(line):
            if not self._awaits_agenda():
                return False
            self._notes.preamble.append(line)
        self._last_blank = not line.filled
        return True

    def _following(self, at: int) -> Line | None:
        """The next filled line of the front part."""
        return next((line for line in self._lines[at + 1 : min(self._limit, at + 8)] if line.filled), None)

    def _awaits_agenda(self) -> bool:
        return self._agenda is None or self._agenda.empty

    def _begin_agenda(self, line: Line, *, heading: bool) -> None:
        self._close()
        self._agenda = AgendaReader(self._notes)
        self._in_agenda = True
        if not heading:
            self._take_or_keep(line)
            return
        head, colon, rest = line.text.partition(":")
        if not rest.strip() and (is_opening(line) or len(line.text) > 120):
            self._notes.preamble.append(line)
            return
        self._notes.label(line, head + colon)
        for item in inline_items(rest):
            self._take_or_keep(Line(line.number, item))

    def _take_or_keep(self, line: Line) -> None:
        """An item of the agenda; what the agenda does not take is kept as text."""
        if self._agenda is None or self._agenda.take(line) is not None:
            self._notes.preamble.append(line)

    def _begin_field(self, label: Label, line: Line) -> None:
        self._close()
        self._open = _Field(label, line)
        if label.rest:
            self._open.value.append(Line(line.number, label.rest, line.listed))

    def _value(self, line: Line) -> bool:
        """Gives a line to the open field; False where no field takes it."""
        opened = self._open
        if opened is None:
            return False
        name = opened.label.field
        if name in ("attendance", "absence"):
            text = line.text.strip()
            prose = len(text) > _PROSE and ";" not in text and " - " not in text and not line.marker.bulleted
            if prose or is_opening(line) or _begins_section(line, opened.value):
                self._close()
                return False
            opened.value.append(line)
            return True
        full = len(opened.value) >= _SHORT[name] or (opened.value and self._last_blank)
        if full or len(line.text) > _LONGEST_VALUE:
            self._close()
            return False
        opened.value.append(line)
        return True

    def _close(self) -> None:
        """Files the open field: the attendance goes to its list, absences to the preamble, the rest to the header."""
        opened, self._open = self._open, None
        if opened is None:
            return
        name = opened.label.field
        if name == "absence":
            self._notes.preamble.append(opened.line)
            self._notes.preamble.extend(line for line in opened.value if line.number != opened.line.number)
            self._notes.warn("absences-kept-as-text", opened.line.number)
            return
        text = "" if name == "attendance" else " ".join(" ".join(line.text.split()) for line in opened.value)
        entry = HeaderEntry(
            opened.label.label, text, numbers([opened.line, *([] if name == "attendance" else opened.value)])
        )
        self._front.header.append(entry)
        if name == "attendance":
            self._attendance.extend(opened.value)
        self._front.values.setdefault(name, entry)


def _implied_agenda(lines: list[Line]) -> int | None:
    """Where a numbered agenda begins that has no heading: right after the opening sentence, from 1 on."""
    seen, opened, first = 0, False, None
    for at, line in enumerate(lines):
        if not line.filled:
            continue
        seen += 1
        if seen > _NEAR_TOP or is_agenda_heading(line):
            return None
        marker = line.marker
        if first is not None:
            if marker.number == 2 and marker.kind == "arabic":
                return first
            first = first if marker.kind == "none" and line.text.strip()[:1].islower() else None
        elif opened and marker.kind == "arabic" and marker.number == 1 and _like_agenda(line):
            first = at
        opened = opened or is_opening(line)
    return None


def _begins_section(line: Line, value: list[Line]) -> bool:
    """Whether a numbered line after a list without numbers is no institution any more."""
    marker = line.marker
    if not marker.numbered or marker.bulleted or not value:
        return False
    return marker.kind != "arabic" or not any(other.marker.numbered for other in value[:3])


def _like_agenda(line: Line) -> bool:
    return AGENDA_IN_SENTENCE in line.fold or line.text.rstrip().endswith(";")
