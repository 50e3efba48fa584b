"""How the minutes begin: who chaired and by what right, who reported, whether the quorum was reached.

In French, the language of the official text: a first paragraph that people go on writing, and the importer reads back.
"""

from collections.abc import Callable

from services.meetings.domain.information_session import to_confirm
from services.meetings.domain.meeting import Meeting
from services.meetings.domain.officer import Officer

RIGHTS = {"chair": "président du cadre", "vice": "vice-président du cadre", "other": "président de séance"}
WORDS = {"deputy": "Vice-présidence de séance", "rapporteur": "Rapporteur"}


def opening(meeting: Meeting, called: Callable[[str], str]) -> str | None:
    """The paragraph, None where there is nothing to say. `called`: what an institution is called."""
    lines = [_chaired(one, called) for one in meeting.officers if one.role == "chair"]
    lines += [f"{WORDS[one.role]} : {_who(one, called)}." for one in meeting.officers if one.role in WORDS]
    lines += _quorum(meeting)
    return "\n".join(lines) or None


def _chaired(chair: Officer, called: Callable[[str], str]) -> str:
    return f"La réunion a été présidée par {_who(chair, called)}, {RIGHTS[chair.ground or 'other']}."


def _who(one: Officer, called: Callable[[str], str]) -> str:
    """« Hadiza Moussa, Directrice (MI) », or the institution alone."""
    person = ", ".join(text for text in (one.name, one.function) if text)
    return f"{person} ({called(one.institution_id)})" if person else called(one.institution_id)


def _quorum(meeting: Meeting) -> list[str]:
    found = meeting.quorum
    if found is None:
        return []
    there = f"{found.present} institutions membres sur {found.members} étaient présentes ou représentées"
    if not to_confirm(meeting):
        return [f"Le quorum ({found.needed}) était atteint : {there}."]
    information = "La réunion s’est poursuivie en séance d’information ; ses décisions sont à confirmer."
    return [f"Le quorum ({found.needed}) n’était pas atteint : {there}. {information}"]
