"""Takes what was parked out of the queue `<service>.parked` and keeps it in the service's own database.

There it can be looked at as often as one likes, and is in the backup; looking at a queue counts as deliveries.
Several processes may collect; numbered failure cases (cited by tests):
1. killed between storing and acknowledging: the broker gives it again, and it is known (keeper.py, put).
2. killed amid the pieces of a large body: the document is stored last; the next attempt writes the same pieces.
3. the store is away: nothing is taken; what was taken before is held unacknowledged and tried again, with a pause.
4. the queue vanished: the broker says so; it is declared anew with all queues of the node.
"""

import time
from collections import deque
from typing import Any

import eventlet
from kombu import Connection, Consumer, Queue
from nameko.extensions import SharedExtension

from chassis.broker.mending import declare_missing
from chassis.broker.topology import parked_name
from chassis.kernel.clock import now
from chassis.kernel.errors import UnavailableError
from chassis.parking import message as parked
from chassis.parking.keeper import Keeper
from chassis.parking.lot import ParkingLot
from chassis.parking.message import Parked
from chassis.process.crash import crash_point
from chassis.process.logs import get_logger
from chassis.storage.mongo import is_away
from chassis.storage.store import Store

TOGETHER = 100  # messages that are stored by one insertion
MOST_HELD = 32 * 1024 * 1024  # bytes; a message may have a hundred megabytes, and what was not read waits at the broker
GLANCE_SECONDS = 0.01
HEARTBEAT_SECONDS = 30  # storing such a one takes its time, in which nothing is said to the broker
LONGEST_PAUSE = 5.0
LOOK_SECONDS = 0.5  # how soon it notices that it is to stop
STOP_SECONDS = 2.0
log = get_logger()


class Collector(SharedExtension):
    """One green thread in each process that consumes."""

    def __init__(self) -> None:
        self._stopping = False
        self._thread: Any = None
        self._pause = 0.0
        super().__init__()

    def start(self) -> None:
        """Runs when all extensions are set up."""
        if self._thread is None:
            self._thread = self.container.spawn_managed_thread(self._run)

    def stop(self) -> None:
        """Keep what is being kept, take no more; what is held goes back to the queue."""
        if self._stopping or self._thread is None:
            return
        self._stopping = True
        with eventlet.Timeout(STOP_SECONDS, False):
            self._thread.wait()

    def _run(self) -> None:
        store = store_of(self.container)
        keeper = Keeper(store.database)
        while not self._stopping:
            try:
                self._open(store, keeper)
            except Exception as error:  # noqa: BLE001 (whatever failed, the broker keeps the messages)
                self._pause = min(LONGEST_PAUSE, max(0.5, self._pause * 2))
                log.warning("collector.waiting", error=type(error).__name__, seconds=self._pause)
                self._rest(self._pause)

    def _open(self, store: Store, keeper: Keeper) -> None:
        # First of all: each delivery to somebody who cannot keep it would count towards the broker's limit.
        if not store.answers():
            raise UnavailableError("store-away", None, {"service": store.name})
        ParkingLot(store.database).sync_indexes()
        config = self.container.config
        with Connection(config["AMQP_URI"], connect_timeout=5, heartbeat=HEARTBEAT_SECONDS) as connection:
            declare_missing(connection, config["SUBSCRIPTIONS"], [parked_name(store.name)], store.name)
            channel = connection.channel()
            channel.auto_decode = False  # a sender's content encoding is not to be believed
            held: deque[Any] = deque()
            queue = Queue(parked_name(store.name), durable=True)
            consumer = Consumer(channel, [queue], on_message=held.append, prefetch_count=TOGETHER, auto_declare=False)
            consumer.consume()
            self._collect(connection, keeper, held)

    def _collect(self, connection: Connection, keeper: Keeper, held: "deque[Any]") -> None:
        self._pause = 0.0
        while not self._stopping:
            _drain(connection, self._pause or LOOK_SECONDS, at_once=not self._pause)
            _gather(connection, held)
            if held and self._keep(keeper, held):
                self._pause = 0.0
            elif held:
                self._pause = min(LONGEST_PAUSE, max(0.5, self._pause * 2))

    def _keep(self, keeper: Keeper, held: "deque[Any]") -> bool:
        """Store what is held and acknowledge it; one that is refused holds up no other. Gives whether all was."""
        taken = []
        for message in held:
            crash_point("collector.taken")
            taken.append((message, parked.read(message, now())))
        alone, away = self._together(keeper, [one for _, one in taken])
        if away:
            return False
        held.clear()
        for number, (message, one) in enumerate(taken):
            try:
                if id(one) in alone:
                    keeper.put(one, bool(message.delivery_info.get("redelivered")))
            except Exception as error:  # noqa: BLE001 (case 3)
                _tell_held(error)
                held.append(message)
                if is_away(error):
                    held.extend(later for later, _ in taken[number + 1 :])
                    break
                continue
            crash_point("collector.stored")
            message.ack()
        log.info("collector.kept", count=len(taken) - len(held))
        return not held

    def _together(self, keeper: Keeper, messages: list[Parked]) -> tuple[set[int], bool]:
        """Store by one insertion what can be: which have to be stored alone, and whether the store is away."""
        if len(messages) > 1:
            try:
                return {id(one) for one in keeper.put_together(messages)}, False
            except Exception as error:  # noqa: BLE001 (case 3)
                _tell_held(error)
                if is_away(error):
                    return set(), True
        return {id(one) for one in messages}, False  # alone, each tells what is wrong with it

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping and time.monotonic() < until:
            eventlet.sleep(min(LOOK_SECONDS, seconds))


def store_of(container: Any) -> Store:
    """The store of the service that a nameko container runs."""
    return next(one for one in container.dependencies if isinstance(one, Store))


def _tell_held(error: Exception) -> None:
    log.warning("collector.held", error=f"{type(error).__name__}: {error}"[:200])


def _gather(connection: Connection, held: "deque[Any]") -> None:
    """Take what has come already as well, as much as memory bears."""
    while held and len(held) < TOGETHER and sum(len(one.body) for one in held) < MOST_HELD:
        try:
            connection.drain_events(timeout=GLANCE_SECONDS)
        except TimeoutError:
            return


def _drain(connection: Connection, seconds: float, at_once: bool) -> None:
    """Take what comes for so long, or until something came. Raises: when the connection or the queue is gone."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        try:
            connection.drain_events(timeout=min(left, LOOK_SECONDS))
            until = 0.0 if at_once else until
        except TimeoutError:
            pass
        connection.heartbeat_check(rate=2)
