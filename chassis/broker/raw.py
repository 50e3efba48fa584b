"""The connection over which a service's events come: bodies as they are, and no more of them than memory bears."""

from functools import partial
from typing import Any

import eventlet
from kombu import Consumer

from chassis.broker.mending import declare_missing
from chassis.broker.reconnect import PromptQueueConsumer
from chassis.broker.topology import declare_on

MOST_HELD = 32 * 1024 * 1024  # bytes of bodies not settled yet; then no more is read for a while
PAUSE = 0.1
LOOKS_A_BEAT = 20


class RawQueueConsumer(PromptQueueConsumer):
    """Hands bodies over undecoded, so that kombu never acks what it cannot read (case 1)."""

    def __init__(self) -> None:
        self._held: dict[int, int] = {}
        super().__init__()

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        """One kombu consumer per entrypoint, each with its own prefetch; called at each (re)connection."""
        wanted = [provider.subscription for provider in self._providers]
        own = wanted[0].service
        declare_missing(channel.connection, wanted, [subscription.queue for subscription in wanted], own)
        declare_on(channel, wanted, own)
        channel.auto_decode = False  # a sender's content encoding is not to be believed
        self._held = {}  # the broker has taken back what came before
        for provider in self._providers:
            consumer = Consumer(
                channel,
                queues=[provider.queue],
                on_message=partial(self._on_message, provider),
                prefetch_count=provider.prefetch,
                auto_declare=False,
            )
            self._consumers[provider] = consumer
        return self._consumers.values()

    def _on_message(self, provider: Any, message: Any) -> None:
        held = self._held
        held[message.delivery_tag] = len(message.body)
        message.settled = partial(held.pop, message.delivery_tag, None)
        message.weighs = partial(held.__setitem__, message.delivery_tag)
        self.handle_message(provider, message.body, message)
        self._rest_while_full(message)

    def _rest_while_full(self, message: Any) -> None:
        """A prefetch counts messages, not bytes: the connection is not read while too many bytes are under way."""
        looks = 0
        while sum(self._held.values()) > MOST_HELD and not self._pending_remove_providers:
            connection = message.channel.connection
            if connection is None or (looks % LOOKS_A_BEAT == 0 and not _beats(connection)):
                return
            eventlet.sleep(PAUSE)
            looks += 1

    def ack_message(self, message: Any) -> None:
        """It is dealt with."""
        super().ack_message(message)
        message.settled()

    def requeue_message(self, message: Any) -> None:
        """Somebody else may try."""
        super().requeue_message(message)
        message.settled()


def _beats(connection: Any) -> bool:
    """Tell the broker that we live, though we do not read now."""
    try:
        connection.send_heartbeat()
    except OSError:
        return False
    return True
