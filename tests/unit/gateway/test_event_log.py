"""One log out of four: oldest first, no hole, no repetition."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from chassis.kernel.errors import UnavailableError
from chassis.kernel.ids import new_id
from chassis.process.settings import SERVICES
from gateway import eventlog
from gateway.routes.events import CATALOGUE
from gateway.rpc import CallContext
from tests.unit.gateway.conftest import Client, FakeRpc

CONTEXT = CallContext(correlation_id="x")


class Logs:
    """Four services' logs that page as the chassis does; an event is (place, id) there."""

    def __init__(self, events: list[tuple[int, str]]) -> None:
        self.of: dict[str, list[str]] = {name: [] for name in SERVICES}
        for service, id in events:
            self.of[SERVICES[service]].append(id)

    def call_side_by_side(
        self, targets: Any, payload: Any, context: CallContext, within: float, own: Any
    ) -> dict[str, Any]:
        return {target: self._page(target.partition(".")[0], {**payload, **own.get(target, {})}) for target in targets}

    def _page(self, service: str, payload: Any) -> dict[str, Any]:
        after, size = int(payload["cursor"] or 0), payload["page_size"]
        places = list(range(after + 1, len(self.of[service]) + 1))
        found = [{"id": self.of[service][place - 1]} for place in places[:size]]
        return {"items": found, "places": places[:size], "next_cursor": "more" if len(places) > size else None}


def read(logs: Logs, cursor: str | None, size: int) -> tuple[list[str], str]:
    """Everything after a cursor, and where to go on later."""
    seen: list[str] = []
    for _ in range(1000):
        page = eventlog.page(logs, SERVICES, {"cursor": cursor, "page_size": size}, CONTEXT, 1)  # type: ignore[arg-type]
        assert len(page["items"]) <= size
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return seen, page["follow"]
    raise AssertionError("pages without an end")


@given(st.lists(st.integers(0, 3), max_size=40), st.integers(1, 9))
def test_paging_through_gives_every_event_once_and_in_order(owners: list[int], size: int) -> None:
    ids = [new_id() for _ in owners]
    seen, _ = read(Logs(list(zip(owners, ids, strict=True))), None, size)
    assert seen == sorted(ids)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 99)), max_size=30), st.integers(0, 30), st.integers(1, 9))
def test_a_follower_misses_nothing_whatever_the_ids_of_what_comes_later(
    given_: list[tuple[int, int]], cut: int, size: int
) -> None:
    events = [(owner, f"{number:02}-{place:02}") for place, (owner, number) in enumerate(given_)]
    before, follow = read(Logs(events[:cut]), None, size)
    later, end = read(Logs(events), follow, size)
    assert sorted(before + later) == sorted(id for _, id in events)
    assert read(Logs(events), end, size) == ([], end)


def test_a_cursor_is_url_safe_and_comes_back() -> None:
    places = {"actors": 2**40 + 3, "meetings": 0}
    cursor = eventlog.cursor(places)
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert eventlog.after(cursor) == places
    assert eventlog.after(None) == {}


@pytest.mark.parametrize(
    "given_", ["abc", "é", "ZTE6", "====", "ZTI6MDE5", "%", "x" * 2000, "ZTI6e30x", eventlog.cursor({"actors": -1})]
)
def test_an_unreadable_cursor_is_422(client: Client, rpc: FakeRpc, given_: str) -> None:
    answer = client.get("/api/v1/events", query_string={"cursor": given_})
    assert (answer.status_code, answer.json["code"]) == (422, "unreadable-cursor")
    assert rpc.asked == []


def test_filters_reach_every_service(client: Client, rpc: FakeRpc) -> None:
    rpc.answers = {f"{name}.list_events": {"items": [], "places": [], "next_cursor": None} for name in SERVICES}
    answer = client.get("/api/v1/events?type=gtm.x.v1&subject=abc&since=2026-01-31T09:00:00%2B01:00&page_size=3")
    assert answer.json == {"items": [], "next_cursor": None, "follow": eventlog.cursor({})}
    assert [target for target, _, _ in rpc.asked] == [f"{name}.list_events" for name in SERVICES]
    assert rpc.payload == {
        "type": "gtm.x.v1",
        "subject": "abc",
        "since": "2026-01-31T08:00:00.000Z",
        "page_size": 3,
        "cursor": None,
    }


def test_a_plus_that_became_a_space_is_understood(client: Client, rpc: FakeRpc) -> None:
    rpc.answers = {f"{name}.list_events": {"items": [], "places": [], "next_cursor": None} for name in SERVICES}
    assert client.get("/api/v1/events?since=2026-01-31T09:00:00+01:00").status_code == 200
    assert rpc.payload["since"] == "2026-01-31T08:00:00.000Z"


@pytest.mark.parametrize("since", ["yesterday", "2026-01-31", "2026-01-31T09:00:00", "0001-01-01T00:00:00%2B23:00"])
def test_since_must_be_an_instant_with_its_zone(client: Client, rpc: FakeRpc, since: str) -> None:
    answer = client.get(f"/api/v1/events?since={since}")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "since")


def test_a_service_that_is_away_makes_no_hole_but_a_503_that_names_it(client: Client, rpc: FakeRpc) -> None:
    rpc.answers = {
        f"{name}.list_events": {"items": [{"id": new_id()}], "places": [1], "next_cursor": None} for name in SERVICES
    }
    rpc.answers["indicators.list_events"] = UnavailableError("service-silent", None, {"service": "indicators"})
    answer = client.get("/api/v1/events")
    assert answer.status_code == 503
    assert "indicators" in answer.json["detail"]


def test_the_schema_of_an_event_is_json_schema(client: Client) -> None:
    for type in CATALOGUE:
        answer = client.get(f"/api/v1/schemas/{type}")
        assert (answer.status_code, answer.mimetype) == (200, "application/schema+json")
        Draft202012Validator.check_schema(answer.json)
        assert answer.json["$id"] == f"https://gtm.example/api/v1/schemas/{type}"
        assert "changed" in answer.json["properties"]
    assert client.get("/api/v1/schemas/gtm.nothing.v1").status_code == 404
