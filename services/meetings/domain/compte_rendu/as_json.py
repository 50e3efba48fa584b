"""The extracted compte-rendu as JSON-able dicts, the line numbers standing apart under `lines`."""

from typing import Any

from .extracted import Action, AgendaItem, Extracted, ReadingWarning, Section

FIELDS = ("title", "date", "start", "end", "place", "group")


def extracted_as_json(extracted: Extracted) -> dict[str, Any]:
    """{title, date, start, end, place, group, region, attendance, agenda, sections, actions, signatory, …, lines}.

    Lists are always there. `lines` repeats the shape of the fields with 1-based source line numbers.
    """
    signatory = extracted.signatory
    return {
        **{name: getattr(extracted, name) for name in FIELDS},
        "region": extracted.region,
        "header": [{"label": entry.label, "text": entry.text} for entry in extracted.header],
        "attendance": [{"text": present.text} for present in extracted.attendance],
        "agenda": [_agenda_item(item) for item in extracted.agenda],
        "sections": [_section(section) for section in extracted.sections],
        "actions": [_action(action) for action in extracted.actions],
        "signatory": signatory.text if signatory else None,
        "signatory_parts": {"function": signatory.function, "name": signatory.name} if signatory else None,
        "preamble": extracted.preamble,
        "page_headers": [text for _, text in extracted.page_headers],
        "labels": [text for _, text in extracted.labels],
        "lines": _lines(extracted),
    }


def warnings_as_json(warnings: tuple[ReadingWarning, ...]) -> list[dict[str, Any]]:
    """[{code, params, line}], in the order of the source where a line is known."""
    return [{"code": told.code, "params": told.params, "line": told.line} for told in warnings]


def _agenda_item(item: AgendaItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "title": item.title,
        "presenter": item.presenter,
        "postponed": item.postponed,
        "text": item.text,
    }


def _section(section: Section) -> dict[str, Any]:
    decided = [{"text": one.text, "to_confirm": one.to_confirm} for one in section.decisions]
    return {
        "number": section.number,
        "title": section.title,
        "heading": section.heading,
        "text": section.text,
        "key_points": list(section.key_points),
        "actions": [_action(action) for action in section.actions],
        "agenda_index": section.agenda_index,
        **({"decisions": decided} if decided else {}),
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "what": action.what,
        "who": action.who,
        "due": action.due,
        "due_date": action.due_date,
        "section": action.section,
    }


def _lines(extracted: Extracted) -> dict[str, Any]:
    signatory = extracted.signatory
    return {
        **{name: list(extracted.field_lines.get(name, ())) for name in FIELDS},
        "header": [list(entry.lines) for entry in extracted.header],
        "attendance": [list(present.lines) for present in extracted.attendance],
        "agenda": [list(item.lines) for item in extracted.agenda],
        "sections": [
            {
                "heading": list(section.heading_lines),
                "text": list(section.text_lines),
                "actions": [list(action.lines) for action in section.actions],
                **({"decisions": [list(one.lines) for one in section.decisions]} if section.decisions else {}),
            }
            for section in extracted.sections
        ],
        "actions": [list(action.lines) for action in extracted.actions],
        "signatory": list(signatory.lines) if signatory else [],
        "preamble": list(extracted.preamble_lines),
        "page_headers": [number for number, _ in extracted.page_headers],
        "labels": [number for number, _ in extracted.labels],
    }
