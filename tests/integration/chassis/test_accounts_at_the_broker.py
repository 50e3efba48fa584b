"""What each process's account may not do at the broker, and that what it may is enough, with real services behind it.

All tests of this folder run their services under these accounts: what they need is shown by every one of them.
"""

import json
import re
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from amqp.exceptions import AccessRefused, PreconditionFailed
from kombu import Connection, Exchange, Queue

from chassis.broker.rights import account, table, with_account
from chassis.process.settings import SERVICES
from launcher import broker_accounts
from launcher.settings import Settings
from services.registry import queues_of
from tests.integration.node import Node
from tests.integration.surroundings import PASSWORD

Trick = Callable[[Any], Any]
WHO = (*SERVICES, "gateway")


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> Iterator[None]:
    node.run("actors", "meetings")
    yield


def connected(node: Node, who: str) -> Connection:
    return Connection(with_account(node.amqp_uri, account(node.name, who), PASSWORD), connect_timeout=10)


def say(connection: Connection, exchange: str, key: str, **properties: Any) -> None:
    connection.Producer(auto_declare=False).publish(b"{}", exchange=exchange, routing_key=key, **properties)


def bind(connection: Connection, queue: str, exchange: str, key: str) -> None:
    connection.default_channel.queue_bind(queue, exchange, key)


# As actors; `c` is its connection, confirming what it publishes.
REFUSED: dict[str, Trick] = {
    "speak for another service": lambda c: say(c, "gtm.events", "central.gtm.meetings.minutes.adopted"),
    "speak for another node": lambda c: say(c, "gtm.events", "agadez.gtm.actors.institution.created"),
    "speak as if from another node": lambda c: say(c, "gtm.inbound", "agadez.gtm.actors.institution.created"),
    "sign with another's name": lambda c: say(
        c, "gtm.events", "central.gtm.actors.institution.created", user_id="central.meetings"
    ),
    "call another service": lambda c: say(c, "nameko-rpc", "meetings.create_meeting"),
    "put into another's queue": lambda c: say(c, "", "meetings.on_institution"),
    "park for another": lambda c: say(c, "", "meetings.parked"),
    "try another's once more": lambda c: say(c, "meetings.again", "meetings.on_institution"),
    "wait in another's ladder": lambda c: say(c, "meetings.retry.1", "meetings.on_institution"),
    "read another's queue": lambda c: c.default_channel.basic_get("meetings.on_institution"),
    "consume another's queue": lambda c: c.default_channel.basic_consume("meetings.inbound"),
    "take another's calls": lambda c: c.default_channel.basic_consume("rpc-meetings"),
    "read what is parked": lambda c: c.default_channel.basic_get("meetings.parked"),
    "read what nobody hears": lambda c: c.default_channel.basic_get("gtm.unrouted"),
    "empty another's queue": lambda c: c.default_channel.queue_purge("meetings.on_institution"),
    "delete another's queue": lambda c: c.default_channel.queue_delete("meetings.on_institution"),
    "delete the exchange of events": lambda c: c.default_channel.exchange_delete("gtm.events"),
    "delete the exchange of calls": lambda c: c.default_channel.exchange_delete("nameko-rpc"),
    "make a queue of no service": lambda c: Queue("mine")(c.default_channel).declare(),
    "make another's queue": lambda c: Queue("meetings.mine", durable=True)(c.default_channel).declare(),
    "make an exchange": lambda c: Exchange("mine", "topic")(c.default_channel).declare(),
    "hear all events": lambda c: bind(c, "actors.on_meeting", "gtm.events", "#"),
    "hear events that it does not need": lambda c: bind(
        c, "actors.on_meeting", "gtm.events", "*.*.notifications.notification.created"
    ),
    "hear all that comes from others": lambda c: bind(c, "actors.inbound", "gtm.inbound", "#"),
    "hear another's calls": lambda c: bind(c, "actors.on_meeting", "nameko-rpc", "meetings.*"),
    "hear answers": lambda c: bind(c, "actors.on_meeting", "nameko-rpc", "#"),
    "hear what is tried again": lambda c: bind(c, "actors.on_meeting", "meetings.again", "#"),
    "hear an exchange of no concern": lambda c: bind(c, "actors.on_meeting", "indicators.again", "x"),
    "hear what nobody hears": lambda c: bind(c, "actors.on_meeting", "gtm.unrouted", ""),
}
OF_THE_GATEWAY: dict[str, Trick] = {
    "say an event": lambda c: say(c, "gtm.events", "central.gtm.actors.institution.created"),
    "answer for a service": lambda c: say(c, "nameko-rpc", "gateway-1-ab"),
    "hear calls": lambda c: bind(c, reply_queue(c), "nameko-rpc", "actors.*"),
    "read events": lambda c: c.default_channel.basic_get("meetings.on_institution"),
    "delete a queue of calls": lambda c: c.default_channel.queue_delete("rpc-actors"),
    "put into a queue": lambda c: say(c, "", "actors.on_meeting"),
    "make a queue": lambda c: Queue("actors.mine")(c.default_channel).declare(),
}


