"""What is sealed, which remarks are reservations, and which lines the register has."""

import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.ids import new_id
from services.meetings.domain.decision import counts, lines, words
from services.meetings.domain.meeting import AgendaItem
from services.meetings.domain.minutes import Minutes, Signatory, days_to_adoption, standing
from services.meetings.domain.remark import Remark, RemarkAnswer, outcome
from services.meetings.domain.reservation import is_reservation, standing_against
from services.meetings.domain.seal import canonical, check, seal
from services.meetings.domain.section import Action, Decision, Section
from tests.unit.meetings.acts import NOW, base

HOUR = timedelta(hours=1)
SECTION = Section(
    title="Chiffres",
    number=1,
    text="Œuvre « été »",
    actions=(Action(what="Envoyer", no_due=True),),
    decisions=(Decision(text="Publier l’été", id=new_id()),),
    id=new_id(),
)
MINUTES = Minutes(
    **base(new_id()),
    meeting_id=new_id(),
    title="GTM",
    date="2026-01-31",
    agenda=(AgendaItem(title="Chiffres", number=1),),
    sections=(SECTION,),
    signatory=Signatory(function="Le SP", name="X"),
    state="circulated",
    circulated_at=NOW - 10 * HOUR,
    deadline=NOW + HOUR,
)
ADOPTED = replace(MINUTES, state="adopted", adopted_at=NOW + 2 * HOUR, adopted_on="2026-03-01", seal=seal(MINUTES))
REMARK = Remark(**base("r"), target_kind="minutes", target_id=MINUTES.id, target_version=1, text="…", filed_at=NOW)


def verdict(after: timedelta, origin: str = "agadez") -> RemarkAnswer:
    about: dict[str, Any] = {"remark_id": "r", "target_kind": "minutes", "target_id": MINUTES.id}
    return RemarkAnswer(**base("v", origin), **about, verdict="taken_in", given_at=NOW + after)


def test_a_third_party_comes_to_the_same_hash() -> None:
    """By the JSON of another program: read, written anew by the rules that the note has, hashed."""
    told = json.loads(canonical(ADOPTED))
    assert told["sections"][0]["text"] == SECTION.text
    anew = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert sha256(anew.encode()).hexdigest() == seal(ADOPTED).sha256
    assert check(ADOPTED).holds is True
    assert check(MINUTES).holds is None


CHANGES = st.sampled_from(
    [
        {"title": "Autre"},
        {"preamble": "x"},
        {"attendance": ("OIM",)},
        {"agenda": ()},
        {"signatory": None},
        {"corrects": "x"},
        *(
            {"sections": (replace(SECTION, **one),)}
            for one in ({"text": "x"}, {"title": "x"}, {"decisions": ()}, {"actions": ()})
        ),
    ]
)


@given(CHANGES)
def test_every_word_is_under_the_seal(change: dict[str, Any]) -> None:
    forged = replace(ADOPTED, **change)
    assert check(forged).holds is False
    assert check(replace(forged, seal=seal(forged)), first_heard=seal(ADOPTED).sha256).holds is False


def test_what_becomes_of_the_record_is_not() -> None:
    published = replace(ADOPTED, state="published", visibility="public", version=9, corrected_by="e")
    assert check(published, seal(MINUTES).sha256).holds is True


def test_a_reservation_was_in_time_and_without_a_verdict_at_the_adoption() -> None:
    held = replace(MINUTES, reserved_at=NOW + 2 * HOUR)
    for minutes in (held, ADOPTED):
        assert is_reservation(minutes, outcome(REMARK, minutes, []))
        assert is_reservation(minutes, outcome(REMARK, minutes, [verdict(3 * HOUR)]))
        assert not is_reservation(minutes, outcome(REMARK, minutes, [verdict(HOUR)]))
        assert not is_reservation(minutes, outcome(replace(REMARK, filed_at=NOW + 2 * HOUR), minutes, []))
    assert not is_reservation(MINUTES, outcome(REMARK, MINUTES, []))
    assert not is_reservation(None, outcome(REMARK, None, []))


@pytest.mark.parametrize(("after", "against"), [(0, 1), (2, 0)])
def test_only_what_came_in_time_stands_against_adoption(after: int, against: int) -> None:
    remark = replace(REMARK, filed_at=NOW + after * HOUR)
    assert len(standing_against(MINUTES, [remark], [])) == against
    assert standing_against(MINUTES, [remark], [verdict(HOUR)]) == []
    assert len(standing_against(MINUTES, [remark], [verdict(HOUR, "zinder")])) == against


def test_how_minutes_stand_in_one_word() -> None:
    assert standing(MINUTES) == "circulated"
    assert standing(replace(MINUTES, reserved_at=NOW)) == "adopted_with_reservations"
    assert standing(replace(ADOPTED, reserved_at=NOW)) == "adopted"
    assert standing(replace(ADOPTED, corrected_by="e")) == "corrected"
    assert (days_to_adoption(MINUTES), days_to_adoption(ADOPTED)) == (None, 29)
    assert days_to_adoption(replace(ADOPTED, archive=True)) is None


def test_the_register_has_a_line_for_each_decision_of_minutes_that_stand() -> None:
    assert lines(replace(MINUTES, state="draft")) == lines(replace(ADOPTED, corrected_by="e")) == []
    (line,) = lines(ADOPTED)
    assert (line.minutes_id, line.section_title, line.version) == (MINUTES.id, "Chiffres", MINUTES.version)
    assert {"publier", "ete", "chiffres", "gtm"} <= set(words(line))
    assert lines(replace(ADOPTED, version=9))[0].id == line.id
    assert counts(line)
    assert not any(counts(one) for one in (*lines(MINUTES), *lines(replace(ADOPTED, visibility="internal"))))
