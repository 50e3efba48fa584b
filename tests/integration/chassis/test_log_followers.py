"""Who follows the log never misses an event, however late it is committed and whatever ids and clocks say."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis.kernel.errors import InvalidError
from chassis.kernel.ids import new_id
from chassis.kernel.principal import SYSTEM, Caller
from chassis.process.settings import Settings
from chassis.storage.positions import Positions
from chassis.storage.store import Store
from services.actors.contract import events
from services.actors.domain.institution import Institution
from services.actors.repository.institution import Institutions
from tests.integration.node import Node


@pytest.fixture(scope="module", autouse=True)
def running(node: Node, eventually: Any) -> None:
    """The actors service with what ships, all sent."""
    node.run("actors")
    database = node.database("actors")
    eventually(lambda: database["outbox"].count_documents({}) >= 40 and not database["unsent"].count_documents({}))


@pytest.fixture
def other(node: Node) -> Iterator[Store]:
    """The store as another process of the service has it."""
    home = Path(node.home)
    settings = Settings(
        amqp_uri=node.amqp_uri, mongo_uri=node.surroundings.mongo, mongo_prefix=node.prefix, home=home, keys=home
    )
    store = Store([Institutions]).open("actors", settings)
    yield store
    store.client.close()


class Follower:
    """Reads on from where it was."""

    def __init__(self, node: Node) -> None:
        self.node, self.place, self.seen = node, 0, list[str]()

    def read(self) -> list[str]:
        """The ids of what is new."""
        found: list[str] = []
        while True:
            asked = {"cursor": str(self.place), "page_size": 20}
            page = self.node.call("actors", "list_events", asked)
            found += [one["id"] for one in page["items"]]
            self.place = max([self.place, *page["places"]])
            if page["next_cursor"] is None:
                self.seen += found
                return found


def test_an_event_committed_late_comes_after_what_was_read(node: Node, other: Store) -> None:
    follower = Follower(node)
    follower.read()
    with other.work(Caller(principal=SYSTEM, correlation_id=new_id())) as work:
        late = work.new(Institution, "public", name="Institution tardive")
        work.save(late, events.INSTITUTION_CREATED)  # its event has its id now
        quick = node.call("actors", "create_institution", {"name": "Institution prompte"})
        (read,) = follower.read()
    (after,) = follower.read()
    assert after < read  # by its id it lies before what was read: a reader who pages by ids would have missed it
    subjects = {event["id"]: event["subject"] for event in node.events("actors")}
    assert (subjects[read], subjects[after]) == (quick["id"], late.id)
    assert follower.read() == []
    assert len(follower.seen) == len(set(follower.seen)) == len(subjects)


def test_what_is_stored_can_be_read_at_once_also_without_a_broker(node: Node, other: Store) -> None:
    """The relay has not seen this one: nothing sends for the other process here."""
    follower = Follower(node)
    follower.read()
    with other.work(Caller(principal=SYSTEM, correlation_id=new_id())) as work:
        made = work.new(Institution, "public", name="Institution lue avant d'être envoyée")
        work.save(made, events.INSTITUTION_CREATED)
    ((place, envelope),), more = other.outbox.follow({"subject": made.id}, 0, 10)
    assert (envelope["subject"], more) == (made.id, False)
    assert follower.read() == [envelope["id"]]
    assert follower.place == place


def test_several_at_once_give_each_event_one_number_and_none_behind_a_reader(node: Node) -> None:
    database = node.database("scratch")
    Positions(database, 1).sync_indexes()
    rows = [
        {"_id": f"{n:04}", "subject": f"s{n % 7}", "recordversion": n, "type": "t", "visibility": "gtm", "time": "z"}
        for n in range(240)
    ]

    def place(first: int) -> None:
        own = Positions(database, 1)
        for start in range(first * 20, len(rows), 20):
            own.place(rows[start : start + 60])

    writers = [threading.Thread(target=place, args=(first,)) for first in (0, 0, 3, 6)]
    for writer in writers:
        writer.start()
    reader, last, seen = Positions(database, 1), 0, list[str]()
    while any(writer.is_alive() for writer in writers) or reader.last() > last:
        for number, event in reader.page({}, last, 25):
            assert number == last + 1
            last, seen = number, [*seen, event]
    assert sorted(seen) == [row["_id"] for row in rows]


def test_a_restored_node_numbers_above_its_lost_life(node: Node) -> None:
    database = node.database("scratch2")
    row = {"subject": "s", "recordversion": 1, "type": "t", "visibility": "gtm", "time": "z"}
    Positions(database, 1).place([{"_id": "a", **row}])
    second = Positions(database, 2)
    second.place([{"_id": "b", **row}])
    ((first, _), (later, _)) = second.page({}, 0, 10)
    assert later > first + 1_000_000


@pytest.mark.parametrize("wrong", [{"since": "hier"}, {"since": "2025-01-01"}, {"cursor": "abc"}, {"cursor": "-1"}])
def test_what_cannot_be_read_is_refused(node: Node, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidError):
        node.call("actors", "list_events", wrong)