def reply_queue(connection: Connection) -> str:
    return str(connection.default_channel.queue_declare("rpc.reply-gateway-0-ab", exclusive=True).queue)


def refused(node: Node, who: str, trick: Trick) -> None:
    with connected(node, who) as connection:
        connection.transport_options["confirm_publish"] = True
        with pytest.raises((AccessRefused, PreconditionFailed), match=r"refused|user_id"):
            trick(connection)


@pytest.mark.parametrize("what", REFUSED)
def test_a_service_may_not(node: Node, what: str) -> None:
    refused(node, "actors", REFUSED[what])


@pytest.mark.parametrize("what", OF_THE_GATEWAY)
def test_the_gateway_may_not(node: Node, what: str) -> None:
    refused(node, "gateway", OF_THE_GATEWAY[what])


@pytest.mark.parametrize("who", WHO)
def test_no_process_sees_how_the_broker_is_managed(node: Node, who: str) -> None:
    request = urllib.request.Request(f"{node.surroundings.management}/api/queues")
    handler = urllib.request.HTTPPasswordMgrWithPriorAuth()
    handler.add_password(None, request.full_url, account(node.name, who), PASSWORD, is_authenticated=True)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(handler)).open(request, timeout=20)
    with caught.value as error:
        assert "management" in json.load(error)["reason"].lower()


def test_no_service_has_rights_in_what_is_named_after_another(node: Node) -> None:
    """Of all, by the table itself: what the tests above try with two of them."""
    heard = [one for service in SERVICES for one in queues_of(service)]
    rights = table(node.name, SERVICES, heard)
    for service in SERVICES:
        for other in set(SERVICES) - {service}:
            for name in (
                f"{other}.inbound",
                f"{other}.parked",
                f"{other}.retry.1",
                f"rpc-{other}",
                f"{other}x.inbound",
            ):
                for pattern in (rights[service].configure, rights[service].write, rights[service].read):
                    assert not _fits(pattern, name), (service, name)
            assert not _fits(rights[service].write, f"{other}.again")
        for name in ("amq.default", "gtm.inbound", "gtm.shared.agadez", "peer.agadez", "outbound.central"):
            assert not _fits(rights[service].write, name)


def _fits(pattern: str, name: str) -> bool:
    return re.search(pattern, name) is not None


def test_accounts_of_an_earlier_release_go_and_those_of_other_nodes_stay(node: Node, tmp_path: Path) -> None:
    manage, name = node.surroundings.manage, f"essai{uuid.uuid4().hex[:8]}"
    port = str(urlsplit(node.surroundings.management).port)
    told = {"GTM_HOME": str(tmp_path), "GTM_NODE": name, "GTM_SERVICES": "actors", "GTM_AMQP_MANAGEMENT_PORT": port}
    settings = Settings.from_environment(told)
    settings.home.make()
    (tmp_path / "secrets" / "broker").write_text("of all processes")
    said, other = broker_accounts.password(settings.home, "launcher"), f"{name}_voisin"
    for one in (name, f"{name}.launcher", f"{name}.actors", f"{name}.indicators", other, f"{other}.carried"):
        tags = "administrator" if one.endswith(".launcher") else ""
        manage("PUT", f"users/{one}", {"password": said, "tags": tags})
    try:
        broker_accounts.tidy(settings, "launcher", said)
        left = {one["name"] for one in manage("GET", "users") if one["name"].startswith(name)}
        assert left == {f"{name}.launcher", f"{name}.actors", other, f"{other}.carried"}
        assert not (tmp_path / "secrets" / "broker").exists()
    finally:
        for one in [one["name"] for one in manage("GET", "users") if one["name"].startswith(name)]:
            manage("DELETE", f"users/{one}")


def test_what_it_needs_it_may(node: Node, eventually: Any) -> None:
    """Events come over, a call is answered; the broker has nobody but these accounts at work."""
    made = node.call("actors", "create_institution", {"name": "Sous son propre compte"})
    eventually(lambda: node.database("meetings")["replica_institution"].find_one({"_id": made["id"]}))

    def working() -> set[str]:  # the broker tells of its connections a little later
        found = node.surroundings.manage("GET", f"vhosts/{node.vhost}/connections")
        return {one["user"] for one in found} - {node.surroundings.user}

    eventually(lambda: working() == {"central.actors", "central.meetings"})
