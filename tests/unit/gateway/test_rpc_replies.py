"""Replies of nameko as the gateway reads them, also broken ones."""

from typing import Any

import orjson
import pytest

from chassis.kernel.errors import BY_NAME, ConflictError, PlatformError, UnavailableError
from gateway.broker import connection_parameters
from gateway.rpc import ServiceFault, read_reply


def reply(error: Any = None, result: Any = None) -> bytes:
    return orjson.dumps({"result": result, "error": error})


def test_a_result_is_given() -> None:
    assert read_reply("a.b", reply(result={"x": 1})) == {"x": 1}
    assert read_reply("a.b", reply()) is None


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_each_platform_error_is_rebuilt(name: str) -> None:
    error = {"exc_type": name, "exc_path": "x", "exc_args": ["code", "field", {"a": "1"}, []], "value": "v"}
    with pytest.raises(BY_NAME[name]) as caught:
        read_reply("a.b", reply(error))
    assert (caught.value.code, caught.value.field, caught.value.params) == ("code", "field", {"a": "1"})


@pytest.mark.parametrize("args", [[], ["code"], ["code", None], ["code", "None", "noise", "noise"], None])
def test_missing_or_odd_arguments_do_no_harm(args: Any) -> None:
    with pytest.raises(ConflictError) as caught:
        read_reply("a.b", reply({"exc_type": "ConflictError", "exc_args": args}))
    assert (caught.value.field, caught.value.params, caught.value.errors) == (None, {}, [])


def test_a_missing_method_is_named() -> None:
    with pytest.raises(UnavailableError) as caught:
        read_reply("actors.dance", reply({"exc_type": "MethodNotFound", "exc_args": ["dance"]}))
    assert caught.value.params == {"service": "actors", "method": "dance"}


@pytest.mark.parametrize(
    "body", [b"", b"noise", b"[]", b"3", b"null", reply("text"), reply({"exc_type": "KeyError"}), reply({})]
)
def test_anything_else_is_a_fault_of_the_service(body: bytes) -> None:
    with pytest.raises(ServiceFault) as caught:
        read_reply("a.b", body)
    assert not isinstance(caught.value, PlatformError)


@pytest.mark.parametrize(
    ("uri", "host", "vhost"),
    [
        ("amqp://u:p%40ss@broker:5673/gtm", "broker:5673", "gtm"),
        ("amqp://u:p@broker", "broker:5672", "/"),
        ("amqp://u:p@broker//", "broker:5672", "/"),
        ("amqp://u:p@broker/%2Fa", "broker:5672", "/a"),
        ("amqps://u:p@broker/x", "broker:5671", "x"),
    ],
)
def test_addresses_of_brokers_are_understood(uri: str, host: str, vhost: str) -> None:
    found = connection_parameters(uri)
    assert (found["host"], found["virtual_host"], found["userid"]) == (host, vhost, "u")
    assert bool(found["ssl"]) == uri.startswith("amqps")
