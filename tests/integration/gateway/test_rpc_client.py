"""The gateway's RPC client against real RabbitMQ and stock nameko services; F1… are the cases of gateway/link.py."""

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis.kernel.errors import InvalidError, StaleError, UnavailableError
from gateway.rpc import CallContext, RpcClient, ServiceFault
from tests.integration.eventually import eventually
from tests.integration.gateway.children import start_stand_ins, stop
from tests.integration.node import Node

CONTEXT = CallContext(correlation_id="test-correlation", language="en", token="a.b.c")
ECHO = f"echo_{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def amqp_uri(node: Node) -> Iterator[str]:
    services = start_stand_ins(node.amqp_uri, [ECHO], node.home / "stand_ins.log")
    yield node.amqp_uri
    stop(services)


@pytest.fixture
def client(amqp_uri: str) -> Iterator[RpcClient]:
    made = RpcClient(amqp_uri)
    yield made
    made.close()


def test_a_call_gives_what_the_service_gives(client: RpcClient) -> None:
    payload = {"text": "é", "list": [1, 2.5, None, True], "deep": {"a": {"b": []}}}
    assert client.call(f"{ECHO}.echo", payload, CONTEXT, 10) == payload


def test_context_travels_as_headers(client: RpcClient) -> None:
    before = time.time()
    told = client.call(f"{ECHO}.tell_headers", {}, CONTEXT, 10)
    assert told["correlation_id"] == "test-correlation"
    assert told["language"] == "en"
    assert told["principal"] == "a.b.c"
    assert before + 10 <= told["deadline"] <= time.time() + 10


def test_the_public_has_no_principal_header(client: RpcClient) -> None:
    assert "principal" not in client.call(f"{ECHO}.tell_headers", {}, CallContext(correlation_id="x"), 10)


def test_64_threads_each_get_their_own_answers(client: RpcClient) -> None:
    def ask(number: int) -> list[int]:
        return [client.call(f"{ECHO}.echo", {"n": number * 100 + i}, CONTEXT, 30)["n"] for i in range(8)]

    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(ask, range(64)))
    assert answers == [[n * 100 + i for i in range(8)] for n in range(64)]
    assert client._own_link().connections == 1


def test_large_bodies_pass_whole_beside_small_ones(client: RpcClient) -> None:
    large = {"text": "é" * 3_000_000}
    with ThreadPoolExecutor(8) as pool:
        sent = [large if i % 4 == 0 else {"n": i} for i in range(16)]
        assert list(pool.map(lambda one: client.call(f"{ECHO}.echo", one, CONTEXT, 60), sent)) == sent


def test_errors_arrive_typed_and_whole(client: RpcClient) -> None:
    errors = [{"field": "a.b", "code": "too-long", "params": {"max": "3"}}]
    with pytest.raises(InvalidError) as caught:
        client.call(
            f"{ECHO}.refuse",
            {"kind": "InvalidError", "code": "invalid-request", "field": "a.b", "params": {"x": "y"}, "errors": errors},
            CONTEXT,
            10,
        )
    error = caught.value
    assert (error.code, error.field, error.params, error.errors) == ("invalid-request", "a.b", {"x": "y"}, errors)
    with pytest.raises(StaleError) as stale:
        client.call(f"{ECHO}.refuse", {"kind": "StaleError", "code": "stale-version"}, CONTEXT, 10)
    assert stale.value.field is None


def test_a_crash_tells_its_kind_and_not_its_text(client: RpcClient) -> None:
    with pytest.raises(ServiceFault) as caught:
        client.call(f"{ECHO}.crash", {}, CONTEXT, 10)
    assert caught.value.kind == "RuntimeError"
    assert "secret" not in str(caught.value)


def test_a_method_that_is_missing_is_named(client: RpcClient) -> None:
    with pytest.raises(UnavailableError) as caught:
        client.call(f"{ECHO}.nothing_of_the_kind", {}, CONTEXT, 10)
    assert caught.value.code == "method-missing"


def test_f1_a_service_nobody_ever_offered_fails_at_once(client: RpcClient) -> None:
    client.call(f"{ECHO}.echo", {}, CONTEXT, 10)
    began = time.monotonic()
    with pytest.raises(UnavailableError) as caught:
        client.call("nobody_at_all.echo", {}, CONTEXT, 60)
    assert time.monotonic() - began < 30  # not at the deadline
    assert (caught.value.code, caught.value.params) == ("service-away", {"service": "nobody_at_all"})


