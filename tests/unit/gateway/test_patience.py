"""When a request is whole enough for a thread, and how long a body may take; with real sockets."""

import socket
import threading
from collections.abc import Iterator

import pytest
from werkzeug.exceptions import RequestTimeout

from gateway import patience
from gateway.patience import PatientUnreader, is_whole

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def reader(ours: socket.socket, places: int = 1) -> PatientUnreader:
    return PatientUnreader(ours, threading.BoundedSemaphore(places))


@pytest.mark.parametrize(
    ("held", "whole"),
    [
        (b"", False),
        (b"GET / HTTP/1.1\r\nHost: x\r\n", False),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", True),
        (HEAD + b"Content-Length: 3\r\n\r\nab", False),
        (HEAD + b"CONTENT-length:3\r\n\r\nabc", True),
        (HEAD + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n", True),
        (HEAD + b"Content-Length: 20000\r\n\r\n", True),
        (HEAD + b"Content-Length: 99999999999999999999\r\n\r\n", True),
        (HEAD + b"Content-Length: ten\r\n\r\n", True),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", True),
        (HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", True),
        (HEAD + b"X-A: " + b"a" * 40_000, True),
    ],
)
def test_what_a_thread_is_given_to(held: bytes, whole: bool) -> None:
    assert is_whole(held) is whole


def test_pieces_are_kept_until_they_are_a_request(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    reading = reader(ours)
    assert reading.gather() is None
    for piece in (b"GET / HT", b"TP/1.1\r\nHost: x\r", b"\n\r"):
        theirs.sendall(piece)
        assert reading.gather() is None
    theirs.sendall(b"\n")
    assert reading.gather() is True
    assert reading.take_buffered() == b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def test_a_head_that_takes_too_long_is_given_up(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = pair
    reading = reader(ours)
    theirs.sendall(b"GET")
    assert reading.gather() is None
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.0)
    theirs.sendall(b" ")
    assert reading.gather() is False


def test_a_closed_connection_is_left_to_the_parser(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    theirs.close()
    assert reader(ours).gather() is True


def test_a_body_waits_only_where_there_is_a_place(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    places = threading.BoundedSemaphore(1)
    reading = PatientUnreader(ours, places)
    places.acquire()
    theirs.sendall(b"at once")
    assert reading.chunk() == b"at once"
    with pytest.raises(RequestTimeout):
        reading.chunk()
    with pytest.raises(TimeoutError):  # gunicorn throws away the rest
        reading.chunk()
    places.release()


@pytest.mark.parametrize("bound", ["SILENCE", "GRACE"])
def test_a_body_that_stops_is_given_up_and_its_place_is_free(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    ours, _ = pair
    places = threading.BoundedSemaphore(1)
    reading = PatientUnreader(ours, places)
    monkeypatch.setattr(patience, bound, 0.01)
    with pytest.raises(RequestTimeout):
        reading.chunk()
    assert places.acquire(blocking=False)


def test_who_sends_fast_enough_has_time(
    pair: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = pair
    reading = reader(ours)
    theirs.sendall(b"x" * 100_000)
    while reading._taken < 100_000:
        reading.chunk(8192)
    monkeypatch.setattr(patience, "GRACE", 0.0)
    threading.Timer(0.05, theirs.sendall, (b"more",)).start()
    assert reading.chunk() == b"more"
