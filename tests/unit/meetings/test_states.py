"""The lives of meetings, minutes and recommendations as state tables: what leads where, and what never moves again."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.errors import ConflictError
from services.meetings.domain import document, meeting, minutes, recommendation

NOW = datetime(2026, 1, 31, tzinfo=UTC)
OWN = {"origin": "central", "version": 1, "visibility": "gtm", "created_at": NOW, "created_by": "x", "updated_at": NOW}
BASE: dict[str, Any] = {"id": "01", "updated_by": "x", **OWN}


def a_meeting(state: str) -> meeting.Meeting:
    return meeting.Meeting(**BASE, title="GTM", date="2026-01-31", state=state)


def some_minutes(state: str) -> minutes.Minutes:
    return minutes.Minutes(**BASE, meeting_id="02", title="GTM", date="2026-01-31", state=state)


def a_recommendation(status: str) -> recommendation.Recommendation:
    return recommendation.Recommendation(**BASE, text="…", meeting_id="02", status=status)


def a_document(state: str) -> document.Document:
    return document.Document(**BASE, title="Plan", state=state)


LIVES: list[tuple[Any, Callable[[str], Any], Callable[[Any, str], str], tuple[str, ...], str, set[str]]] = [
    (meeting.MOVES, a_meeting, meeting.next_state, meeting.STATES, "draft", {"closed", "cancelled"}),
    (minutes.MOVES, some_minutes, minutes.next_state, minutes.STATES, "draft", {"published"}),
    (
        recommendation.MOVES,
        a_recommendation,
        recommendation.next_status,
        recommendation.STATUSES,
        "open",
        {"verified", "cancelled"},
    ),
    (document.MOVES, a_document, document.next_state, document.STATES, "submitted", {"superseded"}),
]


@pytest.mark.parametrize(
    ("moves", "make", "move", "states", "first", "last"), LIVES, ids=["meeting", "minutes", "rec", "document"]
)
def test_every_state_is_reached_and_the_last_ones_are_left_by_nothing(
    moves: Any, make: Any, move: Any, states: tuple[str, ...], first: str, last: set[str]
) -> None:
    reached, ahead = {first}, [first]
    while ahead:
        state = ahead.pop()
        for act, (starts, leads_to) in moves.items():
            if state not in starts:
                with pytest.raises(ConflictError):
                    move(make(state), act)
            elif leads_to not in reached:
                assert move(make(state), act) == leads_to
                reached.add(leads_to)
                ahead.append(leads_to)
    assert reached == set(states)
    assert {state for state in states if all(state not in starts for starts, _ in moves.values())} == last


@given(st.lists(st.sampled_from(sorted(minutes.MOVES)), max_size=12))
def test_whatever_is_tried_adopted_minutes_never_become_a_draft_again(acts: list[str]) -> None:
    state, sealed = "draft", False
    for act in acts:
        try:
            state = minutes.next_state(some_minutes(state), act)
        except ConflictError as error:
            assert error.params["state"] == state
        sealed = sealed or state == "adopted"
        assert not sealed or state in ("adopted", "published")


@pytest.mark.parametrize("state", ["circulated", "adopted", "published"])
def test_a_text_that_left_the_desk_cannot_be_changed(state: str) -> None:
    minutes.may_change(some_minutes("draft"))
    with pytest.raises(ConflictError) as refused:
        minutes.may_change(some_minutes(state))
    assert refused.value.code == "minutes-sealed"


def test_who_was_there_is_each_institution_once_in_order() -> None:
    there = [("OIM", "b"), ("INS", "a"), ("Inconnue", None), ("Organisation internationale…", "b")]
    entries = tuple(meeting.Attendance(text=text, institution_id=id) for text, id in there)
    held = meeting.Meeting(**BASE, title="GTM", date="2026-01-31", state="held", attendance=entries)
    assert meeting.present(held) == ("b", "a")
