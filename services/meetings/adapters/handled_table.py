"""The table of remarks on a document as a light page and as plain text: remark, verdict, where in the final text."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from services.meetings.adapters.minutes_layout import date_in_words, one_line

_TEMPLATES = Path(__file__).with_name("templates")
_environment = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_WORDS: dict[str, dict[str, str]] = {
    "fr": {
        "title": "Prise en compte des observations",
        "final": "Version finale n° {number}, du {day}",
        "not_final": "Version n° {number}, pas encore finale",
        "who": "Auteur",
        "section": "Section",
        "remark": "Observation",
        "proposal": "Rédaction proposée : ",
        "verdict": "Suite",
        "place": "Où dans le texte",
        "secretariat": "Secrétariat",
        "open": "Sans suite",
        "to_integrate": "À intégrer",
        "integrated": "Intégrée",
        "set_aside": "Écartée",
        "late": "hors délai",
        "after": "connue après la version finale",
        "version": "version {number}",
        "hidden": "Observations que vous ne pouvez pas voir : {count}",
        "colon": " : ",
    },
    "en": {
        "title": "What became of the remarks",
        "final": "Final version {number}, of {day}",
        "not_final": "Version {number}, not final yet",
        "who": "By",
        "section": "Section",
        "remark": "Remark",
        "proposal": "Proposed words: ",
        "verdict": "Verdict",
        "place": "Where in the text",
        "secretariat": "Secretariat",
        "open": "No verdict yet",
        "to_integrate": "To be taken in",
        "integrated": "Taken in",
        "set_aside": "Set aside",
        "late": "late",
        "after": "known after the final version",
        "version": "version {number}",
        "hidden": "Remarks that you may not see: {count}",
        "colon": ": ",
    },
}
Shown = Mapping[str, Any]


def handled_html(shown: Shown, language: str) -> str:
    """The page; everything that people wrote is escaped."""
    words = _WORDS[language]
    return _environment.get_template("handled.html.j2").render(
        language=language,
        words=words,
        style=Markup((_TEMPLATES / "minutes.css").read_text(encoding="utf-8")),  # noqa: S704 -- our own file
        title=shown["document"]["title"],
        standing=_standing(shown, words, language),
        sentence=shown["sentence"][language],
        rows=[_cells(row, words) for row in shown["rows"]],
        hidden=_hidden(shown, words),
    )


def handled_text(shown: Shown, language: str) -> str:
    """The same as plain text."""
    words = _WORDS[language]
    return "\n".join(_lines(shown, words, language)) + "\n"


def _lines(shown: Shown, words: Mapping[str, str], language: str) -> Iterator[str]:
    yield words["title"]
    yield one_line(shown["document"]["title"])
    yield _standing(shown, words, language)
    yield shown["sentence"][language]
    for number, row in enumerate(shown["rows"], 1):
        cells = _cells(row, words)
        yield ""
        yield f"{number}. {cells['who']}" + (f" | {cells['section']}" if cells["section"] else "")
        yield f"   {words['remark']}{words['colon']}{one_line(cells['text'])}"
        if cells["proposal"]:
            yield f"   {words['proposal']}{one_line(cells['proposal'])}"
        verdict = one_line(" – ".join(one for one in (cells["verdict"], cells["answer"]) if one))
        yield f"   {words['verdict']}{words['colon']}{verdict}"
        if cells["place"]:
            yield f"   {words['place']}{words['colon']}{cells['place']}"
    if hidden := _hidden(shown, words):
        yield ""
        yield hidden


def _standing(shown: Shown, words: Mapping[str, str], language: str) -> str:
    last = shown["document"]["versions"][-1]
    if not shown["final"]:
        return words["not_final"].format(number=last["number"])
    return words["final"].format(number=last["number"], day=date_in_words(last["finalised_at"], language))


def _hidden(shown: Shown, words: Mapping[str, str]) -> str:
    return words["hidden"].format(count=shown["hidden"]) if shown["hidden"] else ""


def _cells(row: Shown, words: Mapping[str, str]) -> dict[str, str]:
    answer = row["answer"] or {}
    marks = [words[name] for name, holds in (("late", row["late"]), ("after", row["after_final"])) if holds]
    place = answer.get("place") or ""
    if place and answer.get("in_version"):
        place += f" ({words['version'].format(number=answer['in_version'])})"
    by = row["group"] or row["institution"] or (row["institution_id"] or words["secretariat"])
    return {
        "who": f"{by} ({', '.join(marks)})" if marks else by,
        "section": row["section"] or "",
        "text": row["text"],
        "proposal": row["proposal"] or "",
        "verdict": words[row["state"]],
        "answer": answer.get("answer") or "",
        "place": place,
    }
