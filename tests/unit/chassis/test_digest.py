"""Two nodes find what differs between them by a few hundred bytes, whatever differs."""

from hypothesis import given
from hypothesis import strategies as some

from chassis.federation.digest import BUCKETS, bucket_of, digests, newer, nothing

IDS = some.uuids().map(str)
VERSIONS = some.tuples(some.integers(1, 3), some.integers(1, 40))
HELD = some.dictionaries(IDS, VERSIONS, max_size=60)


def digest_of(held, origin="agadez"):
    triples = [(origin, id, held[id]) for id in sorted(held)]
    return digests("meeting", triples).get(origin, nothing("meeting", origin))


@given(HELD)
def test_the_same_records_have_the_same_digest(held):
    assert digest_of(held) == digest_of(dict(reversed(list(held.items()))))
    assert digest_of(held).differing(digest_of(held)) == []


@given(HELD, HELD)
def test_what_differs_is_found_in_its_bucket_and_nowhere_else(mine, theirs):
    different = {id for id in mine.keys() | theirs.keys() if mine.get(id) != theirs.get(id)}
    assert set(digest_of(mine).differing(digest_of(theirs))) == {bucket_of(id) for id in different}


@given(HELD, HELD)
def test_after_both_sent_what_is_newer_both_hold_the_same(mine, theirs):
    for id in newer(mine, theirs):
        theirs[id] = mine[id]
    for id in newer(theirs, mine):
        mine[id] = theirs[id]
    assert mine == theirs
    assert digest_of(mine) == digest_of(theirs)


def test_origins_are_told_apart():
    found = digests("meeting", [("agadez", "a", (1, 1)), ("central", "b", (1, 1)), ("agadez", "c", (2, 1))])
    assert {origin: one.count for origin, one in found.items()} == {"agadez": 2, "central": 1}
    assert len(nothing("meeting", "zinder").buckets) == BUCKETS


def test_an_incarnation_decides_before_a_version():
    assert newer({"a": (2, 1)}, {"a": (1, 99)}) == ["a"]
    assert newer({"a": (1, 99)}, {"a": (2, 1)}) == []
