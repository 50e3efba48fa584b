"""What another node's records become here: beside our own, read-only, never twice, never from a forger.

The link itself is not in it: what came over it is published to `gtm.inbound` as the link would, by a broker account
named after the sender, which the broker holds to its `user_id`.
"""

from typing import Any

import pytest

from chassis.broker.topology import EVENTS, INBOUND
from chassis.kernel.errors import ConflictError, NotFoundError
from chassis.kernel.ids import new_id
from services.actors.contract.events import INSTITUTION_CHANGED, INSTITUTION_CREATED
from services.meetings.contract.events import MEETING_CONVENED
from tests.integration.federation.foreign import make_known, send, told
from tests.integration.node import Node


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    """The centre's actors and meetings; the broker knows an account of Agadez."""
    node.run("actors", "meetings")
    make_known(node, "agadez", "zinder", "central")


def stored(node: Node, id: str, service: str = "actors", collection: str = "institutions") -> dict[str, Any] | None:
    return node.database(service)[collection].find_one({"_id": id})


def parked_reasons(node: Node, service: str = "actors") -> list[str]:
    return [one["reason"] for one in node.call(service, "list_parked", {})["items"]]


def test_a_record_of_another_node_stands_in_the_list_and_says_whose_it_is(node: Node, eventually: Any) -> None:
    event = told(INSTITUTION_CREATED, name="Mairie d'Ingall", acronym="MIG", aliases=[])
    send(node, event)
    eventually(lambda: stored(node, event["subject"]))
    record = node.call("actors", "get_institution", {"id": event["subject"]})
    assert (record["origin"], record["version"], record["name"]) == ("agadez", 1, "Mairie d'Ingall")
    derived = {"merged_into": None, "merged_from": []}
    assert record == {name: value for name, value in event["data"].items() if name != "changed"} | derived
    found = node.every("actors", "list_institutions", {"q": "ingall"})
    assert [one["id"] for one in found] == [event["subject"]]
    # ... it is in this node's log, and other services know it too.
    assert [one["id"] for one in node.events("actors", subject=event["subject"])] == [event["id"]]
    eventually(lambda: node.database("meetings")["replica_institution"].find_one({"_id": event["subject"]}))


@pytest.mark.parametrize("version", [1, 7])
def test_only_its_origin_changes_it(node: Node, eventually: Any, version: int) -> None:
    """Also said to who has a version that is not there: whose record it is comes first."""
    event = told(INSTITUTION_CREATED, name=f"Préfecture d'Arlit {version}", acronym=None, aliases=[])
    send(node, event)
    eventually(lambda: stored(node, event["subject"]))
    change = {"id": event["subject"], "version": version, "changes": {"note": "x"}}
    with pytest.raises(ConflictError) as refused:
        node.call("actors", "change_institution", change)
    assert refused.value.code == "not-the-origin"
    assert refused.value.params["origin"] == "agadez"


@pytest.mark.parametrize("version", [1, 7])
def test_only_its_origin_acts_on_it(node: Node, eventually: Any, version: int) -> None:
    event = told(MEETING_CONVENED, title="Réunion d'ailleurs, que l'on n'annule pas ici", state="convened")
    send(node, event)
    eventually(lambda: stored(node, event["subject"], "meetings", "meetings"))
    with pytest.raises(ConflictError) as refused:
        node.call("meetings", "cancel_meeting", {"id": event["subject"], "version": version})
    assert refused.value.code == "not-the-origin"
    kept = stored(node, event["subject"], "meetings", "meetings")
    assert kept is not None
    assert kept["state"] == "convened"


