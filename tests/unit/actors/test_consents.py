"""What a person consented to, and took back: the past stays."""

from datetime import UTC, datetime, timedelta

from services.actors.domain.focal_point import COORDINATION, SHARING, consents_to, given, taken_back

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
LATER = FIRST + timedelta(days=1)


def test_given_once_taken_back_given_again() -> None:
    one = given((), COORDINATION, "oral", FIRST, "secretary")
    assert given(one, COORDINATION, "written", LATER, "other") == one
    assert consents_to(one, COORDINATION) and not consents_to(one, SHARING)
    back = taken_back(one, COORDINATION, LATER, "person")
    assert not consents_to(back, COORDINATION)
    assert (back[0].noted_at, back[0].withdrawn_at, back[0].withdrawn_by) == (FIRST, LATER, "person")
    assert taken_back(back, COORDINATION, LATER + timedelta(days=1), "other") == back
    again = given(back, COORDINATION, "self", LATER, "person")
    assert [one.how for one in again] == ["oral", "self"] and consents_to(again, COORDINATION)
