"""The events of one queue, applied in their order and many in one commit.

In order of time:
1. The consumer's thread puts each event here as it is read. Its message is unacknowledged; a prefetch of them at most.
2. One thread takes all that have come meanwhile: the handler runs for each, and one commit has all effects and marks.
   Nothing waits for more to come, so an event alone is as quick as ever.
3. Whatever goes wrong with a commit, nothing of it is stored: the same events are then handled one by one, still in
   order, and only those that fail themselves go down the ladder.
4. The store is away: the same events again, after a pause, until they were held too long.
Killed anywhere: what was not acknowledged comes again, and the inbox knows what of it was applied.
"""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import eventlet
from eventlet.event import Event as Signal

from chassis.contract.envelope import Event
from chassis.process.logs import get_logger
from chassis.storage.mongo import is_away

MOST = 100  # events in one commit
MOST_BYTES = 8 * 1024 * 1024
HELD_SECONDS = 600.0  # that a message waits for the store, before it goes down the ladder
LONGEST_PAUSE = 3.0  # between two looks at a store that is away
log = get_logger()


@dataclass(frozen=True)
class Taken:
    """An event, the message that brought it, and when (monotonic seconds)."""

    message: Any
    event: Event
    began: float


class Hands(Protocol):
    """What is done with events; see chassis.events.consumer."""

    together: Any
    """The handler for many at once, None if there is none."""

    def handled_together(self, taken: Sequence[Taken]) -> list[bool]: ...
    def handled_alone(self, taken: Taken) -> bool: ...
    def applied(self, taken: Taken, result: Any) -> None: ...
    def failed(self, taken: Taken, error: BaseException) -> None: ...


class Line:
    """One queue's."""

    def __init__(self, hands: Hands, queue: str, container: Any) -> None:
        self._hands, self._queue, self._container = hands, queue, container
        self._waiting: deque[Taken] = deque()
        self._signal = Signal()
        self._stopping = False
        self._thread: Any = None

    def start(self) -> None:
        """Begin to handle what comes."""
        self._thread = self._container.spawn_managed_thread(self._run, identifier=f"line {self._queue}")

    def put(self, taken: Taken) -> None:
        """The next in the line."""
        self._waiting.append(taken)
        self._wake()

    def stop(self) -> None:
        """Finish what is being handled. The broker gives the rest to others, as it was never acknowledged."""
        self._stopping = True
        self._wake()
        if self._thread is not None:
            self._thread.wait()

    def _wake(self) -> None:
        if not self._signal.ready():
            self._signal.send()

    def _run(self) -> None:
        while not self._stopping:
            if not self._waiting:
                self._signal.wait()
                self._signal = Signal()
            batch: list[Taken] = []
            size = 0
            while self._waiting and len(batch) < MOST and size < MOST_BYTES:
                batch.append(self._waiting.popleft())
                size += len(batch[-1].event.raw)
            self._work_off(batch)

    def _work_off(self, batch: list[Taken]) -> None:
        looks = 0
        while not self._stopping:
            # What came over a connection that is gone, the broker has given to somebody again.
            batch = [one for one in batch if one.message.channel.connection]
            if not batch:
                return
            batch = self._together(batch) if len(batch) > 1 and self._hands.together else self._one_by_one(batch)
            if batch:
                looks += 1
                log.warning("consumer.held", queue=self._queue, events=len(batch), looks=looks)
                eventlet.sleep(min(LONGEST_PAUSE, 0.2 * 2 ** min(looks, 5)))

    def _together(self, batch: list[Taken]) -> list[Taken]:
        """Gives what is left to do, because the store is away."""
        try:
            results = self._hands.handled_together(batch)
        except Exception as error:  # noqa: BLE001 (whatever failed, alone it is told which event it was)
            if is_away(error) and not _too_long(batch[0]):
                return batch
            log.info("consumer.one_by_one", queue=self._queue, events=len(batch), error=f"{type(error).__name__}"[:200])
            return self._one_by_one(batch)
        for one, applied in zip(batch, results, strict=True):
            self._hands.applied(one, applied)
        return []

    def _one_by_one(self, batch: list[Taken]) -> list[Taken]:
        for place, one in enumerate(batch):
            if self._stopping:
                return []
            try:
                result = self._hands.handled_alone(one)
            except Exception as error:  # noqa: BLE001 (a handler's, or the store's)
                if is_away(error) and not _too_long(one):
                    return batch[place:]
                self._hands.failed(one, error)
            else:
                self._hands.applied(one, result)
        return []


def _too_long(taken: Taken) -> bool:
    return time.monotonic() - taken.began > HELD_SECONDS