def test_versions_decide_in_any_order_and_twice_is_once(node: Node, eventually: Any) -> None:
    id = new_id()
    first = told(INSTITUTION_CREATED, version=1, id=id, name="Radio Tambouta", acronym=None, aliases=[])
    second = told(INSTITUTION_CHANGED, version=2, id=id, name="Radio Tambouta FM", acronym=None, aliases=[])
    for event in (second, first, second, first):
        send(node, event)
    last = told(INSTITUTION_CREATED, name="Après les autres", acronym=None, aliases=[])
    send(node, last)
    eventually(lambda: stored(node, last["subject"]))
    eventually(lambda: (stored(node, id) or {}).get("version") == 2)
    assert stored(node, id)["name"] == "Radio Tambouta FM"  # type: ignore[index]


def test_a_name_that_two_nodes_use_is_no_reason_to_refuse_either(node: Node, eventually: Any) -> None:
    node.call("actors", "create_institution", {"name": "Croix-Rouge, comité local"})
    event = told(INSTITUTION_CREATED, name="Croix-Rouge, comité local", acronym=None, aliases=[])
    send(node, event)
    eventually(lambda: stored(node, event["subject"]))
    with pytest.raises(ConflictError):
        node.call("actors", "create_institution", {"name": "Croix-Rouge, comité local"})


def test_what_was_restored_elsewhere_counts_as_newer(node: Node, eventually: Any) -> None:
    id = new_id()
    send(node, told(INSTITUTION_CHANGED, version=7, id=id, name="Avant la panne", acronym=None, aliases=[]))
    again = told(INSTITUTION_CHANGED, version=3, id=id, name="Après la panne", acronym=None, aliases=[])
    eventually(lambda: stored(node, id))
    send(node, again | {"incarnation": 2})
    eventually(lambda: stored(node, id)["name"] == "Après la panne")  # type: ignore[index]


def test_meetings_of_a_region_are_seen_at_the_centre(node: Node, eventually: Any) -> None:
    event = told(MEETING_CONVENED, title="Réunion du GTM d'Agadez, essai")
    send(node, event)
    eventually(lambda: stored(node, event["subject"], "meetings", "meetings"))
    assert node.call("meetings", "get_meeting", {"id": event["subject"]})["origin"] == "agadez"


@pytest.mark.parametrize(
    ("change", "by", "exchange", "why"),
    [
        ({"origin": "zinder"}, "agadez", INBOUND.name, "sent by agadez"),
        ({"origin": "central"}, "agadez", INBOUND.name, "in this node's own name"),
        ({}, "zinder", INBOUND.name, "sent by zinder"),
        ({}, "central", INBOUND.name, "sent by central"),  # nobody passes anything on to the centre
        ({}, "agadez", EVENTS.name, "published on gtm.events"),
        ({"visibility": "internal"}, "agadez", INBOUND.name, "internal"),
    ],
)
def test_who_speaks_in_anothers_name_is_parked(
    node: Node, eventually: Any, change: dict[str, str], by: str, exchange: str, why: str
) -> None:
    event = told(INSTITUTION_CREATED, name=f"Contrefaçon {new_id()}", acronym=None, aliases=[])
    event |= change
    event["source"] = f"/nodes/{event['origin']}/actors"
    event["data"] |= {"origin": event["origin"], "visibility": event["visibility"]}
    service = "actors" if exchange == INBOUND.name else "meetings"
    send(node, event, by=by, exchange=exchange)
    eventually(lambda: [one for one in parked_reasons(node, service) if "forged" in one and why in one])
    with pytest.raises(NotFoundError):
        node.call("actors", "get_institution", {"id": event["subject"]})


def test_nobody_takes_over_a_record_of_another_node(node: Node, eventually: Any) -> None:
    mine = node.call("actors", "create_institution", {"name": "Une des nôtres"})
    theft = told(INSTITUTION_CHANGED, version=9, id=mine["id"], name="Prise", acronym=None, aliases=[])
    send(node, theft)
    eventually(lambda: [one for one in parked_reasons(node) if f"{mine['id']} belongs to central" in one])
    assert node.call("actors", "get_institution", {"id": mine["id"]})["name"] == "Une des nôtres"
    assert mine["id"] in [event["subject"] for event in node.events("actors", subject=mine["id"])]
