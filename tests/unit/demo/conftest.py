"""A real HTTP server in a thread that answers as a test tells it, and remembers what it was asked.

Nothing of the platform is replaced here: these tests are about the client's side of the conversation.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from launcher.demo.catalogue import entries

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Script:
    """Answers in order, the last one for ever: (status, headers, body); a body of None breaks the connection."""

    answers: list[tuple[int, dict[str, str], Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    address: str = ""

    def reply(self, asked: Asked) -> tuple[int, dict[str, str], Any]:
        self.asked.append(asked)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def node() -> Iterator[Script]:
    """A scripted node on a free port of this machine."""
    script = Script()
    with served(script.reply) as address:
        script.address = address
        yield script


@pytest.fixture(scope="session")
def known_acronyms() -> set[str]:
    """Of the directory that ships, and of the institutions that the demonstration adds."""
    path = ROOT / "services" / "actors" / "reference" / "institutions.json"
    shipped = json.loads(path.read_text(encoding="utf-8"))["items"]
    return {one["acronym"] for one in (*shipped, *entries("institution"))}


@pytest.fixture
def serve() -> Callable[..., AbstractContextManager[str]]:
    """How to serve any other side."""
    return served


@contextmanager
def served(reply: Callable[[Asked], tuple[int, dict[str, str], Any]]) -> Iterator[str]:
    """The address of a server that answers by `reply`."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Keep the test's output to itself."""

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers, answer = reply(Asked(self.command, self.path, dict(self.headers), body))
            if answer is None:
                self.connection.close()
                return
            data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - the names that http.server asks for

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api/v1"
    server.shutdown()
    server.server_close()
    thread.join()
