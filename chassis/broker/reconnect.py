"""nameko's consumers, with pauses between attempts to reach the broker that grow to five seconds, not to thirty.

kombu's mixin, which nameko's are made of, hands its own pauses to its connection in `establish_connection`; this is
that method with ours.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nameko.messaging import QueueConsumer
from nameko.rpc import Rpc, RpcConsumer

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


class PromptRpcConsumer(RpcConsumer):
    """Takes calls again as promptly."""

    queue_consumer = PromptQueueConsumer()


class PromptRpc(Rpc):
    """nameko's `rpc` entrypoint on such a consumer."""

    rpc_consumer = PromptRpcConsumer()
