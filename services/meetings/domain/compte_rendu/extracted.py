"""What the reader gives: the fields of a compte-rendu, each with the source lines it came from.

No word of the source is lost. Every filled source line stands, word for word, in exactly one of the
verbatim fields: `title`, `header` (label and text), `attendance`, `agenda` (text), `sections` (heading, text,
actions), `preamble`, `signatory`, `page_headers`, `labels`. The others (date, start, presenter, due date…) are
read out of those. Markup left by a converter (`<p>`, `<li>`…) is no word.
"""

from dataclasses import dataclass, field
from typing import Any

LineNumbers = tuple[int, ...]
"""1-based numbers of source lines, rising."""


@dataclass(frozen=True, slots=True)
class ReadingWarning:
    """Something the reader could not make out or found contradictory; the code has a text in messages.toml."""

    code: str
    params: dict[str, Any]
    line: int | None = None


@dataclass(frozen=True, slots=True)
class HeaderEntry:
    """A line of the header table as written: « Date », « 21 Septembre 2021 »."""

    label: str
    text: str
    lines: LineNumbers


@dataclass(frozen=True, slots=True)
class Present:
    """One institution of the attendance as written, without bullet and closing punctuation."""

    text: str
    lines: LineNumbers


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """One agenda item; `text` is the line as written, `title` what remains without number and presenter."""

    number: int | None
    title: str
    presenter: str | None
    postponed: bool
    text: str
    lines: LineNumbers


@dataclass(frozen=True, slots=True)
class Action:
    """One row of a table of action points. `due` as written, `due_date` (YYYY-MM-DD) where it is a date.

    `section` is the index in `Extracted.sections`.
    """

    what: str
    who: str | None
    due: str | None
    due_date: str | None
    section: int
    lines: LineNumbers


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as listed under « Décisions »; `to_confirm` of one that says so."""

    text: str
    to_confirm: bool
    lines: LineNumbers


@dataclass(frozen=True, slots=True)
class Section:
    """One section: `heading` as written, `title` without its number, `text` the verbatim body.

    `agenda_index` is the agenda item it answers, or None. A section that has no heading has an empty title.
    `key_points` repeats the list items of the text, without bullets.
    """

    number: int | None
    title: str
    heading: str
    text: str
    key_points: tuple[str, ...]
    actions: tuple[Action, ...]
    agenda_index: int | None
    heading_lines: LineNumbers
    text_lines: LineNumbers
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signed: « Le Secrétaire Permanent » and a name; one of the two may be missing."""

    function: str | None
    name: str | None
    lines: LineNumbers

    @property
    def text(self) -> str:
        return " ".join(part for part in (self.function, self.name) if part)


@dataclass(frozen=True, slots=True)
class Extracted:
    """The whole compte-rendu as read. Times are local (Africa/Niamey), HH:MM; dates YYYY-MM-DD.

    `group` is the short name of the body (« GTM », « GTM Agadez »), `region` the region's name where one is named;
    the central group has none. `field_lines` holds the source lines of date, start, end, place, group and title.
    """

    title: str | None = None
    date: str | None = None
    start: str | None = None
    end: str | None = None
    place: str | None = None
    group: str | None = None
    region: str | None = None
    header: tuple[HeaderEntry, ...] = ()
    attendance: tuple[Present, ...] = ()
    agenda: tuple[AgendaItem, ...] = ()
    sections: tuple[Section, ...] = ()
    signatory: Signatory | None = None
    preamble: str = ""
    preamble_lines: LineNumbers = ()
    page_headers: tuple[tuple[int, str], ...] = ()
    labels: tuple[tuple[int, str], ...] = ()
    field_lines: dict[str, LineNumbers] = field(default_factory=dict)
    warnings: tuple[ReadingWarning, ...] = ()

    @property
    def actions(self) -> tuple[Action, ...]:
        """All action rows, section by section."""
        return tuple(action for section in self.sections for action in section.actions)
