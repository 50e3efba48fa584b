"""The chain of a trail: whatever is changed, taken out, put in or moved shows, and where."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.chain import beginning, broken, canonical, chained, digest, hashed

START = beginning("central", "actors")
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=8))
TOLD = st.dictionaries(st.sampled_from(("ref", "kind", "at", "who", "digest", "type")), VALUES, max_size=6)
LOGS = st.lists(TOLD, min_size=2, max_size=12)


def made(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list(chained(told, 0, START))


def codes(entries: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(code, told["n"]) for code, told in broken(entries, 0, START)]


@given(LOGS)
def test_a_chain_holds_whole_and_in_pages(told: list[dict[str, Any]]) -> None:
    entries = made(told)
    assert codes(entries) == []
    assert [one["n"] for one in entries] == list(range(1, len(told) + 1))
    half = len(entries) // 2
    assert list(broken(entries[half:], half, entries[half - 1]["sha256"])) == []


@given(LOGS, st.data())
def test_a_changed_entry_shows(told: list[dict[str, Any]], data: st.DataObject) -> None:
    entries = made(told)
    victim = data.draw(st.sampled_from(entries))
    name = data.draw(st.sampled_from([one for one in victim if one not in ("_id", "number", "salt")]))
    victim[name] = {"was": victim[name]}
    assert ("entry-changed", victim["number"]) in codes(entries)


@given(LOGS, st.data())
def test_an_entry_that_is_gone_shows(told: list[dict[str, Any]], data: st.DataObject) -> None:
    entries = made(told)
    gone = data.draw(st.integers(0, len(entries) - 2))
    del entries[gone]
    found = list(broken(entries, 0, START))
    assert found[0] == ("entries-missing", {"n": gone + 1, "last": gone + 1})


@given(LOGS, st.data())
def test_a_changed_entry_whose_hash_was_made_anew_shows_at_the_next(
    told: list[dict[str, Any]], data: st.DataObject
) -> None:
    entries = made(told)
    victim = entries[data.draw(st.integers(0, len(entries) - 2))]
    victim["who"] = "somebody else altogether"
    victim["sha256"] = hashed(victim)
    assert codes(entries) == [("out-of-order", victim["n"] + 1)]


@given(LOGS)
def test_two_that_changed_places_show(told: list[dict[str, Any]]) -> None:
    entries = made(told)
    first, second = copy.deepcopy(entries[0]), copy.deepcopy(entries[1])
    for name in ("_id", "number"):
        first[name], second[name] = second[name], first[name]
    entries[:2] = [second, first]
    assert codes(entries)[0] == ("entry-changed", 1)


def test_no_two_trails_begin_alike() -> None:
    assert len({beginning(node, owner) for node in ("central", "agadez") for owner in ("actors", "gateway")}) == 4


@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=5))
def test_a_content_has_one_way_to_be_written(content: dict[str, Any]) -> None:
    turned = dict(reversed(content.items()))
    assert canonical(content) == canonical(turned)
    assert digest(content, "salt") == digest(turned, "salt") != digest(content, "other salt")


@pytest.mark.parametrize("put", [b"bytes", {1: "key"}, float("nan")])
def test_what_no_json_holds_is_a_changed_entry(put: Any) -> None:
    entries = made([{"ref": "a"}, {"ref": "b"}])
    entries[0]["ref"] = put
    assert ("entry-changed", 1) in codes(entries)
