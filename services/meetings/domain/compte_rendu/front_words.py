"""Recognises the labels of the front part: Date, Heure, Lieu, Présence, the heading of the agenda."""

import re
from dataclasses import dataclass
from typing import Literal

from chassis.kernel.text import fold

from .dates import find_date
from .source import Line
from .times import find_times
from .vocabulary import (
    ABSENCE_STARTS,
    AGENDA_HEADINGS,
    AGENDA_IN_SENTENCE,
    ATTENDANCE_LABELS,
    ATTENDANCE_STARTS,
    DATE_LABELS,
    GROUP_LABELS,
    NO_AGENDA_HEADING,
    PLACE_LABELS,
    TIME_LABELS,
)

FieldName = Literal["date", "time", "place", "group", "attendance", "absence"]
_SEPARATOR = re.compile(r"\s{0,3}[:|]|\t|\s{2,}")
_LONGEST_LABEL = 120
_BODY_NAMES = (
    "GTM",
    "CCM",
    "CRCM",
    "COPIL",
    "Groupe",
    "Cadre",
    "Comité",
    "Technical",
    "Consultation",
    "Steering",
)
_MOST_WORDS = 12
"""Words of an agenda heading; a longer one has to end in a colon."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label of the header: the field, the label as written, and what follows it on the line."""

    field: FieldName
    label: str
    rest: str


def read_label(line: Line) -> Label | None:
    """The header label that a line begins with, or None.

    A tab, a colon, a bar, two spaces or the line's end part label and value; where only one space does, the value has
    to look like one.
    """
    text = line.text.strip()
    separator = _SEPARATOR.search(text[:_LONGEST_LABEL])
    head = text[: separator.start()] if separator else text[:_LONGEST_LABEL]
    name = _field_of(fold(head))
    if name and (separator or len(text) < _LONGEST_LABEL):
        return Label(name, head.strip(), text[separator.end() :].strip() if separator else "")
    return _loose_label(text)


def is_agenda_heading(line: Line) -> bool:
    """Whether a line announces the agenda: « Points inscrits à l'ordre du jour », or a sentence that ends so."""
    marker = line.marker
    if marker.kind != "none":
        return fold(marker.rest[:_LONGEST_LABEL]) in AGENDA_HEADINGS
    head = line.text.split(":", 1)[0] if len(line.text) < 400 else line.text
    if fold(head[:_LONGEST_LABEL]) in AGENDA_HEADINGS and len(head) < _LONGEST_LABEL:
        return True
    if AGENDA_IN_SENTENCE not in line.fold or line.fold.startswith(NO_AGENDA_HEADING):
        return False
    ending = line.text.rstrip()[-1:]
    return ending == ":" or (len(line.fold.split()) <= _MOST_WORDS and ending not in ".;,")


def begins_front_field(line: Line) -> bool:
    """Whether a header field or the agenda begins on this line."""
    return line.filled and (read_label(line) is not None or is_agenda_heading(line))


def _field_of(folded: str) -> FieldName | None:
    tables: tuple[tuple[FieldName, frozenset[str]], ...] = (
        ("date", DATE_LABELS),
        ("time", TIME_LABELS),
        ("place", PLACE_LABELS),
        ("group", GROUP_LABELS),
        ("attendance", ATTENDANCE_LABELS),
    )
    for name, words in tables:
        if folded in words:
            return name
    if folded.startswith(ATTENDANCE_STARTS) and len(folded.split()) <= _MOST_WORDS:
        return "attendance"
    if folded.startswith(ABSENCE_STARTS) and len(folded.split()) <= 4:
        return "absence"
    return None


def _like_a_name(text: str) -> bool:
    """Whether a text may be an institution: it begins with a capital and is short and no sentence."""
    return text[:1].isupper() and len(text) <= _LONGEST_LABEL and text.rstrip()[-1:] not in ".:"


def _loose_label(text: str) -> Label | None:
    """A label parted from its value by one space: « Date 16 mars 2023 », « Lieu Salle de réunion »."""
    label, _, rest = text.partition(" ")
    name = _field_of(fold(label[:_LONGEST_LABEL]))
    if name is None or not rest.strip() or name == "absence":
        return None
    looks_right = {
        "date": lambda: find_date(rest) is not None,
        "time": lambda: bool(find_times(rest).times),
        "place": lambda: not rest[:1].islower(),
        "group": lambda: rest.startswith(_BODY_NAMES),
        "attendance": lambda: rest.lstrip()[:1] in "-–•" or ";" in rest or _like_a_name(rest),
    }
    return Label(name, label, rest.strip()) if looks_right[name]() else None
