"""nameko's consumers try to reach the broker again within five seconds, however long it was away."""

from types import SimpleNamespace
from typing import Any

import pytest
from kombu import Connection

from chassis.broker.raw import RawQueueConsumer
from chassis.broker.reconnect import LONGEST_PAUSE, PromptQueueConsumer, PromptRpc
from services.meetings.service import SERVICE


class GaveUpError(Exception):
    """Ends the attempts of a test."""


@pytest.mark.parametrize("kind", [PromptQueueConsumer, RawQueueConsumer])
def test_pauses_grow_to_five_seconds(kind: type[PromptQueueConsumer], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens at port 1 of this machine; only the passing of time is the test's."""
    pauses: list[float] = []

    def told(_self: Any, _error: Exception, interval: float) -> None:
        pauses.append(interval)
        if len(pauses) == 12:
            raise GaveUpError

    monkeypatch.setattr(PromptQueueConsumer, "on_connection_error", told)
    monkeypatch.setattr("kombu.utils.functional.sleep", lambda _seconds: None)
    consumer = kind()
    consumer.container = SimpleNamespace(config={"AMQP_URI": "amqp://127.0.0.1:1//"})
    with pytest.raises(GaveUpError), consumer.establish_connection() as connection:
        assert isinstance(connection, Connection)
    assert max(pauses) == LONGEST_PAUSE == 5
    assert sum(pauses[:5]) <= 15


def test_calls_and_events_are_taken_by_such_consumers() -> None:
    methods = [getattr(SERVICE, name) for name in dir(SERVICE)]
    kinds = {type(one).__name__ for method in methods for one in getattr(method, "nameko_entrypoints", ())}
    assert kinds - {"Timer"} == {"PromptRpc", "EventConsumer"}
    assert isinstance(PromptRpc.rpc_consumer.queue_consumer, PromptQueueConsumer)
