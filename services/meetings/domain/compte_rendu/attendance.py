"""The attendance: lines of a list, or one line of many, put together into one entry an institution.

1. A bracket that is broken over lines is closed first.  2. A line with a bullet begins an entry; in a list with
bullets, a line without one goes on with the entry before it.  3. A line that holds several entries is parted at
`;`, at ` - `, or at commas between short names; never at a hyphen inside a name, never inside brackets.
"""

import re

from .extracted import Present
from .notes import Notes, numbers, quoted
from .source import Line
from .vocabulary import ATTENDANCE_ELSEWHERE, NONE_WORDS

_CLOSING = " \t;,."
_GOES_ON = (
    "de",
    "des",
    "du",
    "la",
    "le",
    "les",
    "et",
    "pour",
    "à",
    "au",
    "aux",
    "en",
    "sur",
    "l'",
    "d'",
    "&",
)
_BEGINS_NAME = re.compile(
    r"(?:l['’]|la\s|le\s|les\s|the\s|une?\s|deux\s|trois\s|\d{1,2}\s)?[A-ZÀ-Ý]|(?:l['’]|la|les?|the)\b"
)
_AND = re.compile(r"\s(et|and)\s(?=(?:l['’]|la\s|le\s|les\s|the\s|une?\s|deux\s|trois\s|\d|[A-Z]))")
_MANY_DASHES = 2
_FEWEST_NAMES = 3
_SHORT_NAME = 4  # words of a name in a list parted by commas
MOST_PRESENT = 300
"""Institutions of a meeting; what follows is kept as text."""
TOO_LONG = "attendance-too-long"
_LONGEST_ENTRY = 300
"""Characters: what is longer is prose, no institution."""


def read_attendance(lines: list[Line], notes: Notes) -> tuple[Present, ...]:
    """The institutions present, as written without bullets and closing punctuation; stray prose goes to the notes."""
    entries: list[Present] = []
    for group in _entry_lines([line for line in lines if line.filled]):
        number, first = _bare(group[0])
        joined = _joined([first, *(" ".join(line.text.split()) for line in group[1:])])
        parts, joint = _parted(joined)
        told = numbers(group)
        if code := _no_institutions(group[0], joined, len(entries) + len(parts)):
            notes.preamble.extend(group)
            notes.warn(code, told[0], **({"limit": MOST_PRESENT} if code == TOO_LONG else {"text": quoted(joined)}))
            continue
        entries.extend(Present(text, told) for text in parts)
        for line, words in ((group[0], number), (group[-1], joint)):
            if words:
                notes.label(line, words)
    return tuple(entries)


def _no_institutions(first: Line, joined: str, count: int) -> str | None:
    """Why lines are kept as text instead: the code of the warning, or None where they name institutions."""
    if first.fold.startswith(ATTENDANCE_ELSEWHERE):
        return "attendance-elsewhere"
    if len(joined) > _LONGEST_ENTRY and ";" not in joined and " - " not in joined:
        return "kept-as-text"
    return TOO_LONG if count > MOST_PRESENT else None


def depth(text: str) -> int:
    """How many brackets a text leaves open."""
    return max(0, text.count("(") - text.count(")"))


def _joined(texts: list[str]) -> str:
    """The lines of an entry as one; an acronym broken at its slash or hyphen is closed again."""
    whole = texts[0]
    for text in texts[1:]:
        whole += text if whole[-1:] in "/-'’" else f" {text}"
    return whole


def _bare(line: Line) -> tuple[str, str]:
    """(its number in the list, the rest) of an entry's first line; the number is empty for a bullet or nothing."""
    marker = line.marker
    if marker.kind not in ("bullet", "arabic"):
        return "", " ".join(line.text.split())
    number = line.text[: line.text.rindex(marker.rest)].strip() if marker.numbered else ""
    return number, " ".join(marker.rest.split())


def _entry_lines(lines: list[Line]) -> list[list[Line]]:
    """The lines of each entry."""
    with_bullets = sum(line.marker.bulleted for line in lines) * 2 >= len(lines)
    groups: list[list[Line]] = []
    open_brackets = 0
    for line in lines:
        text = line.text.strip()
        bulleted = line.marker.bulleted
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
    return with_bullets or last in _GOES_ON or (last.endswith(("'", "’", "-", "–")) and len(last) > 1)


def _parted(text: str) -> tuple[list[str], str]:
    """The entries of a line that may hold several, and the « et » that stood between the last two."""
    parts, joint = _split_outside_brackets(text, ";"), ""
    if len(parts) == 1 and text.count(" - ") >= _MANY_DASHES:
        parts = _split_outside_brackets(text, " - ")
    elif len(parts) == 1 and "," in text:
        parts, joint = _comma_list(text)
    bare = [re.sub(r"^[-–•]\s*", "", part.strip()).rstrip(_CLOSING) for part in parts]
    return [part for part in bare if re.search(r"\w", part)], joint


def _comma_list(text: str) -> tuple[list[str], str]:
    """« OIM, INS, UNHCR et GIZ/APM » parted; « Ministère du Commerce, de l'Industrie et… » left whole."""
    names = [part.strip() for part in _split_outside_brackets(text, ",") if part.strip()]
    if len(names) < _FEWEST_NAMES or not all(_short_name(name) for name in names[:-1]):
        return [text], ""
    last = _AND.search(names[-1])
    if not last:
        return (names, "") if _BEGINS_NAME.match(names[-1]) else ([text], "")
    return [*names[:-1], names[-1][: last.start()], names[-1][last.end() :]], last[1]


def _short_name(name: str) -> bool:
    return len(name.split()) <= _SHORT_NAME and _BEGINS_NAME.match(name) is not None


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
