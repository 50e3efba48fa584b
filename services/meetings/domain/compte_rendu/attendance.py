"""The attendance: lines of a list, or one line of many, put together into one entry an institution.

1. A bracket that is broken over lines is closed first.  2. A line with a bullet begins an entry; in a list with
bullets, a line without one goes on with the entry before it.  3. A line that holds several entries is parted at
`;`, at ` - `, or at commas between short names; never at a hyphen inside a name, never inside brackets.
"""

import re

from .extracted import Present
from .markers import read_marker
from .notes import Notes, numbers, quoted
from .source import Line
from .vocabulary import ATTENDANCE_ELSEWHERE, NONE_WORDS

_CLOSING = " \t;,."
_GOES_ON = ("de", "des", "du", "la", "le", "les", "et", "pour", "à", "au", "aux", "en", "sur", "l'", "d'", "&")
_AND = re.compile(r"\s(?:et|and)\s(?=\S+$)")
_MANY_DASHES = 2
_SHORT_NAME = 4  # words of a name in a list parted by commas
_LONGEST_ENTRY = 300
"""Characters: what is longer is prose, no institution."""


def read_attendance(lines: list[Line], notes: Notes) -> tuple[Present, ...]:
    """The institutions present, as written without bullets and closing punctuation; stray prose goes to the notes."""
    entries: list[Present] = []
    for group in _entry_lines([line for line in lines if line.filled]):
        joined = " ".join(_bare(line, first=at == 0) for at, line in enumerate(group))
        told = numbers(group)
        if group[0].fold.startswith(ATTENDANCE_ELSEWHERE):
            notes.preamble.extend(group)
            notes.warn("attendance-elsewhere", told[0], text=quoted(joined))
        elif len(joined) > _LONGEST_ENTRY and ";" not in joined and " - " not in joined:
            notes.preamble.extend(group)
            notes.warn("line-not-understood", told[0], text=quoted(joined), field="attendance")
        else:
            entries.extend(Present(text, told) for text in _parted(joined))
    return tuple(entries)


def depth(text: str) -> int:
    """How many brackets a text leaves open."""
    return max(0, text.count("(") - text.count(")"))


def _bare(line: Line, *, first: bool) -> str:
    marker = read_marker(line.text)
    text = marker.rest if first and marker.kind == "bullet" else line.text
    return " ".join(text.split())


def _entry_lines(lines: list[Line]) -> list[list[Line]]:
    """The lines of each entry."""
    with_bullets = sum(read_marker(line.text).bulleted for line in lines) * 2 >= len(lines)
    groups: list[list[Line]] = []
    open_brackets = 0
    for line in lines:
        text = line.text.strip()
        bulleted = read_marker(text).bulleted
        goes_on = bool(groups) and (
            (open_brackets > 0 and not bulleted)
            or (not bulleted and _continues(groups[-1][-1].text.strip(), text, with_bullets=with_bullets))
        )
        if goes_on:
            groups[-1].append(line)
        else:
            groups.append([line])
            open_brackets = 0
        open_brackets = max(0, open_brackets + text.count("(") - text.count(")"))
    return groups


def _continues(before: str, text: str, *, with_bullets: bool) -> bool:
    """Whether a line without a bullet goes on with the entry on the line before it."""
    if before.endswith((";", ".")):
        return False
    if text[:1].islower() or text.startswith("("):
        return True
    last = before.split()[-1].lower() if before.split() else ""
    return with_bullets or last in _GOES_ON or last.endswith(("'", "’", "-", "–")) and len(last) > 1


def _parted(text: str) -> list[str]:
    """The entries of a line that may hold several."""
    parts = _split_outside_brackets(text, ";")
    if len(parts) == 1 and text.count(" - ") >= _MANY_DASHES:
        parts = _split_outside_brackets(text, " - ")
    elif len(parts) == 1 and "," in text:
        parts = _comma_list(text)
    bare = [re.sub(r"^[-–•]\s*", "", part.strip()).rstrip(_CLOSING) for part in parts]
    return [part for part in bare if re.search(r"\w", part)]


def _comma_list(text: str) -> list[str]:
    """« OIM, INS, UNHCR et GIZ/APM » parted; « Ministère du Commerce, de l'Industrie et… » left whole."""
    parts = _split_outside_brackets(text, ",")
    names = [part.strip() for part in parts if part.strip()]
    short = all(len(name.split()) <= _SHORT_NAME and not name[:1].islower() for name in names[:-1])
    if len(names) < 3 or not short or names[-1][:1].islower():
        return [text]
    last = _AND.split(names[-1].rstrip(_CLOSING), maxsplit=1)
    return names[:-1] + last


def _split_outside_brackets(text: str, separator: str) -> list[str]:
    parts, start, inside, at = [], 0, 0, 0
    while at < len(text):
        inside = max(0, inside + (text[at] == "(") - (text[at] == ")"))
        if not inside and text.startswith(separator, at):
            parts.append(text[start:at])
            at += len(separator)
            start = at
        else:
            at += 1
    return [*parts, text[start:]]


def says_none(folded: str) -> bool:
    """Whether a text only says that there is nothing: N/A, néant, -."""
    return folded in NONE_WORDS
