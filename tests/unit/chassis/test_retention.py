"""What a policy lets go, and what never goes."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.contract.withdrawal import withdrawn
from chassis.history.retention import Policy, PolicyError, Row, Rule, chained, parse, read_policy, removable
from chassis.history.versions import Version, known_at
from chassis.kernel.errors import GoneError

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NOUNS = {"meetings": ["meeting", "minutes"]}

rows = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.integers(1, 2),
        st.integers(1, 6),
        st.integers(0, 400),
        st.booleans(),
        st.booleans(),
    ),
    unique_by=lambda one: one[:3],
    max_size=30,
).map(
    lambda found: [
        Row(f"{subject}{life}.{number}", subject, (life, number), NOW - timedelta(days=days), sent, travels)
        for subject, life, number, days, sent, travels in found
    ]
)


@given(rows, st.integers(7, 300))
def test_what_goes_is_old_sent_and_followed_by_one_that_is_too(given_: list[Row], days: int) -> None:
    before = NOW - timedelta(days=days)
    going = removable(given_, before)
    kept = [row for row in given_ if row not in going]
    for row in going:
        assert row.sent and row.time < before
        assert any(
            other.subject == row.subject and other.order > row.order and other.sent and other.time < before
            for other in kept
        )
    for subject in {row.subject for row in given_}:
        own = [row for row in given_ if row.subject == subject]
        assert max(own, key=lambda row: row.order) in kept
        # What other nodes are sent stays too: else a tombstone would go before an internal version.
        travelling = [row for row in own if row.travels]
        assert not travelling or max(travelling, key=lambda row: row.order) in kept
    assert removable(kept, before) == []


@given(st.lists(st.integers(1, 50), min_size=1, max_size=12), st.integers(7, 300))
def test_since_that_age_a_record_can_be_told_as_it_was_at_any_time(steps: list[int], days: int) -> None:
    first = NOW - timedelta(days=600)
    at = [first + timedelta(days=sum(steps[:place])) for place in range(len(steps))]
    whole = [Row(str(place), "s", (1, place + 1), time, True) for place, time in enumerate(at)]
    before = NOW - timedelta(days=days)
    left = [row for row in whole if row not in removable(whole, before)]
    for moment in (before + timedelta(days=day) for day in range(0, days, 5)):
        assert known_at(as_versions(left), moment) == known_at(as_versions(whole), moment)
    if len(left) < len(whole):
        with pytest.raises(GoneError):
            known_at(as_versions(left), first)


def as_versions(rows: list[Row]) -> list[Version]:
    return [
        Version(
            event_id=row.id,
            subject=row.subject,
            type="t",
            time=row.time,
            incarnation=row.order[0],
            number=row.order[1],
            visibility="gtm",
            told={},
        )
        for row in rows
    ]


def test_a_new_life_of_the_node_is_no_hole() -> None:
    lives = [Row("a", "s", (1, 1), NOW, True), Row("b", "s", (1, 2), NOW, True), Row("c", "s", (2, 2), NOW, True)]
    found = known_at(as_versions(lives), NOW)
    assert found is not None and found.event_id == "c"


def test_a_clock_that_went_back_makes_no_hole() -> None:
    turned = [Row("a", "s", (1, 1), NOW, True), Row("b", "s", (1, 2), NOW - timedelta(hours=1), True)]
    found = known_at(as_versions(turned), NOW - timedelta(minutes=1))
    assert found is not None and found.event_id == "b"


def test_a_tombstone_is_no_version_to_be_shown_and_no_hole() -> None:
    hours = [NOW + timedelta(hours=number) for number in range(4)]
    rows = [Row("a", "s", (1, 1), hours[0], True), Row("b", "s", (1, 2), hours[1], True)]
    first, gone = as_versions(rows)
    gone = replace(gone, type=withdrawn("actors", "group").name)
    (internal,) = as_versions([Row("c", "s", (1, 3), hours[1], True)])
    (again,) = as_versions([Row("d", "s", (1, 4), hours[2], True)])
    at_home = [first, gone, internal, again]
    assert [known_at(at_home, at) for at in hours] == [first, internal, again, again]
    # Its node lost what came after it in a restore: what the record said is what it had said.
    assert known_at([first, gone], hours[3]) == first
    # Elsewhere nobody can say what it was, until it was shown again.
    assert known_at([gone, again], hours[3]) == again
    for at in hours[:2]:
        with pytest.raises(GoneError):
            known_at([gone, again], at)


def test_without_a_file_everything_is_kept(tmp_path: Path) -> None:
    policy = read_policy(tmp_path / "retention.toml", NOUNS)
    assert policy.compactable("meetings") == []
    assert policy.compact_every_days is None
    assert policy.rule("meetings", "meeting") == Rule("all", 0)


def test_the_shipped_example_keeps_everything_until_it_is_edited() -> None:
    example = Path(__file__).parents[3] / "deploy" / "retention.toml"
    policy = read_policy(example, NOUNS)
    assert (policy.rules, policy.compact_every_days) == ({}, None)
    uncommented = "\n".join(
        line.removeprefix("# ") if line.startswith(("# [", "# keep", "# after", "# compact")) else line
        for line in example.read_text(encoding="utf-8").splitlines()
    )
    assert parse(__import__("tomllib").loads(uncommented), NOUNS).rules


def test_a_rule_is_read_and_never_reaches_below_the_least_age() -> None:
    said = {"at_least_days": 60, "meetings": {"meeting": {"keep": "latest", "after_days": 30}}}
    policy = parse(said, NOUNS)
    rule = policy.rule("meetings", "meeting")
    assert policy.compactable("meetings") == ["meeting"]
    assert policy.before(rule, NOW) == NOW - timedelta(days=60)


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"keep_days": 3}, "keep_days"),
        ({"at_least_days": 6}, "at_least_days"),
        ({"at_least_days": True}, "at_least_days"),
        ({"compact_every_days": 0}, "compact_every_days"),
        ({"meetings": {"meting": {"keep": "all"}}}, "meetings.meting"),
        ({"meetings": {"meeting": "latest"}}, "meetings.meeting"),
        ({"meetings": {"meeting": {"keep": "some"}}}, "meetings.meeting.keep"),
        ({"meetings": {"meeting": {"keep": "latest"}}}, "meetings.meeting.after_days"),
        ({"meetings": {"meeting": {"keep": "latest", "after_days": 2}}}, "meetings.meeting.after_days"),
        ({"meetings": {"meeting": {"keep": "latest", "after_day": 90}}}, "meetings.meeting"),
    ],
)
def test_a_wrong_policy_is_refused_and_the_place_named(said: dict[str, Any], place: str) -> None:
    with pytest.raises(PolicyError) as refused:
        parse(said, NOUNS)
    assert str(refused.value).startswith(place)


def test_a_file_that_is_no_toml_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "retention.toml").write_bytes(b"\xff")
    with pytest.raises(PolicyError, match=r"retention\.toml"):
        read_policy(tmp_path / "retention.toml", NOUNS)


def test_the_hash_tells_the_ids_their_order_and_their_pages() -> None:
    seen = defaultdict(int)
    for pages in ([["a", "b"]], [["b", "a"]], [["a"], ["b"]], [["a"]], [["ab"]]):
        digest = ""
        for page in pages:
            digest = chained(digest, page)
        seen[digest] += 1
    assert len(seen) == 5
    assert Policy().hash == ""
