"""The table of action points, as converters leave it: what | who | due.

The header is known by its words, in one line or three. Its rows come parted by bars, tabs or wide gaps; or with a
cell a line; or with a row a line and nothing between the cells. A row that only says N/A gives no action. What cannot
be told apart is left to the section's text, and said.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from chassis.kernel.text import fold

from .attendance import says_none
from .dates import MONTH, WEEKDAY, find_date
from .extracted import Action
from .markers import list_item
from .notes import Notes, numbers, quoted
from .source import Line
from .vocabulary import ACTION_DUE, ACTION_LABELS, ACTION_WHAT, ACTION_WHO, DUE_WORDS

_WIDE = re.compile(r"\t+|\s{3,}")
_GAP = re.compile(r"\s{2,}")
_MOST_HEADER_LINES = 6
_LONGEST_CELL = 400
_FEWEST_WORDS = 3  # of a closing sentence under a table
_MOST_WORDS = 40  # words of the first line of a row that nothing parts
_BEFORE_A_DATE = ("du", "le", "de", "au", "des", "depuis", "en")  # then the date belongs to the sentence
_CELLS_SEARCHED = 8  # lines among which the due date of a row stands, where each cell is a line or more
_DUE_PHRASE = re.compile(
    r"(?:fin|debut|mi|courant|avant|d ici|apres|sous|dans|end|by|before) |[ts][1-4]\b|\d{1,2} (?:jours|semaines|mois)\b"
    r"|(?:premier|deuxieme|troisieme|quatrieme|1er|2e|2eme|3e|3eme|4e|4eme) (?:trimestre|semestre)\b|20\d\d$"
)
_WHO_AT_END = re.compile(r"(?:\s*(?:,|;|/|&|\bet\b)?\s*[A-Z][A-Z0-9/-]{1,14}(?:\s[A-Z][a-z]{2,12})?){1,6}\s*$")


def _headers() -> tuple[frozenset[tuple[str, ...]], frozenset[tuple[str, ...]]]:
    """All full table headers as words, and all their beginnings."""
    full = set()
    for what in ACTION_WHAT:
        for due in ACTION_DUE:
            full.add((*what.split(), *due.split()))
            for who in ACTION_WHO:
                full.add((*what.split(), *who.split(), *due.split()))
        for who in ACTION_WHO:
            full.add((*what.split(), *who.split()))
    starts = {words[:length] for words in full for length in range(1, len(words) + 1)}
    return frozenset(full), frozenset(starts)


_FULL, _STARTS = _headers()


@dataclass(slots=True)
class Table:
    """What a table gave: its actions, and the lines after or in it that are text."""

    actions: list[Action] = field(default_factory=list)
    text: list[Line] = field(default_factory=list)


def is_action_header_start(line: Line) -> bool:
    """Whether a line may begin the header of an action table."""
    return bool(line.fold) and tuple(line.fold.split()) in _STARTS


def header_so_far(words: tuple[str, ...]) -> Literal["full", "start", "none"]:
    """Whether folded words are a whole table header, the beginning of one, or neither."""
    return "full" if words in _FULL else "start" if words in _STARTS else "none"


def header_end(lines: list[Line], at: int, end: int) -> int | None:
    """The index after the table header that begins at `at`, or None where none does.

    « Points d'action » alone is a header where rows, bullets or N/A follow.
    """
    words: tuple[str, ...] = ()
    best: int | None = None
    taken = 0
    for here in range(at, min(end, at + 2 * _MOST_HEADER_LINES)):
        if not lines[here].filled:
            continue
        words += tuple(lines[here].fold.split())
        taken += 1
        if words not in _STARTS or taken > _MOST_HEADER_LINES:
            break
        if words in _FULL:
            best = here + 1
    if best is None and lines[at].fold in ACTION_LABELS:
        follows = next((line for line in lines[at + 1 : min(end, at + 4)] if line.filled), None)
        if follows is not None and (says_none(follows.fold) or _cells(follows) or list_item(follows.text) is not None):
            return at + 1
    return best


def read_table(lines: list[Line], section: int, notes: Notes) -> Table:
    """Reads the lines under a table header, up to the section's end."""
    table = Table()
    at, none_said = 0, False
    while at < len(lines):
        line = lines[at]
        if not line.filled:
            at += 1
        elif _says_only_none(line):
            notes.label(line)
            at, none_said = at + 1, True
        elif cells := _cells(line):
            table.actions.append(_row(cells, [line], section, notes))
            at += 1
        else:
            used = 0 if none_said else _loose_row(lines, at, section, notes, table)
            if not used:
                _leave(lines[at:], notes, table)
                break
            at += used
    return table


def read_due(text: str) -> str | None:
    """The date in a due column as YYYY-MM-DD, or None where it is none (« fin octobre », « immédiat »)."""
    found = find_date(text)
    return found.date if found else None


def _cells(line: Line) -> list[str]:
    """The cells of a line that bars, tabs or wide gaps part into two to four; else none."""
    text = line.text.strip(" ")
    if len(text) > 3 * _LONGEST_CELL:
        return []
    if "|" in text:
        cells = [cell.strip() for cell in text.split("|")]
        cells = cells[1:-1] if len(cells) > 3 and not cells[0] and not cells[-1] else cells
        return cells if 2 <= len(cells) <= 4 else []
    if "\t" not in text and list_item(text) is not None:
        return []
    cells = [cell.strip() for cell in _WIDE.split(text.strip())]
    if len(cells) == 1:
        cells = [cell.strip() for cell in _GAP.split(text.strip())]
        return cells if len(cells) == 3 and _due_words(cells[2]) else []
    return cells if 2 <= len(cells) <= 4 else []


