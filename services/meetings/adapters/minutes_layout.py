"""The official layout of a compte-rendu in the words of both languages: what text, HTML and DOCX share."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Record = Mapping[str, Any]
"""Minutes (or a meeting) as the contract shows them."""

_MONTHS_FR = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
              "novembre", "décembre")  # fmt: skip
_MONTHS_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
              "November", "December")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of the form in one language."""

    date: str
    time: str
    place: str
    group: str
    attendance: str
    agenda: str
    proceedings: str
    discussion: str
    action: str
    responsible: str
    due: str
    none: str
    postponed: str
    until: str
    states: Mapping[str, str]
    untitled: str
    signature: str
    opening: str
    decisions: str
    to_confirm: str
    mark: str
    page: str
    sealed: str
    corrects: str
    reservations: str
    institution: str
    remark: str
    proposal: str
    verdict: str
    verdicts: Mapping[str, str]
    secretariat: str


_LABELS: dict[str, Labels] = {
    "fr": Labels(
        "Date", "Heure", "Lieu", "Groupe", "Présence", "Points inscrits à l'ordre du jour", "Déroulement",
        "Points de discussion clés", "Points d'action", "Personnes/agences responsables", "Date limite", "N/A",
        "reporté", "jusqu'à",
        {"draft": "Projet", "circulated": "Diffusé pour observations", "adopted": "Adopté", "published": "Publié",
         "reserved": "Adopté sous réserve", "corrected": "Corrigé par un erratum"},
        "Compte-rendu de réunion", "Signature", "Discussions",
        "Décisions", "à confirmer", "PROJET", "Page", "Texte scellé", "Erratum",
        "Annexe : réserves et suites données", "Institution", "Réserve", "Texte proposé", "Suite donnée",
        {"open": "En attente", "taken_in": "Prise en compte", "set_aside": "Écartée"}, "Secrétariat",
    ),
    "en": Labels(
        "Date", "Time", "Place", "Group", "Attendance", "Agenda", "Proceedings", "Key discussion points",
        "Action points", "People/agencies responsible", "Deadline", "N/A", "postponed", "until",
        {"draft": "Draft", "circulated": "Circulated for comments", "adopted": "Adopted", "published": "Published",
         "reserved": "Adopted subject to reservations", "corrected": "Corrected by an erratum"},
        "Minutes of meeting", "Signature", "Discussions",
        "Decisions", "to confirm", "DRAFT", "Page", "Sealed text", "Erratum",
        "Annex: reservations and what became of them", "Institution", "Reservation", "Proposed text", "Outcome",
        {"open": "Pending", "taken_in": "Taken in", "set_aside": "Set aside"}, "Secretariat",
    ),
}  # fmt: skip


def labels_in(language: str) -> Labels:
    """The labels in a language, French where it is not English."""
    return _LABELS["en" if language == "en" else "fr"]


def date_in_words(date: str | None, language: str) -> str:
    """YYYY-MM-DD as « 1er mars 2022 » or “1 March 2022”; what is no date as it is."""
    try:
        day = datetime.date.fromisoformat((date or "")[:10])
    except ValueError:
        return date or ""
    if language == "en":
        return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
    return f"{'1er' if day.day == 1 else day.day} {_MONTHS_FR[day.month - 1]} {day.year}"


def hours(record: Record, language: str) -> str:
    """« 9h00 - 13h30 », « 9h00 », « jusqu'à 13h30 », or nothing."""
    start, end = (_hour(record.get(name), language) for name in ("start", "end"))
    if start and end:
        return f"{start} - {end}"
    return start or (f"{labels_in(language).until} {end}" if end else "")


def title_of(record: Record, language: str) -> str:
    return one_line(record.get("title")) or labels_in(language).untitled


def state_of(record: Record, language: str) -> str:
    """« Adopté, 12 octobre 2021 »; nothing for a record without state."""
    state = str(record.get("state") or "")
    day = {"adopted": record.get("adopted_on"), "circulated": record.get("deadline")}.get(state)
    if state == "circulated" and record.get("reserved_at"):
        state, day = "reserved", record.get("adopted_on")
    if record.get("corrected_by"):
        state, day = "corrected", None
    shown = labels_in(language).states.get(state, "")
    return f"{shown}, {date_in_words(str(day), language)}" if shown and day else shown


def mark_of(record: Record, language: str) -> str:
    """« PROJET » on each page of a text that is not adopted yet."""
    return labels_in(language).mark if record.get("state") in ("draft", "circulated") else ""


def seal_of(record: Record) -> str:
    """The hash of a sealed text, or nothing."""
    return str((record.get("seal") or {}).get("sha256") or "")


def decisions_of(section: Record, language: str) -> list[str]:
    """What was decided on a point, a line each; those without quorum say so."""
    said = ((one_line(one.get("text")), one.get("to_confirm")) for one in section.get("decisions") or ())
    return [f"{text} ({labels_in(language).to_confirm})" if unsure else text for text, unsure in said if text]


def reservations_of(record: Record, language: str) -> list[tuple[str, str, str]]:
    """Who, what (of which section, with the words proposed), and what became of it: the annex of reservations."""
    return [_reservation(one, labels_in(language)) for one in record.get("reservations") or ()]


def _reservation(one: Record, labels: Labels) -> tuple[str, str, str]:
    section, text, proposal = (one_line(one.get(name)) for name in ("section", "text", "proposal"))
    said = f"{section} : {text}" if section else text
    said += f" – {labels.proposal} : « {proposal} »" if proposal else ""
    reason = one_line(one.get("answer"))
    verdict = labels.verdicts.get(str(one.get("verdict") or "open"), "")
    return one_line(one.get("institution")) or labels.secretariat, said, f"{verdict} : {reason}" if reason else verdict


def attendance_of(record: Record) -> list[str]:
    """The institutions present as written; entries are texts or {text, …}."""
    entries = record.get("attendance") or ()
    texts = [one_line(entry if isinstance(entry, str) else entry.get("text")) for entry in entries]
    return [text for text in texts if text]


def agenda_line(item: Record, language: str) -> str:
    """An agenda item without its number: title, presenter, postponed."""
    text = one_line(item.get("title"))
    if presenter := one_line(item.get("presenter")):
        text += f" ({presenter})"
    return f"{text} ({labels_in(language).postponed})" if item.get("postponed") else text


def heading_of(section: Record) -> str:
    """« 2. Présentation des tendances », or the title alone; empty for a section without title."""
    title = one_line(section.get("title"))
    return f"{section['number']}. {title}" if section.get("number") is not None and title else title


def action_cells(action: Record, language: str) -> tuple[str, str, str]:
    """What, who, due as text; the due date in words where nothing was written, N/A where none is meant."""
    due = one_line(action.get("due")) or date_in_words(action.get("due_date"), language)
    due = due or (labels_in(language).none if action.get("no_due") else "")
    return one_line(action.get("what")), one_line(action.get("who")), due


def sections_of(record: Record) -> Sequence[Record]:
    return record.get("sections") or ()


def one_line(text: str | None) -> str:
    """A text on one line, without doubled spaces."""
    return " ".join((text or "").split())


def _hour(time: str | None, language: str) -> str:
    if not time:
        return ""
    hour, _, minute = time.partition(":")
    return f"{int(hour)}:{minute}" if language == "en" else f"{int(hour)}h{minute}"
