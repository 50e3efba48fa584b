"""nameko's consumers, with pauses between attempts to reach the broker that grow to five seconds, not to thirty.

kombu's mixin, which nameko's are made of, hands its own pauses to its connection in `establish_connection`; this is
that method with ours.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kombu import Exchange, Queue
from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc, RpcConsumer

from chassis.broker.topology import RPC, Looking

FIRST_PAUSE, STEP, LONGEST_PAUSE = 1, 1, 5  # seconds


class PromptQueueConsumer(QueueConsumer):
    """Consumes again within seconds of the broker's return."""

    @contextmanager
    def establish_connection(self) -> Iterator[Any]:
        """A connection, as soon as there can be one."""
        with self.create_connection() as connection:
            connection.ensure_connection(
                self.on_connection_error,
                self.connect_max_retries,
                interval_start=FIRST_PAUSE,
                interval_step=STEP,
                interval_max=LONGEST_PAUSE,
            )
            yield connection


class RpcQueueConsumer(PromptQueueConsumer):
    """Makes the exchange of calls only where it is missing: it is not ours alone."""

    def get_consumers(self, consumer_cls: Any, channel: Any) -> Any:
        """Called at each (re)connection."""
        looking = Looking(channel.connection)
        if not looking.finds_exchange(RPC.name):
            RPC(channel).declare()
        looking.close()
        return super().get_consumers(consumer_cls, channel)


class PromptRpcConsumer(RpcConsumer):
    """Takes calls again as promptly."""

    queue_consumer = RpcQueueConsumer()

    def setup(self) -> None:
        """nameko's queue, on the exchange as it stands."""
        super().setup()
        made: Any = vars(self)["queue"]
        exchange = Exchange(RPC.name, type=RPC.type, durable=True, no_declare=True)
        self.queue = Queue(made.name, exchange=exchange, routing_key=made.routing_key, durable=True)


class PromptRpc(Rpc):
    """nameko's `rpc` entrypoint on such a consumer."""

    rpc_consumer = PromptRpcConsumer()
