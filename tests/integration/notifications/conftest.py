"""A mail server for the tests of a module, on a port known before it listens."""

from collections.abc import Callable, Iterator

import pytest

from tests.integration.notifications.mail_server import MailServer
from tests.integration.ports import free_port


@pytest.fixture(scope="module")
def mail_port() -> int:
    """A port that nothing listens on yet."""
    return free_port()


@pytest.fixture
def listen(mail_port: int) -> Iterator[Callable[[], MailServer]]:
    """Starts a plain mail server on that port; it ends with the test."""
    started: list[MailServer] = []

    def start() -> MailServer:
        started.append(MailServer(mail_port))
        return started[-1]

    yield start
    for server in started:
        server.close()
