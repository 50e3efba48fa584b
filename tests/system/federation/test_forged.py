"""A region's office that wants more than is its own, at the real brokers: nothing of it arrives, the link moves on.

What the node itself would never send is sent with its own account and certificate over its own line.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from amqp.exceptions import AMQPError
from kombu import Connection

from chassis.contract.envelope import CONTENT_TYPE, Place
from chassis.contract.exchange import compose, records_sent
from chassis.contract.parcel import packed
from chassis.federation.certificates import Authority, make_request
from chassis.kernel.clock import now
from chassis.kernel.ids import new_id
from services.actors.contract.events import INSTITUTION_CHANGED, INSTITUTION_CREATED
from services.federation.domain import invitation as invitations
from tests.integration.eventually import eventually
from tests.integration.federation.foreign import told
from tests.integration.federation.linked import dial, invite
from tests.integration.federation.test_invitations import enrol, request
from tests.system.federation.nodes import PATIENCE, Three

SHARED, ACT = "gtm.shared.agadez", "actors.institution.created"
MARK = "Contrefaçon"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
Trick = Callable[[Connection, Three], None]


def say(connection: Connection, exchange: str, key: str, body: Any = None, **properties: Any) -> None:
    """Publish, confirmed; signed as the shovel signs, if not said otherwise."""
    properties = {"user_id": "agadez", "content_type": CONTENT_TYPE, "content_encoding": "utf-8"} | properties
    content = json.dumps(body or forged()).encode()
    connection.Producer(auto_declare=False).publish(
        content,
        exchange=exchange,
        routing_key=key,
        **{name: one for name, one in properties.items() if one is not None},
    )


def forged(origin: str = "agadez", **others: Any) -> dict[str, Any]:
    """An event that would be believed, but for what it says; `others`: of envelope and record both."""
    made = told(INSTITUTION_CREATED, origin, name=f"{MARK} {new_id()}", acronym=None, aliases=[])
    made |= others
    made["data"] |= {name: value for name, value in others.items() if name in made["data"]}
    return made


def key(origin: str = "agadez", visibility: str = "gtm") -> str:
    return f"{origin}.{visibility}.{ACT}"


REFUSED: dict[str, Trick] = {
    "another's key": lambda c, _: say(c, SHARED, key("zinder"), forged("zinder")),
    "the centre's key": lambda c, _: say(c, SHARED, key("central"), forged("central")),
    "an internal key": lambda c, _: say(c, SHARED, key(visibility="internal"), forged(visibility="internal")),
    "another's exchange": lambda c, _: say(c, "gtm.shared.zinder", key("zinder"), forged("zinder")),
    "the centre's events": lambda c, _: say(c, "gtm.events", key("central"), forged("central")),
    "past its own exchange": lambda c, _: say(c, "gtm.inbound", key()),
    "the way to another": lambda c, _: say(c, "gtm.to.zinder", key("central"), forged("central")),
    "the default exchange": lambda c, _: say(c, "", "actors.inbound"),
    "another's queue by the default exchange": lambda c, _: say(c, "", "peer.zinder"),
    "another's signature": lambda c, _: say(c, SHARED, key(), user_id="zinder"),
    "the centre's signature": lambda c, _: say(c, SHARED, key(), user_id="central"),
    "reading what waits for another": lambda c, _: c.default_channel.basic_get("peer.zinder"),
    "listening to a service": lambda c, _: c.default_channel.basic_consume("actors.inbound"),
    "emptying a queue of another": lambda c, _: c.default_channel.queue_purge("peer.zinder"),
    "deleting a queue of another": lambda c, _: c.default_channel.queue_delete("peer.zinder"),
    "deleting its own queue": lambda c, _: c.default_channel.queue_delete("peer.agadez"),
    "declaring a queue": lambda c, _: c.default_channel.queue_declare("mine"),
    "declaring an exchange": lambda c, _: c.default_channel.exchange_declare("mine", "topic"),
    "declaring a queue to come": lambda c, _: c.default_channel.queue_declare("peer.tahoua"),
    "listening to all": lambda c, _: c.default_channel.queue_bind("peer.agadez", "gtm.events", "#"),
    "its exchange bound to another's": lambda c, _: c.default_channel.exchange_bind("gtm.inbound", SHARED, "#"),
}


def _parcel(connection: Connection, _three: Three) -> None:
    """Events of another in a parcel of one's own."""
    place = Place("agadez", "http://127.0.0.1")
    sent = compose(records_sent("actors"), place, next(iter(packed([forged("zinder")], None))))
    say(connection, SHARED, "agadez.gtm.actors.records.sent", sent)


def _taken(connection: Connection, three: Three) -> None:
    """A record of the centre, changed in one's own name."""
    mine = three.centre.make("/institutions", {"name": f"Une des nôtres {new_id()}", "visibility": "gtm"})
    theft = told(INSTITUTION_CHANGED, version=9, id=mine["id"], name=f"{MARK} {new_id()}", acronym=None, aliases=[])
    say(connection, SHARED, "agadez.gtm.actors.institution.changed", theft)