def test_a_deadline_ends_the_wait_and_f6_the_late_reply_is_dropped(client: RpcClient) -> None:
    began = time.monotonic()
    with pytest.raises(UnavailableError) as caught:
        client.call(f"{ECHO}.wait", {"seconds": 1.0}, CONTEXT, 0.3)
    assert time.monotonic() - began > 0.25
    assert caught.value.code == "service-late"
    time.sleep(1.0)  # the reply comes now, and must disturb nobody
    assert client.call(f"{ECHO}.echo", {"n": 1}, CONTEXT, 10) == {"n": 1}
    assert client._own_link()._waiting == {}


def test_f2_a_service_that_stopped_fails_before_the_deadline(client: RpcClient, node: Node) -> None:
    name = f"gone_{uuid.uuid4().hex[:8]}"
    services = start_stand_ins(node.amqp_uri, [name], node.home / "gone.log")
    assert client.call(f"{name}.echo", {"n": 1}, CONTEXT, 10) == {"n": 1}
    stop(services)
    began = time.monotonic()
    with pytest.raises(UnavailableError) as caught:
        client.call(f"{name}.echo", {}, CONTEXT, 60)
    assert time.monotonic() - began < 30  # not at the deadline
    assert (caught.value.code, caught.value.params) == ("service-silent", {"service": name})
    assert client.call(f"{ECHO}.echo", {"n": 2}, CONTEXT, 10) == {"n": 2}


def test_calls_side_by_side_take_as_long_as_the_longest(client: RpcClient) -> None:
    began = time.monotonic()
    found = client.call_side_by_side([f"{ECHO}.wait", f"{ECHO}.crash", "nobody.x"], {"seconds": 0.4}, CONTEXT, 60)
    assert time.monotonic() - began < 30  # not at the deadline
    assert found[f"{ECHO}.wait"] == {"seconds": 0.4}
    assert isinstance(found[f"{ECHO}.crash"], ServiceFault)
    assert found["nobody.x"].code == "service-away"


def test_a_forked_process_opens_a_connection_of_its_own(client: RpcClient) -> None:
    assert client.call(f"{ECHO}.echo", {"n": 1}, CONTEXT, 10) == {"n": 1}
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:  # pragma: no cover - in the child
        status = 1
        try:
            answers = [client.call(f"{ECHO}.echo", {"n": n}, CONTEXT, 10)["n"] for n in range(5)]
            theirs.sendall(b"%d" % (answers == list(range(5))))
            status = 0
        finally:
            os._exit(status)
    assert client.call(f"{ECHO}.echo", {"n": 2}, CONTEXT, 10) == {"n": 2}
    ours.settimeout(60)
    assert ours.recv(1) == b"1"
    assert os.waitpid(child, 0)[1] == 0
    ours.close()
    theirs.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_f7_after_an_unforeseen_error_calls_fail_and_the_next_one_works(client: RpcClient) -> None:
    link = client._own_link()
    assert client.call(f"{ECHO}.echo", {"n": 1}, CONTEXT, 10) == {"n": 1}
    waiting = client.start(f"{ECHO}.wait", {"seconds": 3}, CONTEXT, 20)
    eventually(lambda: link._waiting)
    dying = link._thread
    assert dying is not None
    link._each_while = None  # type: ignore[method-assign,assignment]
    with pytest.raises(UnavailableError) as caught:
        waiting.result()
    assert caught.value.code == "broker-lost"
    # Its end must be seen by this test, which expects it, not by the next one.
    eventually(lambda: link._thread is not dying)
    dying.join(60)
    del link._each_while
    assert client.call(f"{ECHO}.echo", {"n": 2}, CONTEXT, 10) == {"n": 2}


def test_close_leaves_no_thread(amqp_uri: str) -> None:
    others = set(threading.enumerate())
    client = RpcClient(amqp_uri)
    assert client.call(f"{ECHO}.echo", {"n": 1}, CONTEXT, 10) == {"n": 1}
    client.close()
    assert not [one for one in set(threading.enumerate()) - others if one.name == "gateway-link"]
    assert client.call(f"{ECHO}.echo", {"n": 2}, CONTEXT, 10) == {"n": 2}
    client.close()
