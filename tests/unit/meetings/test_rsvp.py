"""Answers to invitations: which counts, for which day, and who is silent; in any order of arrival."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.errors import ConflictError
from services.meetings.domain.meeting import STATES, Meeting
from services.meetings.domain.rsvp import ANSWERS, Rsvp, expected, invited, may_answer, sentences
from tests.unit.meetings.acts import NODES, NOW, base, changed, held

DAY, OTHER_DAY = "2026-04-01", "2026-05-06"
MEETING = Meeting(**base("m", "central"), title="…", date=DAY, state="convened")
MEMBERS = [
    {"institution_id": "a", "role": "chair"},
    {"institution_id": "b", "role": "member", "since": "2026-01-01"},
    {"institution_id": "c", "role": "member", "until": "2026-03-31"},
    {"institution_id": "d", "role": "observer"},
    {"institution_id": "a", "role": "secretariat"},
]


def rsvp(
    id: str = "1",
    institution: str = "a",
    answer: str = "accepted",
    day: str = DAY,
    turn: int = 1,
    origin: str = "agadez",
    headcount: int | None = None,
) -> Rsvp:
    said: dict[str, Any] = {"answer": answer, "date": day, "turn": turn, "headcount": headcount, "given_at": NOW}
    return Rsvp(**base(id, origin), meeting_id="m", institution_id=institution, **said)


def test_members_of_the_day_are_asked_once_and_observers_are_not() -> None:
    assert invited(MEMBERS, DAY) == ("a", "b")
    assert invited(MEMBERS, "2025-12-31") == ("a", "c")


def test_the_latest_answer_counts_and_silence_is_named() -> None:
    found = expected(MEETING, ("a", "b"), [rsvp("1"), rsvp("2", answer="declined", turn=2, origin="central")])
    assert [(one.rsvp.answer, one.invited) for one in found.answered] == [("declined", True)]
    assert found.silent == ("b",)


def test_an_answer_is_to_the_day_that_was_asked_about() -> None:
    put_off = replace(MEETING, date=OTHER_DAY)
    answers = [rsvp("1"), rsvp("2", "b", "declined", OTHER_DAY)]
    assert expected(put_off, ("a", "b"), answers).silent == ("a",)
    assert expected(MEETING, ("a", "b"), answers).silent == ("b",)


def test_who_comes_without_being_asked_is_counted_apart() -> None:
    found = expected(MEETING, ("a", "b"), [rsvp("1", "guest", headcount=3), rsvp("2"), rsvp("3", "b", "tentative")])
    assert (found.of("accepted"), found.of("tentative"), found.people) == (2, 1, 4)
    assert [one.invited for one in found.answered] == [True, True, False]
    assert sentences(found) == {
        "fr": "2 institutions sur 2 ont répondu : 2 viennent, 0 ne vient pas, 1 hésite (dont 1 hors du cadre)",
        "en": "2 of 2 institutions answered: 2 coming, 0 not coming, 1 unsure (1 of them from outside the group)",
    }


def test_who_answers_under_a_name_of_before_a_merge_answers_for_the_institution_that_stands() -> None:
    ways = {"old": "a"}
    found = expected(MEETING, ("old", "a", "b"), [rsvp("1", "old")], lambda id: ways.get(id, id))
    assert (found.invited, found.silent) == (("a", "b"), ("b",))
    assert [(one.institution_id, one.rsvp.institution_id, one.invited) for one in found.answered] == [
        ("a", "old", True)
    ]


def test_nobody_has_answered_in_words() -> None:
    assert sentences(expected(MEETING, ("a", "b"), [])) == {
        "fr": "0 institution sur 2 a répondu",
        "en": "0 of 2 institutions answered",
    }


def test_what_stays_on_a_node_counts_for_nothing_elsewhere() -> None:
    hidden = replace(rsvp(), visibility="internal")
    assert expected(MEETING, ("a",), [hidden]).silent == ("a",)
    assert expected(replace(MEETING, visibility="internal"), ("a",), [hidden]).silent == ()


@pytest.mark.parametrize("state", STATES)
def test_only_a_convened_meeting_is_answered(state: str) -> None:
    meeting = replace(MEETING, state=state)
    if state == "convened":
        may_answer(meeting)
    else:
        with pytest.raises(ConflictError, match="meeting-not-convened"):
            may_answer(meeting)


rsvps = st.builds(
    rsvp,
    st.integers(0, 20).map("{:02}".format),
    st.sampled_from("abg"),
    st.sampled_from(ANSWERS),
    st.sampled_from([DAY, OTHER_DAY]),
    st.integers(1, 4),
    st.sampled_from(NODES),
)


@given(st.lists(rsvps, max_size=10, unique_by=lambda one: one.id), st.data())
def test_all_nodes_expect_the_same_whatever_the_order(said: list[Rsvp], data: st.DataObject) -> None:
    """Each answer in one or two versions, arriving in any order and more than once."""
    later = [changed(one, 2, answer="declined", turn=one.turn + 1) for one in data.draw(st.permutations(said))[:3]]
    arrivals = [*said, *later, *said[:2]]
    first = expected(MEETING, ("a", "b"), held(arrivals))  # type: ignore[arg-type]
    again = expected(MEETING, ("a", "b"), held(data.draw(st.permutations(arrivals))))  # type: ignore[arg-type]
    assert first == again
    assert set(first.silent).isdisjoint(one.rsvp.institution_id for one in first.answered)
    assert {one.rsvp.date for one in first.answered} <= {DAY}
