"""A replica set that changes its primary, as its clients see it: a proxy before the real store, on the wire protocol.

An election, in order of time: connections are reset, some after their command was carried out, so that only the answer
is lost; for some seconds commands are refused as a server refuses them that is no primary (or connections are reset);
then all goes on. A server that steps down ends its open transactions: that is done to the real store too.
"""

import contextlib
import random
import socket
import struct
import threading
import time
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import bson
from pymongo import MongoClient

OP_MSG = 2013
HEADER = struct.Struct("<iiii")
NOT_PRIMARY = {"ok": 0.0, "errmsg": "not primary", "code": 10107, "codeName": "NotWritablePrimary"}
ALWAYS_ANSWERED = ("hello", "ismaster", "isMaster", "endSessions")
RESET = 0.3  # of the commands during an election; the others are refused
LOST_ANSWER = 0.5  # of the connections that an election begins with


class Primary:
    """The proxy. `election` takes its time; `uri` is what the services are given."""

    def __init__(self, uri: str, seed: int) -> None:
        self._real, self._random = uri, random.Random(seed)
        parts = urlsplit(uri)
        self._server = (str(parts.hostname), int(parts.port or 27017))
        who = "".join(parts.netloc.rpartition("@")[:2])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.uri = urlunsplit(parts._replace(netloc=f"{who}127.0.0.1:{self._listener.getsockname()[1]}"))
        self._lock, self._pairs = threading.Lock(), set[_Pair]()
        self.away = threading.Event()
        self.refused = self.resets = self.lost_answers = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def election(self, seconds: float) -> None:
        """One change of the primary."""
        with self._lock:
            pairs = list(self._pairs)
        self.away.set()
        for pair in pairs:
            if self._random.random() < LOST_ANSWER:
                pair.lose_next_answer.set()
            else:
                pair.reset()
        with MongoClient[dict[str, Any]](self._real) as client:
            client.admin.command("killAllSessions", [])
        time.sleep(seconds)
        self.away.clear()

    def close(self) -> None:
        """End all connections."""
        self._listener.close()
        with self._lock:
            pairs = list(self._pairs)
        for pair in pairs:
            pair.reset()

    def judge(self, command: dict[str, Any]) -> str:
        """pass, refuse or reset."""
        if not self.away.is_set() or next(iter(command)) in ALWAYS_ANSWERED:
            return "pass"
        with self._lock:
            reset = self._random.random() < RESET
            self.resets, self.refused = self.resets + reset, self.refused + (not reset)
        return "reset" if reset else "refuse"

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                pair = _Pair(self, client, socket.create_connection(self._server))
                with self._lock:
                    self._pairs.add(pair)
                for pump in (pair.up, pair.down):
                    threading.Thread(target=pump, daemon=True).start()

    def forget(self, pair: "_Pair") -> None:
        """It has ended."""
        with self._lock:
            self._pairs.discard(pair)


class _Pair:
    """A client's connection and the one to the real store."""

    def __init__(self, primary: Primary, client: socket.socket, server: socket.socket) -> None:
        self.primary, self.client, self.server = primary, client, server
        self.lose_next_answer = threading.Event()

    def up(self) -> None:
        """What the client asks."""
        with contextlib.suppress(OSError):
            while message := _message(self.client):
                command = _command(message)
                verdict = self.primary.judge(command) if command else "pass"
                if self.lose_next_answer.is_set():
                    verdict = "pass"
                if verdict == "reset":
                    break
                if verdict == "refuse":
                    self.client.sendall(_refusal(message, command))
                else:
                    self.server.sendall(message)
        self.reset()

    def down(self) -> None:
        """What the store answers."""
        with contextlib.suppress(OSError):
            while message := _message(self.server):
                if self.lose_next_answer.is_set():
                    self.primary.lost_answers += 1
                    break
                self.client.sendall(message)
        self.reset()

    def reset(self) -> None:
        """RST to the client."""
        self.primary.forget(self)
        for one in (self.client, self.server):
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def _message(source: socket.socket) -> bytes:
    head = _exactly(source, HEADER.size)
    return head + _exactly(source, HEADER.unpack(head)[0] - HEADER.size) if head else b""


def _exactly(source: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        piece = source.recv(min(65536, size - len(found)))
        if not piece:
            return b""
        found += piece
    return found


def _command(message: bytes) -> dict[str, Any]:
    """The document of an OP_MSG; empty for anything else."""
    if HEADER.unpack_from(message)[3] != OP_MSG or message[20] != 0:
        return {}
    size = struct.unpack_from("<i", message, 21)[0]
    return dict(bson.decode(message[21 : 21 + size]))


def _refusal(message: bytes, command: dict[str, Any]) -> bytes:
    """With the labels that a server gives it."""
    labels = []
    if next(iter(command)) in ("commitTransaction", "abortTransaction"):
        labels = ["RetryableWriteError"]
    elif command.get("autocommit") is False:
        labels = ["TransientTransactionError"]
    elif "txnNumber" in command:
        labels = ["RetryableWriteError"]
    body = struct.pack("<i", 0) + b"\x00" + bson.encode({**NOT_PRIMARY, "errorLabels": labels})
    return HEADER.pack(HEADER.size + len(body), 0, HEADER.unpack_from(message)[1], OP_MSG) + body
