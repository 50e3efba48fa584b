"""The journey of a recommendation: its hops in order, who may answer, and where a merged id leads."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.meetings.domain.referral import Hop, Referral, ReferralAnswer, in_charge, journey, merged_into, resolve
from tests.unit.meetings.acts import acts, answer, of, referral

REGION, ONWARD = referral("z", "agadez", "central", turn=1), referral("a", "central", "ins", turn=2)


def test_the_hops_come_in_the_order_of_their_turns() -> None:
    taken = answer("x", "z", "central", "accepted")
    for known in ([REGION, ONWARD], [ONWARD, REGION]):
        assert journey("agadez", known, [taken]) == (Hop(REGION, taken), Hop(ONWARD, None))


def test_what_it_never_reached_hands_nothing_on_and_nobody_answers_for_another() -> None:
    stray = referral("s", "zinder", "ins", turn=9)
    forged = answer("y", "z", "zinder", "merged", "theirs")
    hops = journey("agadez", [stray, REGION], [forged])
    assert hops == (Hop(REGION, None),)
    assert merged_into(hops) is None
    assert in_charge("agadez", hops) == {"agadez"}


def test_who_took_it_on_is_in_charge_too() -> None:
    hops = journey("agadez", [REGION], [answer("x", "z", "central", "accepted")])
    assert in_charge("agadez", hops) == {"agadez", "central"}


def test_the_latest_hop_that_merges_decides() -> None:
    here, there = answer("x", "z", "central", "merged", "one"), answer("w", "a", "ins", "merged", "two")
    found = merged_into(journey("agadez", [ONWARD, REGION], [here, there]))
    assert found is there


@given(acts, st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_journey(said: Any, chance: Any) -> None:
    straight = journey("agadez", of(Referral, said), of(ReferralAnswer, said))
    chance.shuffle(said)
    assert journey("agadez", of(Referral, said), of(ReferralAnswer, said)) == straight
    reached = {"agadez"} | {hop.referral.to_node for hop in straight}
    assert {hop.referral.origin for hop in straight} <= reached
    assert all(hop.answer is None or hop.answer.origin == hop.referral.to_node for hop in straight)


def test_an_id_leads_to_what_stands_for_it() -> None:
    merged = {"a": "b", "b": "c"}
    assert resolve("a", merged.get) == ("c", ("a", "b"))
    assert resolve("c", merged.get) == ("c", ())


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdef"), max_size=6))
def test_whatever_was_merged_into_whatever_all_of_a_circle_lead_to_one(merged: dict[str, str]) -> None:
    for start in "abcdef":
        stands, via = resolve(start, merged.get)
        assert stands not in via
        # From anywhere on the way one comes to the same place.
        assert {resolve(one, merged.get)[0] for one in via} <= {stands}
        assert resolve(stands, merged.get)[0] == stands
