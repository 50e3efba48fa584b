"""Which events a node may have written into a file for another, and under which key each is published."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chassis.kernel.errors import InvalidError
from services.federation.domain.plan import TRAVELLING

_TYPE = re.compile(r"gtm\.([a-z_]{1,40})\.([a-z_]{1,40})\.([a-z_]{1,40})\.v\d{1,4}")
_TEXTS = ("id", "correlationid", "source", "subject")
LONGEST = 255  # bytes, of what becomes a property of a message


def routing_key(envelope: Mapping[str, Any], sender: str, node: str, hub: str | None) -> str:
    """The key of an event in a sender's file, if it may speak so: of itself, and a centre of others but us.

    Raises: InvalidError carried-forged. Whatever else may be wrong with it the consumers find, as with any message.
    """
    words = _TYPE.fullmatch(str(envelope.get("type")))
    origin, visibility = envelope.get("origin"), envelope.get("visibility")
    texts = (envelope.get(name) for name in _TEXTS)
    sound = words and all(isinstance(text, str) and 0 < len(text.encode()) <= LONGEST for text in texts)
    passed_on = sender == hub and isinstance(origin, str) and origin.isascii() and origin != node
    if not words or not sound or visibility not in TRAVELLING or not (origin == sender or passed_on):
        told = {"sender": sender, "type": str(envelope.get("type"))[:100], "origin": str(origin)[:60]}
        raise InvalidError("carried-forged", None, told)
    return f"{origin}.{visibility}.{'.'.join(words.groups())}"


def beginning(since: datetime | None, everything: bool, confirmed: datetime | None) -> tuple[datetime | None, bool]:
    """Since when to write, and whether that leaves nothing out that the other is not known to have.

    `confirmed`: until when the other is known to have everything.
    """
    if everything or (since is None and confirmed is None):
        return None, True
    if since is None:
        return confirmed, True
    return since, confirmed is not None and since <= confirmed
