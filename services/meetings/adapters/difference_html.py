"""What differs between two texts of minutes, as one light page: no script; old words struck, new underlined."""

from collections.abc import Mapping
from html import escape
from typing import Any

Shown = Mapping[str, Any]
LABELS = {
    "fr": {
        "title": "Ce qui a changé",
        "same": "Rien n’a changé.",
        "added": "section ajoutée",
        "removed": "section retirée",
        "changed": "section modifiée",
        "decisions": "Décisions",
        "actions": "Points d'action",
        "version": "version",
        "fields": "En-tête",
    },
    "en": {
        "title": "What changed",
        "same": "Nothing changed.",
        "added": "section added",
        "removed": "section removed",
        "changed": "section changed",
        "decisions": "Decisions",
        "actions": "Action points",
        "version": "version",
        "fields": "Heading",
    },
}
FIELDS = {
    "fr": {
        "title": "Titre", "date": "Date", "start": "Début", "end": "Fin", "place": "Lieu", "group_name": "Groupe",
        "preamble": "Préambule", "attendance": "Présence", "agenda": "Ordre du jour", "signatory": "Signature",
        "number": "Numéro",
    },
    "en": {
        "title": "Title", "date": "Date", "start": "Start", "end": "End", "place": "Place", "group_name": "Group",
        "preamble": "Preamble", "attendance": "Attendance", "agenda": "Agenda", "signatory": "Signature",
        "number": "Number",
    },
}  # fmt: skip
STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:48em;margin:2em auto;padding:0 1em}"
    "ins{background:#dff5df}del{background:#fbe0e0}"
)


def difference_html(shown: Shown, language: str = "fr") -> str:
    """The page. Everything that people wrote is escaped."""
    language = "en" if language == "en" else "fr"
    words = LABELS[language]
    before, after = (
        f"{shown[side]['title']} ({words['version']} {shown[side]['version']})" for side in ("before", "after")
    )
    parts = [f"<h1>{words['title']}</h1>", f"<p>{escape(before)} → {escape(after)}</p>"]
    parts += [f"<p>{words['same']}</p>"] if shown["same"] else []
    if shown["fields_changed"]:
        parts += [f"<h2>{words['fields']}</h2>", *_fields(shown["fields_changed"], language)]
    parts += [_section(one, words, language) for one in shown["sections"] if one["change"] != "same"]
    head = f'<meta charset="utf-8"><title>{words["title"]}</title><style>{STYLE}</style>'
    return (
        f'<!DOCTYPE html>\n<html lang="{language}"><head>{head}</head>\n<body>\n'
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _section(section: Shown, words: Mapping[str, str], language: str) -> str:
    number = "" if section["number"] is None else f"{section['number']}. "
    parts = [f"<h2>{number}{escape(section['title'])} <small>({words[section['change']]})</small></h2>"]
    parts += _fields(section["fields_changed"], language)
    parts += [_line(one) for one in section["paragraphs"]]
    for name in ("decisions", "actions"):
        if any(one["change"] != "same" for one in section[name]):
            parts += [f"<h3>{words[name]}</h3>", *(_line(one) for one in section[name])]
    return "\n".join(parts)


def _fields(fields: Any, language: str) -> list[str]:
    return [f"<p>{FIELDS[language].get(one['field'], escape(one['field']))}: {_both(one)}</p>" for one in fields]


def _line(one: Shown) -> str:
    return f"<p>{escape(one['after'])}</p>" if one["change"] == "same" else f"<p>{_both(one)}</p>"


def _both(one: Shown) -> str:
    was = f"<del>{escape(one['before'])}</del>" if one["before"] else ""
    now = f"<ins>{escape(one['after'])}</ins>" if one["after"] else ""
    return " ".join(part for part in (was, now) if part)
