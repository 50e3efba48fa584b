"""Every operation with every kind of nonsense: refused plainly, or passed on; never a crash."""

import itertools
from typing import Any

import pytest

from chassis.kernel.ids import new_id
from tests.unit.gateway.conftest import Client, FakeRpc

BODIES: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", ""),
    "an empty object": (b"{}", "application/json"),
    "nonsense fields": (b'{"\\u0000": [{"a": {}}], "id": {}, "version": [], "": null}', "application/json"),
    "a list": (b"[1]", "application/json"),
    "noise": (b"\x00\xff\xfe", "application/json"),
    "text": (b"\xff text \x00", "text/plain; charset=\xe9"),
    "a form": (b"a=1&a=2&%ff=%00", "application/x-www-form-urlencoded"),
    "a broken form": (
        b"--b\r\nContent-Disposition: form-data; name=\r\n\r\n\r\n--b--",
        "multipart/form-data; boundary=b",
    ),
    "a form with an odd boundary": (b"--\xe9\r\n", "multipart/form-data; boundary=\xe9"),
    "a nameless file": (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="\xff\x00"\r\n'
        b"Content-Type: ;;;\r\n\r\nx\r\n--b--\r\n",
        "multipart/form-data; boundary=b",
    ),
    "an odd type": (b"x", "////;;==\x7f"),
}
HEADERS: dict[str, dict[str, str]] = {
    "none": {},
    "odd conditions": {"If-Match": '"\xe9"', "If-None-Match": ',,W/"', "If-Modified-Since": "yesterday"},
    "odd wishes": {"Accept": ";;q=x,*/*;q=9", "Accept-Language": "\xe9;q=,*", "Accept-Encoding": "gzip;q=\xb2,;"},
    "odd ids": {"X-Correlation-Id": "\xe9" * 50, "Idempotency-Key": "\xe9", "Range": "bytes=9-1", "Host": "\xe9"},
    "odd names": {"Authorization": "Bearer \xe9.\xe9.\xe9"},
}
QUERIES = ("", "?%00=%ff&x", "?page_size=\N{SUPERSCRIPT TWO}&cursor=%f0%9f", "?page_size=5&cursor=" + "a" * 3000)
PLACES = (new_id(), "%00", "..%2f", "\N{GRINNING FACE}", "a" * 2000)


class Anything(dict[str, Any]):
    """Answers every call by something that may be taken for any answer."""

    def __missing__(self, target: str) -> Any:
        return {
            "id": "x",
            "version": 1,
            "items": [],
            "places": [],
            "next_cursor": None,
            "minutes_id": "m",
            "outbox": {},
            "queues": {},
            "parked": 0,
            "total": 0,
            "all": {},
            "node": "central",
            "nodes": [],
            "links": [],
            "feeds": {},
            "text": "",
            "media_type": "a/b",
        } | {"content_base64": "eA=="}


@pytest.mark.parametrize("body", BODIES)
def test_every_operation_withstands(client: Client, rpc: FakeRpc, body: str) -> None:
    rpc.answers = Anything()
    data, kind = BODIES[body]
    paths = client.get("/api/v1/openapi.json").json["paths"]
    oddities = itertools.cycle(itertools.product(HEADERS.values(), QUERIES, PLACES))
    for path, methods in paths.items():
        if path in ("/health/ready", "/", "/api/v1/me"):  # these ask the store, which is not there
            continue
        for method in itertools.chain(methods, ("head", "put")):
            headers, query, place = next(oddities)
            address = path
            for name in ("id", "name", "type", "code", "session_id", "token_id"):
                address = address.replace(f"{{{name}}}", place)
            if method != "parameters" and (path, method) != ("/federation", "post"):  # this asks the store too
                answer = client.open(
                    address + query, method=method.upper(), data=data, content_type=kind, headers=dict(headers)
                )
                assert answer.status_code < 500, f"{method} {address}{query}: {answer.text}"
