"""Cuts the body into sections: heading, verbatim text, list items, action rows."""

from .actions import header_end, is_action_header_start, read_table
from .extracted import Action, Decision, Section
from .headings import Heading, is_discussion_label
from .markers import list_item, read_marker
from .notes import Notes, numbers
from .source import Line
from .vocabulary import DECISION_LABELS, PROCEEDINGS, TO_CONFIRM


def read_sections(lines: list[Line], start: int, headings: list[Heading], notes: Notes) -> tuple[Section, ...]:
    """The sections of lines[start:]; what stands before the first title is a section without a title."""
    sections: list[Section] = []
    first = headings[0].at[0] if headings else len(lines)
    if any(line.filled for line in lines[start:first]):
        opening = _section(lines, start, first, None, 0, notes)
        sections += [opening] if opening.text or opening.actions else []
    for place, heading in enumerate(headings):
        end = headings[place + 1].at[0] if place + 1 < len(headings) else len(lines)
        sections.append(_section(lines, heading.at[-1] + 1, end, heading, len(sections), notes))
    return tuple(sections)


def _section(lines: list[Line], start: int, end: int, heading: Heading | None, index: int, notes: Notes) -> Section:
    body, decisions = _decisions(lines[start:end], notes)
    text, actions = _body(body, 0, len(body), index, notes)
    heading_lines = [lines[at] for at in heading.at] if heading else []
    written = " ".join(" ".join(line.text.split()) for line in heading_lines)
    return Section(
        number=heading.number if heading else None,
        title=read_marker(written).rest.strip() if heading else "",
        heading=written,
        text=_joined(text),
        key_points=tuple(item for line in text if (item := list_item(line.text)) is not None),
        actions=tuple(actions),
        agenda_index=heading.agenda_index if heading else None,
        heading_lines=numbers(heading_lines),
        text_lines=numbers([line for line in text if line.filled]),
        decisions=tuple(decisions),
    )


def _decisions(lines: list[Line], notes: Notes) -> tuple[list[Line], list[Decision]]:
    """(the other lines, the points listed right under « Décisions »)."""
    kept: list[Line] = []
    decisions: list[Decision] = []
    inside = False
    for at, line in enumerate(lines):
        listed = line.marker.kind == "bullet"
        if line.fold in DECISION_LABELS and at + 1 < len(lines) and lines[at + 1].marker.kind == "bullet":
            notes.label(line)
            inside = True
        elif inside and listed:
            decisions.append(_decision(line))
        else:
            inside = False
            kept.append(line)
    return kept, decisions


def _decision(line: Line) -> Decision:
    text = line.marker.rest.strip()
    sign = next((one for one in TO_CONFIRM if text.endswith(one)), "")
    return Decision(text.removesuffix(sign).rstrip(), bool(sign), numbers([line]))


def _body(lines: list[Line], start: int, end: int, index: int, notes: Notes) -> tuple[list[Line], list[Action]]:
    """The text lines and the actions between two titles."""
    text: list[Line] = []
    actions: list[Action] = []
    at = start
    while at < end:
        line = lines[at]
        if line.filled and is_discussion_label(line):
            text.extend(_behind_label(line, notes))
        elif line.fold in PROCEEDINGS:
            notes.label(line)
        elif line.filled and is_action_header_start(line) and (after := header_end(lines, at, end)):
            for header in lines[at:after]:
                if header.filled:
                    notes.label(header)
            stop = _table_end(lines, after, end)
            table = read_table(lines[after:stop], index, notes)
            actions += table.actions
            text += table.text
            at = stop
            continue
        else:
            text.append(line)
        at += 1
    return text, actions


def _table_end(lines: list[Line], start: int, end: int) -> int:
    """Where a table ends at the latest: before the next label or table header."""
    for at in range(start, end):
        if lines[at].filled and (is_discussion_label(lines[at]) or header_end(lines, at, end) is not None):
            return at
    return end


def _behind_label(line: Line, notes: Notes) -> list[Line]:
    """The text that follows « Points de discussion clés : » on its line."""
    for separator in ("|", "\t", ":"):
        label, found, rest = line.text.partition(separator)
        if found and rest.strip() and len(label) < 60:
            notes.label(line, label)
            return [Line(line.number, rest.strip(), line.listed)]
    notes.label(line)
    return []


def _joined(lines: list[Line]) -> str:
    """The lines as one text, without empty lines at both ends."""
    return "\n".join(line.text for line in lines).strip("\n")
