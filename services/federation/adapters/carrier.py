"""Publishes the events of a carried file where its sender's link would, under an account of its own for that sender.

The broker holds what is published to that account's name and rights, as it does with a link: so consumers believe it
by the same checks (chassis/broker/agreement.py). The account `<sender>.carried` is made for a block and goes after it;
its password is kept nowhere.
"""

import re
import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlsplit

from amqp.exceptions import AMQPError
from kombu import Connection
from kombu.exceptions import KombuError

from chassis.kernel.errors import UnavailableError
from chassis.storage.relay import ConfirmingPublisher
from services.federation.adapters.management import Management
from services.federation.domain.plan import INBOUND, NOTHING, rights, shared_exchange


class Carrier:
    """One a process; one file's block at a time."""

    def __init__(self, management: Management, amqp_uri: str, hub: str | None) -> None:
        self._api, self._uri, self._hub = management, amqp_uri, hub
        self._turn = threading.Lock()

    def publish(self, sender: str, events: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """Have the broker confirm each of these (routing key, envelope). Raises: UnavailableError."""
        exchange = INBOUND if self._hub is not None else shared_exchange(sender)
        rows = [{"_id": one["id"], "type": one["type"], "key": key, "envelope": one} for key, one in events]
        try:
            with self._turn, self._account(sender, exchange) as uri, Connection(uri, connect_timeout=5) as connection:
                confirmed = ConfirmingPublisher(connection, sender, exchange).publish(rows)
        except (OSError, AMQPError, KombuError) as error:
            raise UnavailableError("broker-unreachable") from error
        if confirmed != {row["_id"] for row in rows}:
            raise UnavailableError("broker-unreachable")

    @contextmanager
    def _account(self, sender: str, exchange: str) -> Iterator[str]:
        name, password, vhost = f"{sender}.carried", secrets.token_urlsafe(24), self._api.vhost
        own = {"configure": NOTHING, "write": f"^{re.escape(exchange)}$", "read": NOTHING}
        self._api.put("users", name, body={"password": password, "tags": ""})
        try:
            if self._hub is None:
                # A region speaks of itself alone; a centre passes on what others said.
                topic = {"exchange": exchange, "write": rights(sender).topic, "read": NOTHING}
                self._api.put("topic-permissions", vhost, name, body=topic)
            self._api.put("permissions", vhost, name, body=own)
            parts = urlsplit(self._uri)
            place = parts.netloc.rpartition("@")[2]
            yield parts._replace(netloc=f"{quote(name, safe='')}:{quote(password, safe='')}@{place}").geturl()
        finally:
            self._api.delete("users", name)
