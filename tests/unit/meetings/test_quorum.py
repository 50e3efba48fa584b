"""Quorum: how many are needed, who counts, what a delegate and an observer are worth; and what a lack of it means."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.actors.domain.group import QuorumRule as RuleOfGroup
from services.actors.domain.group import wrong_quorum
from services.meetings.domain.information_session import may_confirm, to_confirm
from services.meetings.domain.meeting import Meeting
from services.meetings.domain.quorum import QuorumRule, count, needed, result, rule_of, sentences
from tests.unit.meetings.acts import NOW, base

HALF = QuorumRule(numerator=1, denominator=2)
MAJORITY = replace(HALF, more_than=True)
ROLES = ("chair", "member", "observer")
ids = st.sampled_from("abcdefgh")
tables = st.dictionaries(ids, st.lists(st.sampled_from(ROLES), min_size=1, max_size=2))
shares = st.integers(1, 9).flatmap(
    lambda whole: st.builds(
        QuorumRule,
        numerator=st.integers(1, whole),
        denominator=st.just(whole),
        more_than=st.booleans(),
        observers=st.booleans(),
    )
)
rules = shares | st.builds(QuorumRule, number=st.integers(1, 9), observers=st.booleans())


def test_half_and_more_than_half() -> None:
    assert [needed(HALF, members) for members in (0, 1, 2, 3, 25)] == [1, 1, 1, 2, 13]
    assert [needed(MAJORITY, members) for members in (0, 1, 2, 3, 24, 25)] == [1, 1, 2, 2, 13, 13]
    assert needed(QuorumRule(numerator=100, denominator=100), 7) == 7
    assert needed(QuorumRule(number=5), 2) == 5


@given(shares, st.integers(0, 300))
def test_what_is_needed_is_the_least_that_is_the_share(rule: QuorumRule, members: int) -> None:
    assert rule.numerator and rule.denominator

    def enough(present: int) -> bool:
        have, want = present * rule.denominator, members * rule.numerator  # type: ignore[operator]
        return have > want if rule.more_than else have >= want

    least = needed(rule, members)
    assert least >= 1 and enough(least)
    assert least == 1 or not enough(least - 1)


@given(rules, tables, st.sets(ids | st.just("guest")), ids)
def test_the_count_only_grows_with_who_comes(
    rule: QuorumRule, roles: dict[str, list[str]], there: set[str], late: str
) -> None:
    before, after = count(rule, roles, there), count(rule, roles, there | {late})
    assert before.members == after.members and before.needed == after.needed
    assert 0 <= after.present - before.present <= 1
    assert not before.reached or after.reached
    assert before.present + len(before.missing) == before.members
    assert not set(before.missing) & there


@given(rules, tables, st.sets(ids), st.permutations("abcdefgh"))
def test_neither_guests_nor_the_order_change_it(
    rule: QuorumRule, roles: dict[str, list[str]], there: set[str], order: list[str]
) -> None:
    found = count(rule, roles, there)
    mixed = {id: roles[id] for id in order if id in roles}
    other = count(rule, mixed, {*there, "guest"})
    assert (other.members, other.present, other.reached) == (found.members, found.present, found.reached)


def test_observers_count_where_the_rule_says_so() -> None:
    roles = {"a": ["member"], "b": ["observer"], "c": ["observer", "chair"]}
    found = count(HALF, roles, {"b", "c"})
    assert (found.members, found.present, found.missing) == (2, 1, ("a",))
    assert count(replace(HALF, observers=True), roles, {"b", "c"}).present == 2


def test_the_count_in_words() -> None:
    found = count(MAJORITY, {id: ["member"] for id in "abc"}, {"a", "b"})
    assert sentences(found) == {
        "fr": "2 membres présents sur 3 ; il en faut 2 : quorum atteint",
        "en": "2 of 3 members present; 2 needed: quorum reached",
    }


def test_a_group_without_a_rule_has_none_and_what_a_newer_release_adds_is_left_aside() -> None:
    assert rule_of(None) is None and rule_of({"name": "…"}) is None and rule_of({"quorum": None}) is None
    assert rule_of({"quorum": {"number": 3, "of_something_new": True}}) == QuorumRule(number=3)


def test_a_rule_is_a_share_or_a_number() -> None:
    def fields(**said: Any) -> list[str]:
        return [one["field"] or "" for one in wrong_quorum(RuleOfGroup(**said))]

    assert fields(numerator=2, denominator=3, more_than=True) == fields(number=4) == []
    assert wrong_quorum(None) == []
    assert fields(denominator=3) == ["quorum.numerator"]
    assert fields(number=4, more_than=True) == ["quorum.more_than"]
    assert fields(numerator=3, denominator=3, more_than=True) == ["quorum.numerator"]


def meeting(id: str, day: str, **said: Any) -> Meeting:
    return Meeting(**base(id, "central"), title="…", date=day, **{"group_id": "g", "state": "held", **said})


def test_what_an_information_session_decides_a_later_meeting_with_quorum_confirms() -> None:
    earlier = meeting("1", "2026-03-01", information_session=True)
    later = meeting("2", "2026-04-01")
    assert to_confirm(earlier) and not to_confirm(later)
    assert may_confirm(earlier, later) and may_confirm(earlier, replace(later, state="closed"))
    for other in (
        replace(later, information_session=True),
        replace(later, group_id="another"),
        replace(later, state="convened"),
        replace(later, date="2026-02-01"),
        earlier,
    ):
        assert not may_confirm(earlier, other), other
    assert not may_confirm(later, replace(later, id="3"))  # nothing to confirm
    nobodys = replace(earlier, group_id=None)
    assert not may_confirm(nobodys, replace(later, group_id=None))


def test_a_result_says_what_was_found() -> None:
    found = result(HALF, count(HALF, {"a": ["member"], "b": ["member"]}, {"b"}), NOW)
    assert (found.members, found.present, found.needed, found.reached, found.at) == (2, 1, 1, True, NOW)