def _says_only_none(line: Line) -> bool:
    """« N/A », « N/A | N/A | N/A », « N/A N/A N/A »."""
    if says_none(line.fold) or all(says_none(fold(cell)) for cell in _cells(line) or [line.text]):
        return True
    return line.fold in ("n a n a", "n a n a n a", "neant neant", "neant neant neant")


def _row(cells: list[str], lines: list[Line], section: int, notes: Notes) -> Action:
    cells = [*cells, "", ""] if len(cells) < 3 else cells
    what, who, due = cells[0], cells[1], " ".join(cells[2:]).strip()
    if not what:
        what, who = who, ""
        notes.warn("action-without-text", lines[0].number, who=what)
    who, due = (cell if fold(cell) else "" for cell in (who, due))  # a dash stands for nothing
    return Action(what, who or None, due or None, read_due(due), section, numbers(lines))


def _loose_row(lines: list[Line], at: int, section: int, notes: Notes, table: Table) -> int:
    """Reads a row that nothing parts, from lines[at] on; the count of lines used, 0 where there is none."""
    line = lines[at]
    if len(line.text) > _LONGEST_CELL or len(line.fold.split()) > _MOST_WORDS:
        return 0
    if split := _split_line(line):
        notes.warn("action-cells-guessed", line.number, what=quoted(split[0]))
        table.actions.append(_row(split, [line], section, notes))
        return 1
    filled = [i for i in range(at, min(len(lines), at + 3 * _CELLS_SEARCHED)) if lines[i].filled][:_CELLS_SEARCHED]
    for place in range(2, len(filled)):
        if _cells(lines[filled[place]]):
            break
        if _due_like(lines[filled[place]]) and _who_like(lines[filled[place - 1]]):
            used = [lines[i] for i in filled[: place + 1]]
            who_from = _who_from(used)
            table.actions.append(
                _row([_flat(used[:who_from]), _flat(used[who_from:-1]), _flat(used[-1:])], used, section, notes)
            )
            return filled[place] - at + 1
    if list_item(line.text) is not None and all(action.who is None and action.due is None for action in table.actions):
        marker = line.marker
        table.actions.append(
            _row([marker.rest if marker.kind == "bullet" else line.text.strip()], [line], section, notes)
        )
        return 1
    return 0


def _flat(lines: list[Line]) -> str:
    return " ".join(" ".join(line.text.split()) for line in lines)


def _who_like(line: Line) -> bool:
    """Whether a line may be the « who » cell: short, and no sentence."""
    return len(line.fold.split()) <= _MOST_WORDS // 2 and not line.text.rstrip().endswith(".")


def _who_from(used: list[Line]) -> int:
    """Where the « who » cell begins among a row's lines: the last before the due date, or more if it runs on."""
    start = len(used) - 2
    while start > 1 and used[start - 1].text.rstrip().endswith((",", "/", " et", "&")):
        start -= 1
    return start


def _due_like(line: Line) -> bool:
    """Whether a line looks like a due date: a date, N/A, « immédiat », « fin octobre »."""
    return not line.marker.bulleted and _due_words(line.text.strip())


def _due_words(text: str) -> bool:
    folded = fold(text[:_LONGEST_CELL])
    words = folded.split()
    if len(text) > 60 or len(words) > 7 or folded.startswith("fait a"):
        return False
    if says_none(folded) or folded in DUE_WORDS or _DUE_PHRASE.match(folded):
        return True
    return find_date(text) is not None or any(word in MONTH for word in words[:4])


def _split_line(line: Line) -> list[str] | None:
    """A row on one line with single spaces: the date or N/A at the end, the acronyms before it, the rest."""
    words = line.text.split()
    if len(words) < 4 or list_item(line.text) is not None:
        return None
    length = next((n for n in (1, 2, 3, 4) if len(words) > n + 1 and _ends_row(" ".join(words[-n:]))), 0)
    if not length or fold(words[-length - 1]) in _BEFORE_A_DATE:
        return None
    if fold(words[-length - 1]) in WEEKDAY:
        length += 1
    rest, due = " ".join(words[:-length]), " ".join(words[-length:])
    who = _WHO_AT_END.search(rest[-120:])
    if who and len(who[0].strip()) < len(rest):
        return [rest[: len(rest) - len(who[0])].strip(), who[0].strip(), due]
    return [rest, "", due]


def _ends_row(due: str) -> bool:
    if says_none(fold(due)) and fold(due):
        return True
    found = find_date(due)
    return found is not None and found.date is not None


def _leave(lines: list[Line], notes: Notes, table: Table) -> None:
    """What is no row goes to the section's text; told unless it is plainly a closing sentence."""
    first = next(line for line in lines if line.filled)
    sentence = first.text.rstrip().endswith((".", ":")) and len(first.text.split()) > _FEWEST_WORDS
    if not sentence:
        notes.warn("action-table-unclear", first.number, text=quoted(first.text))
    table.text.extend(lines)
