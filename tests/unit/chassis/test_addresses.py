"""Where a call may go that a person named, and that it goes there and nowhere else."""

import http.client
import http.server
import socket
import threading
from typing import Any

import pytest

from chassis.kernel.errors import UnavailableError
from chassis.process.addresses import UnfitAddressError, call_only, is_fit, judged

INTERNET = ("8.8.8.8", "2606:4700::1111")
INNER = ("127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.9", "::1", "fd12:3456::1", "::ffff:10.0.0.1")
NOWHERE = (
    "169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1", "fe80::1", "fe80::1%eth0",
    "fd00:ec2::254", "100.100.100.200", "0.0.0.0", "::", "224.0.0.1",  # noqa: S104
    "ff02::1", "", "x", "0x7f000001",
)  # fmt: skip


@pytest.mark.parametrize("address", [*INTERNET, *INNER, *NOWHERE])
def test_where_a_call_may_go(address: str) -> None:
    assert is_fit(address, inner=False) is (address in INTERNET)
    assert is_fit(address, inner=True) is (address in (*INTERNET, *INNER))


class Names:
    """Answers for the resolver, one after the other: the last one remains."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)

    def __call__(self, host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answer]


@pytest.mark.parametrize("found", [("169.254.169.254",), ("8.8.8.8", "169.254.169.254"), ("127.0.0.1",), ()])
def test_a_name_is_unfit_if_anything_it_stands_for_is(monkeypatch: pytest.MonkeyPatch, found: tuple[str, ...]) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(found))
    with pytest.raises(UnfitAddressError):
        judged("centre.example", 443, inner=False)


@pytest.mark.parametrize("written", ["2130706433", "127.1", "0177.0.0.1", "localhost"])
def test_other_ways_to_write_an_address_are_the_address(written: str) -> None:
    with pytest.raises((UnfitAddressError, OSError)):
        judged(written, 80, inner=False)


class Answering(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.send_response(302 if "redirect" in self.path else 200)
        self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(b'{"hub": "centre"}')

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Any:
    server = http.server.HTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_the_call_goes_to_what_was_judged_whatever_the_name_stands_for_by_then(
    monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    real = socket.getaddrinfo
    names = Names(("127.0.0.1",), ("169.254.169.254",))
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *more, **named: (names if "." in host and host[0] == "c" else real)(host, *more, **named),
    )
    connection = http.client.HTTPConnection("centre.example", port, timeout=5)
    call_only(connection, judged("centre.example", port, inner=True))
    connection.request("POST", "/", b"")
    assert connection.getresponse().read() == b'{"hub": "centre"}'
    connection.close()


def test_a_centre_is_not_sought_where_clouds_keep_secrets_nor_where_it_redirects_to(port: int) -> None:
    from services.federation.adapters.hub_client import HubClient

    class Invited:
        hub = "centre"
        addresses = (
            "http://169.254.169.254/latest",
            "http://[::ffff:169.254.169.254]/",
            "http://0.0.0.0:1",
            "file:///etc/passwd",
        )

    with pytest.raises(UnavailableError, match="hub-unreachable") as refused:
        HubClient().enrol(Invited(), {})  # type: ignore[arg-type]
    assert str(refused.value.params["tried"]).count("UnfitAddressError") == 3
    Invited.addresses = (f"http://127.0.0.1:{port}/redirect",)  # type: ignore[assignment]
    with pytest.raises(UnavailableError, match="hub-refuses"):
        HubClient().enrol(Invited(), {})  # type: ignore[arg-type]
    Invited.addresses = (f"http://127.0.0.1:{port}",)  # type: ignore[assignment]
    assert HubClient().enrol(Invited(), {}) == {"hub": "centre"}  # type: ignore[arg-type]
