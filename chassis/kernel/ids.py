"""Identifiers of records and events."""

import re

import uuid_utils

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def new_id() -> str:
    """A UUIDv7 as text: sorts by creation time, strictly growing inside one process (RFC 9562, 6.2)."""
    return str(uuid_utils.uuid7())


def is_id(text: object) -> bool:
    """Whether this is the text form of a UUID, lower case, as `new_id` writes it."""
    return isinstance(text, str) and _UUID.fullmatch(text) is not None
