"""A service that other nodes run too: it takes their records in, and compares with them what both hold.

In order of time, on a node that is joined to a centre: at the start, and once a day, it says what it holds, with a
hello; the centre answers in kind; each asks the other for what differs (repair.py).
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from amqp.exceptions import AMQPError, NotFound
from kombu import Connection, Exchange, Queue
from kombu.exceptions import KombuError
from nameko.extensions import DependencyProvider
from nameko.timer import timer
from pymongo.errors import DuplicateKeyError, PyMongoError

from chassis.broker.agreement import speaks_for
from chassis.broker.topology import EVENTS, Looking, Subscription
from chassis.contract.bodies import message
from chassis.contract.envelope import Event, routing_key
from chassis.contract.exchange import NOUNS
from chassis.contract.schema import Command, load
from chassis.federation.repair import NobodyThereError, Repair, comparisons
from chassis.history.witness import Witness
from chassis.kernel.clock import now
from chassis.kernel.errors import UnavailableError
from chassis.process.logs import get_logger
from chassis.process.settings import Settings, life_noted
from chassis.service import Service, rpc
from chassis.storage.store import Store

LOOK_SECONDS = 4  # a look at a file, and one query
PUBLISH_SECONDS = 60
log = get_logger()


class Direct:
    """Publishes messages that are not stored: confirmed, or said again another day."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, envelopes: Iterable[dict[str, Any]], to: str | None) -> None:
        """On `gtm.to.<node>` where this node keeps a queue for it, so that no other node pays; else as events go.

        Raises: NobodyThereError, when this is a centre that keeps no queue for the node.
        """
        self._publish(envelopes, to)

    def passing(self, envelope: dict[str, Any], to: str, seconds: int | None) -> None:
        """One that is dropped after so many seconds, if it has not left by then. Raises: as above."""
        self._publish([envelope], to, **({} if seconds is None else {"expiration": seconds}))

    def _publish(self, envelopes: Iterable[dict[str, Any]], to: str | None, **more: Any) -> None:
        options = {"confirm_publish": True}
        with Connection(self._settings.amqp_uri, connect_timeout=5, transport_options=options) as connection:
            exchange = self._way_to(to, connection)
            producer = connection.Producer(exchange=exchange, auto_declare=False)
            for envelope in envelopes:
                body, properties = message(envelope)
                producer.publish(
                    body,
                    routing_key=routing_key(envelope, to),
                    mandatory=True,
                    delivery_mode=2,
                    timeout=PUBLISH_SECONDS,
                    **properties,
                    **more,
                    **({"user_id": connection.userid} if self._named(connection) else {}),
                )

    def _named(self, connection: Connection) -> bool:
        return str(connection.userid).partition(".")[0] == self._settings.node

    def _way_to(self, node: str | None, connection: Connection) -> Exchange:
        if node is None or self._settings.hub is not None:
            return EVENTS
        channel = connection.default_channel
        way = Exchange(f"gtm.to.{node}", type="topic", durable=True, arguments=EVENTS.arguments)(channel)
        if speaks_for(connection.userid) is not None:  # the federation service has made it, who else may
            looking = Looking(connection)
            if not (looking.finds_exchange(way.name) and looking.finds_queue(f"peer.{node}")):
                raise NobodyThereError(node)
            looking.close()
            return way
        way.declare()
        try:
            Queue(f"peer.{node}")(channel).bind_to(way, routing_key="#")
        except NotFound as error:  # asking first would not do: of a queue that is just being made it is said too
            way(connection.channel()).delete()
            raise NobodyThereError(node) from error
        return way


class RepairProvider(DependencyProvider):
    """`self.repair`: one a process."""

    def start(self) -> None:
        """The store is open by now."""
        settings: Settings = self.container.config["GTM"]
        store = next(one for one in self.container.dependencies if isinstance(one, Store))
        notes = store.database["comparisons"]
        self.repair = Repair(
            self.container.service_name,
            store.place,
            settings.hub,
            store.foreign,
            store.outbox,
            notes,
            Direct(settings),
            Witness(settings.home, self.container.service_name, store.trail),
        )

    def get_dependency(self, worker_ctx: Any) -> Repair:
        """The same for every event."""
        return self.repair


class Federated(Service):
    """What the services of records that travel have in common."""

    repair = RepairProvider()
    _greeted: str | None = None
    """The link over which the centre was greeted."""

    def adopt(self, subscription: Subscription, event: Event) -> bool:
        """Keep what another node tells; compare, or answer, where it asks that."""
        if event.type.split(".")[2] in NOUNS:
            self.repair.handle(event)
            return True
        return super().adopt(subscription, event)

    @rpc
    def show_comparisons(self, payload: Any) -> Any:
        """What the last comparisons with other nodes said of this service's nouns: {comparisons}."""
        load(Command(), payload or {})
        return {"comparisons": comparisons(self.store.database["comparisons"])}

    @timer(interval=LOOK_SECONDS, eager=True)
    def each_few_seconds_see_whether_to_compare(self) -> None:
        """A node that is joined says what it holds when it starts and once a day; the centre, when it is asked."""
        settings: Settings = self.settings["GTM"]
        if settings.hub is None:
            return
        try:
            link = _link(settings)
            if link is None:
                return
            new = type(self)._greeted != link
            self.store.live_on(life_noted(settings.home))  # before anything that we lost is asked for
            if not (new or self._due(settings.digest_seconds)) or not leads_to(settings, settings.hub):
                return
            if self._takes_turn(settings.digest_seconds) or new:
                self.repair.announce(settings.hub, hello=True)
                type(self)._greeted = link
        except (UnavailableError, PyMongoError, OSError, AMQPError, KombuError) as error:
            log.warning("comparing.waiting", error=type(error).__name__)

    def _due(self, period: int) -> bool:
        told = self.store.database["comparisons"].find_one({"_id": "announced"}, {"at": 1})
        return told is None or not now() - timedelta(seconds=period) <= told["at"] <= now()

    def _takes_turn(self, period: int) -> bool:
        """Whether it is this instance, of several, that says it now."""
        notes, moment = self.store.database["comparisons"], now()
        # Also what was said at a time to come: the clock was ahead then, and would keep us silent until that time.
        past, ahead = {"$lt": moment - timedelta(seconds=period)}, {"$gt": moment}
        due = {"_id": "announced", "$or": [{"at": past}, {"at": ahead}]}
        try:
            notes.update_one(due, {"$set": {"at": moment}}, upsert=True)
        except DuplicateKeyError:
            return False  # told less than a period ago
        return True


def _link(settings: Settings) -> str | None:
    """What tells one link to the centre from the next one after leaving and joining again; None without one."""
    try:
        written = (settings.keys / "federation" / "link.json").stat()
    except OSError:
        return None
    return f"{written.st_ino} {written.st_mtime_ns}"


def leads_to(settings: Settings, node: str | None) -> bool:
    """Whether the queue of the link to a node is there: what is sent before would be nobody's."""
    queue = f"peer.{node}" if settings.hub is None else f"outbound.{settings.hub}"
    with Connection(settings.amqp_uri, connect_timeout=5) as connection:
        try:
            connection.default_channel.queue_declare(queue, passive=True)
        except NotFound:
            return False
    return True
