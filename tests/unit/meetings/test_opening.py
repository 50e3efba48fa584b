"""The first paragraph of minutes: who led, by what right, with what quorum; and it is read back as it was written."""

from dataclasses import replace

from services.meetings.adapters.minutes_text import minutes_text
from services.meetings.domain.compte_rendu import read_compte_rendu
from services.meetings.domain.meeting import Meeting
from services.meetings.domain.officer import Officer
from services.meetings.domain.opening import opening
from services.meetings.domain.quorum import QuorumResult, QuorumRule
from tests.unit.meetings.acts import NOW, base

MEETING = Meeting(**base("m", "central"), title="Réunion", date="2026-04-01", group_id="g", state="held")
RULE = QuorumRule(numerator=1, denominator=2)
ENOUGH = QuorumResult(rule=RULE, members=12, present=7, needed=6, reached=True, at=NOW)
NAMES = {"mi": "MI", "oim": "OIM", "ins": "INS"}
OFFICERS = (
    Officer(role="chair", institution_id="oim", name="A. Chaffa", function="Représentant", ground="vice"),
    Officer(role="rapporteur", institution_id="ins"),
)


def called(id: str) -> str:
    return NAMES[id]


def test_who_led_and_with_what_quorum() -> None:
    assert opening(replace(MEETING, officers=OFFICERS, quorum=ENOUGH), called) == (
        "La réunion a été présidée par A. Chaffa, Représentant (OIM), vice-président du cadre.\n"
        "Rapporteur : INS.\n"
        "Le quorum (6) était atteint : 7 institutions membres sur 12 étaient présentes ou représentées."
    )
    assert opening(MEETING, called) is None


def test_without_quorum_the_decisions_are_to_confirm() -> None:
    few = replace(ENOUGH, present=5, reached=False)
    said = opening(replace(MEETING, quorum=few, information_session=True), called) or ""
    assert said.startswith("Le quorum (6) n’était pas atteint : 5 institutions membres sur 12")
    assert said.endswith("en séance d’information ; ses décisions sont à confirmer.")


def test_the_importer_reads_it_back_and_takes_nothing_of_it_for_a_fact() -> None:
    said = opening(replace(MEETING, officers=OFFICERS, quorum=ENOUGH), called)
    record = {
        "title": "Compte-rendu de la réunion du GTM",
        "date": "2026-04-01",
        "group_name": "GTM",
        "place": "Salle 2",
        "preamble": said,
        "attendance": ["MI", "OIM"],
        "agenda": [{"number": 1, "title": "Ouverture"}],
        "sections": [{"number": 1, "title": "Ouverture", "text": "Ici le point.", "actions": []}],
    }
    read = read_compte_rendu(minutes_text(record))
    assert (read.preamble, read.date, read.start, read.place) == (said, "2026-04-01", None, "Salle 2")
    assert [one.text for one in read.attendance] == ["MI", "OIM"]
