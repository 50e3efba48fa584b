"""Reads the text of a compte-rendu into its fields. Pure and deterministic: the same text gives the same result.

In order: the text is cut into lines; page headers are set aside; the signature is taken from the end; titles that are
certain are found; the front part is walked (header, attendance, agenda); the section titles are chosen; the sections
are cut and their action tables read; date, times, place and group are read out of what was found. Never raises.
"""

from chassis.kernel.text import fold

from .extracted import Extracted, Section, Signatory
from .facts import read_facts
from .front import Front, FrontReader
from .front_words import is_agenda_heading
from .headings import Heading, certain_headings, choose_headings, free_headings
from .notes import Notes, numbers, quoted
from .opening import find_title, is_opening
from .page_headers import set_aside_page_headers
from .printed import set_aside_printed
from .sections import read_sections
from .signature import find_signature
from .source import Line, read_lines
from .vocabulary import OPENINGS

_NEAR_TOP = 30


def read_compte_rendu(text: str) -> Extracted:
    """The fields of a compte-rendu. Any text gives a result; `looks_like_minutes` says whether it makes sense."""
    notes = Notes()
    lines, printed = set_aside_printed(read_lines(text))
    lines, page_headers = set_aside_page_headers(lines)
    signatory, signed = find_signature(lines)
    lines = [line for at, line in enumerate(lines) if at not in signed]
    certain = certain_headings(lines)
    front = FrontReader(lines, _front_limit(lines, certain), notes).read()
    headings = choose_headings(lines, front.end, len(lines), front.agenda, certain)
    sections = read_sections(lines, front.end, headings, notes)
    if not front.agenda_found and not sections:
        sections = _prose_section(front, notes)
    _tell_preamble(notes)
    page_headers = sorted([*printed, *page_headers], key=lambda line: line.number)
    return _put_together(lines, page_headers, signatory, front, sections, notes)


def _front_limit(lines: list[Line], certain: list[Heading]) -> int:
    """The index before which the front part ends at the latest."""
    if certain:
        return certain[0].at[0]
    seen = [line for line in lines if line.filled][:_NEAR_TOP]
    if any(is_agenda_heading(line) for line in lines):
        return len(lines)
    title = {id(line) for line in find_title(seen)}
    after = max((at for at, line in enumerate(lines) if id(line) in title), default=-1) + 1
    return min((heading.at[0] for heading in free_headings(lines, after, len(lines))), default=len(lines))


def _prose_section(front: Front, notes: Notes) -> tuple[Section, ...]:
    """Without agenda and titles, what follows the header and the opening sentence is one section without a title."""
    last_header = max((entry.lines[-1] for entry in front.header), default=0)
    opening = next((line.number for line in notes.preamble[:_NEAR_TOP] if is_opening(line)), 0)
    after = max(last_header, opening)
    body = [line for line in notes.preamble if line.number > after]
    notes.preamble = [line for line in notes.preamble if line.number <= after]
    return read_sections(body, 0, [], notes)


def _tell_preamble(notes: Notes) -> None:
    """Says which lines of the front part no field took: one warning a run of lines."""
    last = -1
    told = {warning.line for warning in notes.warnings}
    for line in notes.preamble:
        if line.number > last + 1 and line.number not in told and not is_opening(line):
            notes.warn("kept-as-text", line.number, text=quoted(line.text))
        last = line.number


def _put_together(
    lines: list[Line],
    page_headers: list[Line],
    signatory: Signatory | None,
    front: Front,
    sections: tuple[Section, ...],
    notes: Notes,
) -> Extracted:
    facts = read_facts(front, sections, notes)
    _tell_gaps(front, sections, notes)
    title = " ".join(" ".join(line.text.split()) for line in front.title) or None
    return Extracted(
        title=title,
        date=facts.date,
        start=facts.start,
        end=facts.end,
        place=facts.place,
        group=facts.group,
        region=facts.region,
        header=tuple(front.header),
        attendance=front.attendance,
        agenda=front.agenda,
        sections=sections,
        signatory=signatory,
        preamble="\n".join(line.text for line in notes.preamble),
        preamble_lines=numbers(notes.preamble),
        page_headers=tuple((line.number, line.text.strip()) for line in page_headers),
        labels=tuple(sorted(notes.labels)),
        field_lines=facts.lines,
        warnings=notes.all_warnings(),
    )


def _tell_gaps(front: Front, sections: tuple[Section, ...], notes: Notes) -> None:
    """Says what minutes should have and these have not."""
    if not front.attendance:
        notes.warn("attendance-missing")
    if not front.agenda:
        notes.warn("agenda-missing")
    if not any(section.title for section in sections):
        notes.warn("section-titles-missing")
        return
    answered = {section.agenda_index for section in sections}
    for index, item in enumerate(front.agenda):
        if index not in answered and not item.postponed and not fold(item.title).startswith(OPENINGS):
            notes.warn("agenda-item-without-section", item.lines[0], title=quoted(item.title))
