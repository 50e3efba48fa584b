"""What must hold between nodes in the end, for every noun and both ways: what each has of another is the other's own.

Read behind the services' backs, field by field. Nothing of this knows a noun: a new one is compared from its first day.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from chassis.contract.exchange import NOUNS
from chassis.kernel.record import FEDERATED
from chassis.storage.repository import Repository
from tests.integration.chassis.test_copies_equal_records import service_class
from tests.integration.eventually import eventually
from tests.system.federation.nodes import PATIENCE, Three, Whole

KEPT_BESIDE = ("incarnation", "heard_at", "derived")
"""What a node notes beside a record, for itself."""
Documents = dict[str, dict[str, Any]]


def repositories(service: str) -> Iterator[type[Repository[Any]]]:
    """Those of the records of a service; a new noun is among them."""
    yield from service_class(service).store.repository_kinds


def travelling(node: Whole, service: str, collection: str, origin: str) -> Documents:
    """What a node has of an origin that may leave it."""
    wanted = {"origin": origin, "visibility": {"$in": list(FEDERATED)}}
    found = node.database(service)[collection].find(wanted)
    return {one["_id"]: {name: one[name] for name in one.keys() - set(KEPT_BESIDE)} for one in found}


def pairs(three: Three) -> Iterator[tuple[Whole, Whole, str]]:
    """Who owns, who else keeps, of which service."""
    for owner in three.nodes.values():
        for other in three.nodes.values():
            if other is not owner:
                yield from ((owner, other, one) for one in owner.services if one in other.services)


def differences(three: Three) -> list[str]:
    """What is not the same, a line each."""
    found: list[str] = []
    for owner, other, service in pairs(three):
        for kind in repositories(service):
            own = travelling(owner, service, kind.collection_name, owner.name)
            kept = travelling(other, service, kind.collection_name, owner.name)
            for id in own.keys() | kept.keys():
                if own.get(id) != kept.get(id):
                    found.append(f"{kind.noun} {id} of {owner.name}: {own.get(id)}, at {other.name}: {kept.get(id)}")
    return found


def copies_behind(node: Whole) -> list[str]:
    """Copies that services of a node keep of another service's records, against that service's own collection."""
    found: list[str] = []
    for service in node.services:
        for replica in service_class(service).store.replica_kinds:
            for owner in node.services:
                for kind in repositories(owner):
                    if owner != service and kind.noun.replace("-", "_") == replica.noun:
                        found += _behind(node, service, replica.noun, owner, kind.collection_name)
    return found


def _behind(node: Whole, service: str, noun: str, owner: str, collection: str) -> list[str]:
    copies = {
        one["_id"]: (one["origin"], one["recordversion"])
        for one in node.database(service)[f"replica_{noun}"].find({}, {"origin": 1, "recordversion": 1})
    }
    records = {
        one["_id"]: (one["origin"], one["version"])
        for one in node.database(owner)[collection].find({}, {"origin": 1, "version": 1})
    }
    return [] if copies == records else [f"{service} of {node.name} copies another {noun} than {owner} has"]


def assert_nothing_internal_left(three: Three) -> None:
    """Nobody else has heard of a record that never was to leave its node."""
    for owner in three.nodes.values():
        for service in owner.services:
            database = owner.database(service)
            seen = {row["subject"] for row in database["outbox"].find(_own(owner, {"$in": list(FEDERATED)}))}
            hidden = {row["subject"] for row in database["outbox"].find(_own(owner, "internal"))} - seen
            for other in three.nodes.values():
                if other is not owner:
                    _assert_unheard(other, owner.name, hidden)


def _own(node: Whole, visibility: Any) -> dict[str, Any]:
    return {"visibility": visibility, "envelope.origin": node.name}


def _assert_unheard(node: Whole, origin: str, hidden: set[str]) -> None:
    for service in node.services:
        database = node.database(service)
        assert not database["outbox"].count_documents({"envelope.origin": origin, "visibility": "internal"})
        for kind in repositories(service):
            known = {one["_id"] for one in database[kind.collection_name].find({"origin": origin}, {"_id": 1})}
            assert not known & hidden, f"{node.name} has internal records of {origin}"


def assert_nothing_twice(three: Three) -> None:
    """No event is in a log twice, no version has two events, and nobody made up one of another's."""
    for owner, other, service in pairs(three):
        own, kept = (log_of(node, service, owner.name) for node in (owner, other))
        for node, log in ((owner, own), (other, kept)):
            for what, counted in (("id", [one[0] for one in log]), ("version", [one[1:] for one in log])):
                twice = [one for one, times in Counter(counted).items() if times > 1]
                assert not twice, f"{what} twice in the log of {service} on {node.name}: {twice[:3]}"
        invented = set(kept) - set(own)
        assert not invented, f"{other.name} logged of {owner.name} what that never said: {list(invented)[:3]}"


def log_of(node: Whole, service: str, origin: str) -> list[tuple[Any, ...]]:
    """Events of an origin: (id, record, incarnation, version); what services exchange is no event of a record."""
    fields = {"envelope.id": 1, "subject": 1, "recordversion": 1, "envelope.incarnation": 1, "type": 1}
    rows = node.database(service)["outbox"].find({"envelope.origin": origin}, fields)
    return [
        (row["envelope"]["id"], row["subject"], row["envelope"]["incarnation"], row["recordversion"])
        for row in rows
        if row["type"].split(".")[2] not in NOUNS
    ]


def equal(three: Three) -> bool:
    """Raises: AssertionError with the first differences."""
    found = differences(three) or [line for node in three.nodes.values() for line in copies_behind(node)]
    assert not found, f"{len(found)} differences: {found[:2]}"
    return True


def assert_equal_in_the_end(three: Three, parked: int = 0) -> None:
    """All of it; nothing but `parked` messages were put aside on the way."""
    eventually(lambda: equal(three), within=PATIENCE, every=1.0)
    assert_nothing_twice(three)
    assert_nothing_internal_left(three)
    aside = [(node.name, one["reason"]) for node in three.nodes.values() for one in node.parked()]
    assert len(aside) == parked, aside


def repaired(three: Three) -> int:
    """How often a node had to ask for what should have come by itself."""
    return sum(node.log(service).count("repair.asked") for node in three.nodes.values() for service in node.services)
