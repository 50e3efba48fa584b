"""Minutes as one light page in the official layout: no script, no font, no picture; prints on A4.

All style stands in one `<style>` element whose hash `STYLE_SOURCE` names, for a content security policy that allows
nothing else inline.
"""

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from services.meetings.adapters.inline_marks import Run, runs_of
from services.meetings.adapters.minutes_layout import (
    Record,
    action_cells,
    agenda_line,
    attendance_of,
    date_in_words,
    decisions_of,
    heading_of,
    hours,
    labels_in,
    mark_of,
    one_line,
    reservations_of,
    seal_of,
    sections_of,
    state_of,
    title_of,
)
from services.meetings.adapters.text_blocks import text_blocks

_TEMPLATES = Path(__file__).with_name("templates")
STYLE = (_TEMPLATES / "minutes.css").read_text(encoding="utf-8")
STYLE_SOURCE = "'sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode() + "'"
"""What `style-src` has to hold for this page."""

ENVIRONMENT = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _raised(text: str) -> Markup:
    """The escaped text: what was stressed is, a converter's `6^{ème}` shown as 6 with its ending raised."""
    return Markup("").join(_run(run) for run in runs_of(text))


def _run(run: Run) -> Markup:
    shown = escape(run.text)
    for wanted, tag in ((run.raised, "sup"), (run.code, "code"), (run.italic, "em"), (run.bold, "strong")):
        shown = Markup("<{0}>{1}</{0}>").format(Markup(tag), shown) if wanted else shown  # noqa: S704 -- our own tags
    return shown


ENVIRONMENT.filters["raised"] = _raised


def minutes_html(minutes: Record, language: str = "fr") -> str:
    """The page of minutes; see minutes_text for the fields. Everything that people wrote is escaped."""
    labels = labels_in(language)
    return ENVIRONMENT.get_template("minutes.html.j2").render(
        language="en" if language == "en" else "fr",
        labels=labels,
        style=Markup(STYLE),  # noqa: S704 -- our own file
        title=title_of(minutes, language),
        state=state_of(minutes, language),
        mark=mark_of(minutes, language),
        seal=seal_of(minutes),
        correction=one_line(minutes.get("correction_reason")),
        preamble=[one_line(line) for line in (minutes.get("preamble") or "").split("\n") if line.strip()],
        facts=_facts(minutes, language),
        attendance=attendance_of(minutes),
        agenda=[(item.get("number"), agenda_line(item, language)) for item in minutes.get("agenda") or ()],
        sections=[_section(section, language) for section in sections_of(minutes)],
        signatory=_signatory(minutes),
        reservations=reservations_of(minutes, language),
    )


def _facts(minutes: Record, language: str) -> list[tuple[str, str]]:
    labels = labels_in(language)
    values = (
        (labels.date, date_in_words(minutes.get("date"), language)),
        (labels.time, hours(minutes, language)),
        (labels.place, one_line(minutes.get("place"))),
        (labels.group, one_line(minutes.get("group_name"))),
    )
    return [(label, value) for label, value in values if value]


def _section(section: Record, language: str) -> dict[str, Any]:
    return {
        "heading": heading_of(section),
        "blocks": text_blocks(section.get("text") or ""),
        "decisions": decisions_of(section, language),
        "actions": [action_cells(action, language) for action in section.get("actions") or ()],
    }


def _signatory(minutes: Record) -> dict[str, str] | None:
    signatory = minutes.get("signatory") or {}
    shown = {name: one_line(signatory.get(name)) for name in ("function", "name")}
    return shown if any(shown.values()) else None
