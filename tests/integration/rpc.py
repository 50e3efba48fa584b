"""A small client of nameko's wire protocol: what the tests call services with, apart from the gateway's own client."""

import time
import uuid
from collections.abc import Mapping
from typing import Any

import orjson
from kombu import Connection, Consumer, Exchange, Producer, Queue

from chassis.kernel.errors import BY_NAME

RPC = Exchange("nameko-rpc", type="topic", durable=True)


class RemoteFailure(Exception):  # noqa: N818 - says that the service crashed, not that the test is wrong
    """A service failed in a way that it did not foresee."""


class RpcCaller:
    """One connection with a queue of its own for the answers; used by one thread."""

    def __init__(self, amqp_uri: str) -> None:
        self.connection = Connection(amqp_uri, connect_timeout=5)
        self.channel = self.connection.channel()
        self.reply_to = f"gateway-{uuid.uuid4().hex}"  # what services may answer to
        queue = Queue(f"rpc.reply-{self.reply_to}", RPC, self.reply_to, exclusive=True, durable=False)
        self._answers: dict[str, Any] = {}
        self.consumer = Consumer(self.channel, [queue], on_message=self._on_answer, no_ack=True)
        self.consumer.consume()
        self.producer = Producer(self.channel, RPC, auto_declare=False)

    def call(self, target: str, payload: Any, headers: Mapping[str, Any], within: float) -> Any:
        """The answer of "service.method". Raises: the PlatformError it gives; RemoteFailure; TimeoutError."""
        number = uuid.uuid4().hex
        self.producer.publish(
            orjson.dumps({"args": [payload], "kwargs": {}}),
            routing_key=target,
            reply_to=self.reply_to,
            correlation_id=number,
            headers=dict(headers),
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=1,
            expiration=within,
        )
        deadline = time.monotonic() + within
        while number not in self._answers:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"{target} did not answer within {within:g} s")
            self.connection.drain_events(timeout=left)
        return _result(target, self._answers.pop(number))

    def close(self) -> None:
        """End the connection."""
        self.connection.release()

    def _on_answer(self, message: Any) -> None:
        body = message.body
        self._answers[message.properties["correlation_id"]] = orjson.loads(body)


def _result(target: str, answer: Mapping[str, Any]) -> Any:
    error = answer.get("error")
    if error is None:
        return answer["result"]
    kind = BY_NAME.get(error["exc_type"])
    if kind is None:
        raise RemoteFailure(f"{target}: {error['exc_type']}: {error['value']}")
    code, field, params, errors = error["exc_args"]
    # nameko writes a None argument as the word "None".
    raise kind(code, None if field == "None" else field, params, errors)
