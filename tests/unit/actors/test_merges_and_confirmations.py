"""Which institution stands for which, and how fresh an intervention is: one rule each, in any order of arrival."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.errors import ConflictError
from services.actors.domain.confirmation import Confirmation, freshness
from services.actors.domain.intervention import Intervention
from services.actors.domain.merge import Merge, all_of, check_merge, resolve, ways

NOW = datetime(2026, 1, 31, tzinfo=UTC)


def base(id: str, origin: str = "central", visibility: str = "gtm") -> dict[str, Any]:
    """What every record has."""
    who = {"created_by": "x", "updated_by": "x", "created_at": NOW, "updated_at": NOW}
    return {"id": id, "origin": origin, "version": 1, "visibility": visibility, **who}


def merge(id: str, merged: str, kept: str, undoes: str | None = None, origin: str = "central") -> Merge:
    return Merge(**base(id, origin), kept_id=kept, merged_id=merged, undoes=undoes)


def test_a_chain_leads_to_its_end_and_an_undoing_in_the_middle_parts_it() -> None:
    chain = [merge("1", "a", "b"), merge("2", "b", "c")]
    assert [resolve(id, ways(chain)) for id in "abcd"] == ["c", "c", "c", "d"]
    assert all_of("b", ways(chain)) == ("b", "a", "c")
    parted = [*chain, merge("3", "b", "c", undoes="2")]
    assert [resolve(id, ways(parted)) for id in "abc"] == ["b", "b", "c"]
    undone = [*parted, merge("4", "a", "b", undoes="1")]
    assert ways(undone) == {}
    # Merged anew after an undoing: another record, which stands.
    assert ways([*undone, merge("5", "a", "c")]) == {"a": "c"}


def test_a_ring_leads_to_its_smallest_id_and_ends() -> None:
    ring = ways([merge("1", "b", "c"), merge("2", "c", "d"), merge("3", "d", "b"), merge("4", "e", "d")])
    assert {resolve(id, ring) for id in "bcde"} == {"b"}
    assert resolve("a", ring) == "a"


def test_an_undoing_that_comes_first_counts_and_a_merge_of_a_region_never_does() -> None:
    assert ways([merge("2", "a", "b", undoes="1")]) == {}
    assert ways([merge("2", "a", "b", undoes="1"), merge("1", "a", "b")]) == {}
    for of_one in ([merge("1", "a", "b"), merge("2", "a", "c")], [merge("2", "a", "c"), merge("1", "a", "b")]):
        assert ways(of_one) == {"a": "c"}, "two of one, by commands at once: the greater id"
    assert ways([merge("1", "a", "b", origin="agadez")]) == {}
    assert ways([merge("1", "a", "b"), merge("2", "a", "b", undoes="1", origin="agadez")]) == {"a": "b"}


@pytest.mark.parametrize(
    ("kept", "merged", "code"),
    [
        ("a", "a", "merge-with-itself"),
        ("d", "a", "merged-already"),
        ("a", "c", "merge-in-ring"),
        ("b", "c", "merge-in-ring"),
    ],
)
def test_what_cannot_be_merged(kept: str, merged: str, code: str) -> None:
    known = ways([merge("1", "a", "b"), merge("2", "b", "c")])
    with pytest.raises(ConflictError) as refused:
        check_merge(kept, merged, known)
    assert refused.value.code == code
    check_merge("a", "d", known)
    check_merge("d", "c", known)


letters = st.sampled_from("abcde")
merges = st.lists(
    st.builds(
        merge,
        st.integers(0, 30).map("{:02}".format),
        letters,
        letters,
        st.none() | st.integers(0, 30).map("{:02}".format),
        st.sampled_from(["central", "central", "agadez"]),
    ),
    max_size=10,
    unique_by=lambda one: one.id,
)


@given(merges, st.data())
def test_merges_in_any_order_lead_everybody_to_one_end(known: list[Merge], data: Any) -> None:
    found = ways(known)
    twice = data.draw(st.lists(st.sampled_from(known), max_size=4)) if known else []
    assert ways(data.draw(st.permutations([*known, *twice]))) == found
    for id in "abcde":
        stands = resolve(id, found)
        assert resolve(stands, found) == stands
        assert {resolve(one, found) for one in all_of(id, found)} == {stands}
        assert id in all_of(stands, found)


@given(st.lists(st.tuples(letters, letters), max_size=12))
def test_what_the_centre_lets_pass_never_makes_a_ring(asked: list[tuple[str, str]]) -> None:
    known: dict[str, str] = {}
    for kept, merged in asked:
        try:
            check_merge(kept, merged, known)
        except ConflictError:
            continue
        known[merged] = kept
        assert all(resolve(id, known) not in known for id in "abcde")


INTERVENTION = Intervention(**base("i"), title="…", lead_institution_id="lead", partner_ids=("partner",))


def said(
    id: str,
    institution: str | None = "lead",
    turn: int = 1,
    origin: str = "agadez",
    visibility: str = "gtm",
    days: int = 0,
) -> Confirmation:
    at = NOW + timedelta(days=days)
    fields: dict[str, Any] = {"institution_id": institution, "turn": turn, "confirmed_at": at}
    return Confirmation(**base(id, origin, visibility), intervention_id="i", **fields)


def test_the_latest_word_of_a_partner_says_how_fresh_it_is_whatever_the_clocks_say() -> None:
    ahead, later = said("zz", days=9000), said("aa", "partner", turn=2)
    assert freshness(INTERVENTION, [ahead, later], {}) == later
    assert freshness(INTERVENTION, [], {}) is None
    assert freshness(INTERVENTION, [said("a", "stranger", turn=9)], {}) is None
    assert freshness(INTERVENTION, [said("a", None)], {}) == said("a", None)


def test_a_partner_that_was_merged_is_one_still_under_both_ids() -> None:
    known = ways([merge("1", "lead", "house"), merge("2", "agency", "house")])
    for institution in ("lead", "house", "agency"):
        assert freshness(INTERVENTION, [said("a", institution)], known) is not None
    assert freshness(INTERVENTION, [said("a", "agency")], {}) is None


def test_what_other_nodes_cannot_know_counts_only_of_what_they_do_not_know_either() -> None:
    hidden = said("a", visibility="internal")
    assert freshness(INTERVENTION, [hidden], {}) is None
    assert freshness(
        Intervention(**base("i", visibility="internal"), title="…", lead_institution_id="lead"), [hidden], {}
    )


confirmations = st.lists(
    st.builds(
        said,
        st.integers(0, 30).map("{:02}".format),
        st.sampled_from(["lead", "partner", "agency", "stranger", None]),
        st.integers(1, 4),
        st.sampled_from(["agadez", "zinder"]),
        st.sampled_from(["gtm", "internal"]),
        st.integers(-9000, 9000),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)


@given(confirmations, merges, st.data())
def test_confirmations_and_merges_in_any_order_give_the_same(heard: Any, known: Any, data: Any) -> None:
    expected = freshness(INTERVENTION, heard, ways(known))
    assert (
        freshness(INTERVENTION, data.draw(st.permutations(heard)), ways(data.draw(st.permutations(known)))) == expected
    )
