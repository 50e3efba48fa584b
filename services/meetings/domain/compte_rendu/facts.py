"""Date, times, place, group: read from the header table, else from the title and the opening sentence.

Where the header and the opening disagree on the date, the header holds and the difference is told.
"""

from dataclasses import dataclass, field

from chassis.kernel.text import fold

from .dates import DateFound, find_date
from .extracted import LineNumbers, Section
from .front import Front
from .notes import Notes, numbers, quoted
from .opening import find_group, find_place, find_region, is_opening
from .source import Line
from .times import find_times

_OPENING_LINES = 12
_CLOSING_LINES = 8
_UNTIL_WITHIN = 20  # characters at the start of a time: « jusqu'à 13h30 »
_CLOSING_WORDS = ("lev", "clos", "clot", "pris fin", "prit fin", "termin", "achev", "closed", "ended")
_STARTING_WORDS = ("debut", "commenc", "ouver", "a partir de", "demarr", "tenu", "started", "opened")


@dataclass(slots=True)
class Facts:
    """What is known of the meeting, and the lines that say it."""

    date: str | None = None
    start: str | None = None
    end: str | None = None
    place: str | None = None
    group: str | None = None
    region: str | None = None
    lines: dict[str, LineNumbers] = field(default_factory=dict)


def read_facts(front: Front, sections: tuple[Section, ...], notes: Notes) -> Facts:
    facts = Facts()
    title = " ".join(line.text for line in front.title)
    opening = [line for line in notes.preamble[:_OPENING_LINES] if is_opening(line)]
    others = [line for line in notes.preamble[:_OPENING_LINES] if not is_opening(line)]
    _date(facts, front, title, opening + others, notes)
    _times(facts, front, opening + others, sections, notes)
    _place(facts, front, opening)
    _group(facts, front, title, opening + others, notes)
    if front.title:
        facts.lines["title"] = numbers(front.title)
    return facts


def _date(facts: Facts, front: Front, title: str, prose: list[Line], notes: Notes) -> None:
    """The date of the header, else of the opening sentence, else of the title, else of the lines around."""
    found: list[tuple[DateFound, LineNumbers]] = []
    entry = front.values.get("date")
    if entry:
        date = find_date(entry.text)
        if date is None and entry.text:
            notes.warn("date-unread", entry.lines[0], text=quoted(entry.text))
        found += [(date, entry.lines)] if date else []
    spoken = [(find_date(line.text), (line.number,)) for line in prose if is_opening(line)]
    titled = [(find_date(title), numbers(front.title))]
    found += [(date, lines) for date, lines in spoken + titled if date]
    if not found:
        found = [(date, (line.number,)) for line in prose if (date := find_date(line.text))]
    if not found:
        notes.warn("date-missing")
        return
    chosen, lines = next((pair for pair in found if pair[0].date), found[0])
    facts.date, facts.lines["date"] = chosen.date, lines
    for code, params in chosen.problems:
        notes.warn(code, lines[0], **params)
    told = next((date.date for date, _ in found if date.date and date.date != chosen.date), None)
    if told:
        notes.warn("date-conflict", lines[0], date=chosen.date, other=told)


def _times(facts: Facts, front: Front, prose: list[Line], sections: tuple[Section, ...], notes: Notes) -> None:
    entry = front.values.get("time")
    if entry is None and front.values.get("date") and find_times(front.values["date"].text).times:
        entry = front.values["date"]
    if entry:
        found = find_times(entry.text)
        for shown in found.impossible:
            notes.warn("time-impossible", entry.lines[0], text=shown)
        if not found.times and not found.impossible and entry.text:
            notes.warn("time-unread", entry.lines[0], text=quoted(entry.text))
        if len(found.times) == 1 and fold(entry.text[:_UNTIL_WITHIN]).startswith(("jusqu", "until")):
            _set_end(facts, found.times[0], entry.lines, notes)
        else:
            _set_times(facts, found.times, entry.lines, notes)
        return
    for line in prose:
        times = find_times(line.text).times
        if times and (is_opening(line) or any(word in line.fold for word in _STARTING_WORDS)):
            _set_times(facts, times, (line.number,), notes)
            break
    if facts.end is None:
        _closing_time(facts, sections, notes)


def _closing_time(facts: Facts, sections: tuple[Section, ...], notes: Notes) -> None:
    """« La séance est levée à 11h06 » at the end of the last section."""
    if not sections:
        return
    last = sections[-1]
    closing = last.text.rstrip().rsplit("\n", _CLOSING_LINES)[-_CLOSING_LINES:]
    for line in reversed(closing):
        times = find_times(line[-300:]).times
        if times and any(word in line.lower().replace("ô", "o") for word in _CLOSING_WORDS):
            _set_end(facts, times[-1], last.text_lines[-1:], notes)
            return


def _set_times(facts: Facts, times: tuple[str, ...], lines: LineNumbers, notes: Notes) -> None:
    if times:
        facts.start, facts.lines["start"] = times[0], lines
    if len(times) > 1:
        _set_end(facts, times[1], lines, notes)


def _set_end(facts: Facts, end: str, lines: LineNumbers, notes: Notes) -> None:
    """An end before the start is told and not kept: nobody can say which of the two is wrong."""
    if facts.start is not None and end < facts.start:
        notes.warn("end-before-start", lines[0] if lines else None, start=facts.start, end=end)
        return
    facts.end, facts.lines["end"] = end, lines


def _place(facts: Facts, front: Front, opening: list[Line]) -> None:
    entry = front.values.get("place")
    if entry and entry.text:
        facts.place, facts.lines["place"] = entry.text.rstrip(" .;"), entry.lines
        return
    for line in opening:
        if place := find_place(line.text):
            facts.place, facts.lines["place"] = place, (line.number,)
            return


def _group(facts: Facts, front: Front, title: str, prose: list[Line], notes: Notes) -> None:
    entry = front.values.get("group")
    if entry and entry.text:
        facts.group, facts.lines["group"] = entry.text, entry.lines
        facts.region = find_region(entry.text)
        return
    sources = [(title, numbers(front.title)), *((line.text, (line.number,)) for line in prose)]
    named = find_group([text for text, _ in sources])
    if named:
        facts.group, facts.region, at = named
        facts.lines["group"] = sources[at][1]
        return
    facts.region = find_region(facts.place or "")
    notes.warn("group-missing")
