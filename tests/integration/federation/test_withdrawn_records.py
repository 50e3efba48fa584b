"""A record that its node made internal is forgotten here, in whatever order that is heard, and by whom it may be said.

As in test_records_of_other_nodes.py, what came over a link is published as the link would.
"""

from typing import Any

import pytest

from chassis.kernel.clock import now, rfc3339
from chassis.kernel.errors import NotFoundError
from chassis.kernel.ids import new_id
from services.actors.contract.events import INSTITUTION_CHANGED, INSTITUTION_CREATED, INSTITUTION_WITHDRAWN
from tests.integration.federation.foreign import make_known, send, told
from tests.integration.federation.words import where
from tests.integration.node import Node

PLACES = (("actors", "institutions"), ("meetings", "replica_institution"))


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    """The centre's actors and meetings; the broker knows accounts of two regions."""
    node.run("actors", "meetings")
    make_known(node, "agadez", "zinder")


def kept(node: Node, id: str) -> list[dict[str, Any] | None]:
    """The record, and the copy of it that another service keeps."""
    return [node.database(service)[name].find_one({"_id": id}) for service, name in PLACES]


def heard(node: Node, id: str, events: int) -> bool:
    """Whether so many events of a record were applied or found to be old, by both services."""
    marks = {"version": {"$regex": f" {id} "}}
    return all(node.database(service)["inbox"].count_documents(marks) == events for service, _ in PLACES)


def parked_reasons(node: Node) -> list[str]:
    return [one["reason"] for service, _ in PLACES for one in node.call(service, "list_parked", {})["items"]]


def life(word: str, id: str | None = None) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A record of Agadez as it was told first, its tombstone, and its being shown again."""
    id = id or new_id()
    first = told(INSTITUTION_CREATED, id=id, name=f"Association {word}", acronym=None, aliases=[], mandate=word)
    gone = told(INSTITUTION_WITHDRAWN, id=id, version=2)
    again = told(INSTITUTION_CHANGED, id=id, version=4, name=f"Association {word}", acronym=None, aliases=[])
    return first, gone, again


def test_a_withdrawn_record_is_nowhere_any_more(node: Node, eventually: Any) -> None:
    first, gone, _ = life("Tarhamert")
    id = first["subject"]
    send(node, first)
    eventually(lambda: all(kept(node, id)))
    assert {place for place, _ in where(node, "Tarhamert")} == {"actors", "meetings"}
    seen = rfc3339(now())
    send(node, gone)
    eventually(lambda: kept(node, id) == [None, None])
    for method, asked in (("get_institution", {}), ("get_institution", {"as_of": seen}), ("list_history", {})):
        noun = {"noun": "institution"} if method == "list_history" else {}
        with pytest.raises(NotFoundError):
            node.call("actors", method, {"id": id, **asked, **noun})
    assert node.every("actors", "list_institutions", {"q": "tarhamert"}) == []
    # Also the log, whose rows and places went; the tombstone itself says no more than the id.
    assert [one["id"] for one in node.events("actors", subject=id)] == [gone["id"]]
    assert where(node, "Tarhamert") == []


def test_an_older_event_that_comes_later_brings_nothing_back(node: Node, eventually: Any) -> None:
    first, gone, _ = life("Izelilan")
    id = first["subject"]
    send(node, gone)
    eventually(lambda: heard(node, id, 1))
    send(node, first)
    eventually(lambda: heard(node, id, 2))
    assert kept(node, id) == [None, None]
    assert where(node, "Izelilan") == []


def test_both_at_the_same_moment_leave_nothing(node: Node, eventually: Any) -> None:
    """Each commit reads what the other writes and not the same: the store must have one of them begin again."""
    lives = [life("Tafaghist") for _ in range(25)]
    for first, gone, _ in lives:
        send(node, first)
        send(node, gone)
    eventually(lambda: all(heard(node, first["subject"], 2) for first, _, _ in lives))
    assert [id for first, _, _ in lives if kept(node, id := first["subject"]) != [None, None]] == []
    assert where(node, "Tafaghist") == []


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_shown_again_it_is_back_everywhere(node: Node, eventually: Any, order: tuple[int, ...]) -> None:
    events = life(f"Tanout{order}")
    id = events[0]["subject"]
    for place in order:
        send(node, events[place])
    eventually(lambda: heard(node, id, 3))
    record, copy = kept(node, id)
    assert record is not None
    assert copy is not None
    assert (record["version"], copy["recordversion"]) == (4, 4)
    assert node.call("actors", "get_institution", {"id": id})["version"] == 4
    history = node.call("actors", "list_history", {"noun": "institution", "id": id})["items"]
    assert history[0]["version"] == 4
    assert {node.database(service)["withdrawn"].count_documents({"record": id}) for service, _ in PLACES} == {0}


def test_nobody_withdraws_what_is_anothers(node: Node, eventually: Any) -> None:
    mine = node.call("actors", "create_institution", {"name": "Une des nôtres, à garder"})
    first, _, _ = life("Tchirozérine")
    id = first["subject"]
    send(node, first)
    eventually(lambda: all(kept(node, id)) and all(kept(node, mine["id"])))
    send(node, told(INSTITUTION_WITHDRAWN, origin="agadez", id=mine["id"], version=9))
    send(node, told(INSTITUTION_WITHDRAWN, origin="zinder", id=id, version=9), by="zinder")
    send(node, told(INSTITUTION_WITHDRAWN, origin="agadez", id=id, version=9), by="zinder")
    wrong = (f"{mine['id']} belongs to central", f"{id} belongs to agadez", "withdrawn.v1 of agadez sent by zinder")
    for why in wrong:
        eventually(lambda why=why: sum(f"forged: {why}" in one or why in one for one in parked_reasons(node)) == 2)
    assert all(kept(node, mine["id"]))
    assert all(kept(node, id))


def test_at_its_own_node_a_record_that_becomes_internal_stays(node: Node, eventually: Any) -> None:
    id = node.call("actors", "create_institution", {"name": "Cellule d'essai, publique", "visibility": "public"})["id"]
    public = rfc3339(now())
    hidden = node.call("actors", "change_institution", {"id": id, "version": 1, "changes": {"visibility": "internal"}})
    # The number between is its tombstone's, which travels as far as the record had.
    assert hidden["version"] == 3
    first, gone, internal = node.events("actors", subject=id)
    assert [one["recordversion"] for one in (first, gone, internal)] == [1, 2, 3]
    assert (gone["type"], gone["visibility"]) == (INSTITUTION_WITHDRAWN.name, "public")
    told_of = {"id": id, "origin": "central", "version": 2, "visibility": "public", "changed": ["visibility"]}
    assert gone["data"] == told_of
    assert internal["visibility"] == "internal"
    eventually(lambda: kept(node, id)[1]["recordversion"] == 3)  # type: ignore[index]
    copy = kept(node, id)[1]
    assert copy is not None
    assert (copy["name"], copy["visibility"]) == ("Cellule d'essai, publique", "internal")
    then = node.call("actors", "get_institution", {"id": id, "as_of": public})
    assert (then["version"], then["visibility"]) == (1, "public")
    shown = node.call("actors", "change_institution", {"id": id, "version": 3, "changes": {"visibility": "gtm"}})
    assert shown["version"] == 4
    assert node.database("actors")["withdrawn"].count_documents({"record": id}) == 0
