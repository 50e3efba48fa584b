"""Minutes as plain text in the official layout; the importer reads it back to the same fields."""

from collections.abc import Iterator

from services.meetings.adapters.minutes_layout import (
    Labels,
    Record,
    action_cells,
    agenda_line,
    attendance_of,
    date_in_words,
    decisions_of,
    heading_of,
    hours,
    labels_in,
    one_line,
    sections_of,
    title_of,
)


def minutes_text(minutes: Record, language: str = "fr") -> str:
    """The text of minutes, ending in a newline.

    minutes: {title, date, start, end, place, group_name, attendance, preamble, agenda, sections, signatory}.
    """
    labels = labels_in(language)
    parts = [
        title_of(minutes, language),
        (minutes.get("preamble") or "").strip("\n"),
        "\n".join(_header(minutes, labels, language)),
        "\n".join(_agenda(minutes, labels, language)),
        *(_section(section, labels, language) for section in sections_of(minutes)),
        *_signature(minutes),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _header(minutes: Record, labels: Labels, language: str) -> Iterator[str]:
    values = (
        (labels.date, date_in_words(minutes.get("date"), language)),
        (labels.time, hours(minutes, language)),
        (labels.place, one_line(minutes.get("place"))),
        (labels.group, one_line(minutes.get("group_name"))),
    )
    yield from (f"{label}\t{value}" for label, value in values if value)
    present = attendance_of(minutes)
    yield labels.attendance
    yield from (f"- {text}{'.' if at == len(present) else ' ;'}" for at, text in enumerate(present, start=1))


def _agenda(minutes: Record, labels: Labels, language: str) -> Iterator[str]:
    items = minutes.get("agenda") or ()
    if items:
        yield labels.agenda
        yield ""
    for at, item in enumerate(items, start=1):
        number = item.get("number")
        lead = "- " if number is None else f"{number}- "
        yield f"{lead}{agenda_line(item, language)}{'.' if at == len(items) else ' ;'}"


def _section(section: Record, labels: Labels, language: str) -> str:
    heading = heading_of(section)
    lines = [heading, labels.discussion] if heading else [labels.proceedings]
    if text := (section.get("text") or "").strip("\n"):
        lines.append(text)
    if decided := decisions_of(section, language):
        lines += [labels.decisions, *(f"- {text}" for text in decided)]
    actions = section.get("actions") or ()
    if actions or heading:
        lines += ["", " | ".join((labels.action, labels.responsible, labels.due))]
        lines += [" | ".join(_without_bars(action_cells(action, language))) for action in actions]
        lines += [] if actions else [" | ".join([labels.none] * 3)]
    return "\n".join(lines)


def _without_bars(cells: tuple[str, ...]) -> list[str]:
    """Cells without the sign that parts them."""
    return [cell.replace("|", "/") for cell in cells]


def _signature(minutes: Record) -> list[str]:
    signatory = minutes.get("signatory") or {}
    return [one_line(signatory.get(name)) for name in ("function", "name") if one_line(signatory.get(name))]