PARKED: dict[str, Trick] = {
    "another's body": lambda c, _: say(c, SHARED, key(), forged("zinder")),
    "the centre's body": lambda c, _: say(c, SHARED, key(), forged("central")),
    "another's record": lambda c, _: say(c, SHARED, key(), forged() | {"data": forged("zinder")["data"]}),
    "another's source": lambda c, _: say(c, SHARED, key(), forged(source="/nodes/zinder/actors")),
    "internal by its body": lambda c, _: say(c, SHARED, key(), forged(visibility="internal")),
    "CC": lambda c, _: say(c, SHARED, key(), forged("zinder"), headers={"CC": [key("zinder"), "peer.zinder"]}),
    "BCC": lambda c, _: say(c, SHARED, key(), forged("central"), headers={"BCC": [key("central"), "actors.inbound"]}),
    "headers of our own": lambda c, _: say(
        c,
        SHARED,
        key(),
        forged("zinder"),
        headers={"x-origin-routing-key": key("zinder"), "x-replay": "x", "x-attempts": 3},
    ),
    "nobody's signature": lambda c, _: say(c, SHARED, key(), user_id=None),
    "another's in a parcel": _parcel,
    "a record of the centre": _taken,
}


def moves(three: Three) -> None:
    """What any node says still reaches the others; what came before it has been looked at by then."""
    made = {
        name: node.make("/institutions", {"name": f"Après {new_id()}", "visibility": "gtm"})["id"]
        for name, node in three.nodes.items()
    }
    for origin, id in made.items():
        for node in three.nodes.values():
            assert node.see(f"/institutions/{id}")["origin"] == origin


def traces(three: Three) -> list[str]:
    """Where anything forged was taken for true: a record, a copy, a log."""
    found = []
    for node in three.nodes.values():
        for service in node.services:
            database = node.database(service)
            for name in ("institutions", "replica_institution"):
                found += [one["name"] for one in database[name].find({"name": {"$regex": MARK}}, {"name": 1})]
            found += [
                one["_id"] for one in database["outbox"].find({"envelope.data.name": {"$regex": MARK}}, {"_id": 1})
            ]
    return found


@pytest.fixture(scope="module", autouse=True)
def swept(three: Three) -> Iterator[None]:
    """What these tests had parked is nobody else's to wonder about."""
    yield
    for node in three.nodes.values():
        for service in node.services:
            eventually(lambda n=node, s=service: not n.waiting(f"{s}.parked"), PATIENCE, 0.5)  # type: ignore[misc]
            node.database(service)["parked"].delete_many({})


def test_the_broker_refuses_what_is_not_the_regions_own(three: Three) -> None:
    before = len(three.centre.parked())
    for name, trick in REFUSED.items():
        with dial(three.agadez) as connection, pytest.raises(AMQPError):
            trick(connection, three)
            pytest.fail(f"not refused: {name}")
    still_welcome(three)
    moves(three)
    assert traces(three) == []
    assert len(three.centre.parked()) == before


def still_welcome(three: Three) -> None:
    """The account is as welcome as ever."""
    with dial(three.agadez) as connection:
        connection.default_channel.queue_declare("peer.agadez", passive=True)


def test_what_its_own_key_lets_in_is_parked_wherever_it_arrives(three: Three) -> None:
    for name, trick in PARKED.items():
        before = {node.name: reasons(node) for node in (three.centre, three.zinder)}
        with dial(three.agadez) as connection:
            trick(connection, three)
        for node in (three.centre, three.zinder):
            eventually(lambda n=node, b=before: len(reasons(n)) > len(b[n.name]), PATIENCE, 0.2)  # type: ignore[misc]
        assert traces(three) == [], name
    moves(three)  # no trick is left in the way
    assert traces(three) == []
    assert not three.agadez.parked(), "nothing of it came back"


def reasons(node: Any) -> list[str]:
    """Why the actors of a node put something aside."""
    return [one["reason"] for one in node.database("actors")["parked"].find({}, {"reason": 1})]


def test_who_has_not_the_keys_does_not_get_in(three: Three, tmp_path: Path) -> None:
    other, own = Authority(tmp_path / "other"), Authority(three.centre.home / "keys" / "federation")
    other.ensure("central")
    shows: list[dict[str, Any]] = [{"password": "une autre"}, {"keys": tmp_path}]
    for name, authority, ago in (("foreign", other, 0), ("expired", own, 31)):
        folder = tmp_path / name
        folder.mkdir()
        secret, asked = make_request("agadez")
        (folder / "node.key").write_text(secret)
        (folder / "node.pem").write_text(authority.sign(asked, "agadez", 30, now() - timedelta(days=ago)))
        shows.append({"keys": folder})
    for shown in shows:
        with pytest.raises((AMQPError, OSError)), dial(three.agadez, **shown) as connection:
            connection.connect()
        still_welcome(three)
    moves(three)


def test_an_invitation_is_good_for_one_machine(three: Three) -> None:
    token = invite(three.centre, "tahoua")
    asked = request(token, make_request("tahoua")[1], "tahoua")
    assert enrol(three.centre, asked).status_code == 200
    again = enrol(three.centre, request(token, make_request("tahoua")[1], "tahoua"))
    assert (again.status_code, again.json()["code"]) == (409, "invitation-used")
    assert invitations.read(token).node == "tahoua"
    three.centre.ask("POST", "/federation/nodes/tahoua/remove", {"reason": "essai", "force": True})
    moves(three)
