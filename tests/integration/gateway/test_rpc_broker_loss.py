"""The RPC client when the broker dies and comes back: a RabbitMQ node of the test's own is killed by kill -9."""

import threading
import time
from collections.abc import Iterator

import pytest

from chassis.kernel.errors import UnavailableError
from gateway.rpc import CallContext, RpcClient
from tests.integration.eventually import eventually
from tests.integration.gateway.children import start_stand_ins, stop
from tests.integration.gateway.private_broker import PrivateBroker

CONTEXT = CallContext(correlation_id="test-correlation")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PrivateBroker.installed(), reason="needs an installed rabbitmq-server to kill"),
]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateBroker]:
    made = PrivateBroker(tmp_path_factory.mktemp("broker"))
    try:
        made.start()
        yield made
    finally:
        made.close()


def test_f3_f4_a_killed_broker_fails_what_waits_at_once_and_calls_work_again_by_themselves(
    broker: PrivateBroker, tmp_path_factory: pytest.TempPathFactory
) -> None:
    services = start_stand_ins(broker.amqp_uri, ["echo"], tmp_path_factory.mktemp("services") / "log")
    client = RpcClient(broker.amqp_uri)
    try:
        assert client.call("echo.echo", {"n": 1}, CONTEXT, 10) == {"n": 1}
        failures = _calls_that_wait(client, 10)
        broker.kill()
        killed = time.monotonic()
        eventually(lambda: len(failures) == 10)
        assert time.monotonic() - killed < 60  # not at the deadline
        assert set(failures) == {"broker-lost"}

        began = time.monotonic()
        with pytest.raises(UnavailableError) as caught:  # F4: at once, not at the deadline
            client.call("echo.echo", {}, CONTEXT, 60)
        assert caught.value.code == "broker-away"
        assert time.monotonic() - began < 30

        broker.start()
        eventually(lambda: _answers(client), within=30, every=0.3)
        assert client._own_link().connections == 2
    finally:
        client.close()
        stop(services)


def test_f5_a_broker_without_memory_is_told_at_once_and_calls_work_again_afterwards(
    broker: PrivateBroker, tmp_path_factory: pytest.TempPathFactory
) -> None:
    services = start_stand_ins(broker.amqp_uri, ["echo"], tmp_path_factory.mktemp("services") / "log")
    client = RpcClient(broker.amqp_uri)
    try:
        assert client.call("echo.echo", {"n": 1}, CONTEXT, 10) == {"n": 1}
        broker.control("set_vm_memory_high_watermark", "0.00001")
        eventually(lambda: _code(client) == "broker-blocked", within=10)
        began = time.monotonic()
        assert _code(client) == "broker-blocked"
        assert time.monotonic() - began < 30
        broker.control("set_vm_memory_high_watermark", "0.4")
        eventually(lambda: _answers(client), within=20, every=0.3)
        assert client._own_link().connections == 1
    finally:
        client.close()
        stop(services)


def _code(client: RpcClient) -> str:
    with pytest.raises(UnavailableError) as caught:
        client.call("echo.echo", {}, CONTEXT, 60)
    return caught.value.code


def _calls_that_wait(client: RpcClient, count: int) -> list[str]:
    failures: list[str] = []

    def wait() -> None:
        try:
            client.call("echo.wait", {"seconds": 120}, CONTEXT, 120)
        except UnavailableError as error:
            failures.append(error.code)

    for _ in range(count):
        threading.Thread(target=wait, daemon=True).start()
    eventually(lambda: len(client._own_link()._waiting) == count, within=5)
    return failures


def _answers(client: RpcClient) -> bool:
    try:
        return bool(client.call("echo.echo", {"n": 2}, CONTEXT, 5) == {"n": 2})
    except UnavailableError:
        return False
