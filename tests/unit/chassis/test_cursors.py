"""Cursors of lists: what was written is read, and what somebody made of it is refused."""

import base64
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from chassis.kernel.errors import InvalidError
from chassis.storage.repository import _read_cursor, _write_cursor

ID = "019f0000-0000-7000-8000-000000000001"  # the same in every process of the tests


def made(values: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


@pytest.mark.parametrize(
    "first", ["2026-03-01", "", None, 7, -(2**62), "a\0b", datetime(2026, 3, 1, 9, 30, 1, 250_000, tzinfo=UTC)]
)
def test_what_was_written_is_read(first: Any) -> None:
    assert _read_cursor(_write_cursor([first, ID]), 2) == [first, ID]


@pytest.mark.parametrize(
    "cursor",
    [
        "zzz", "%00", "é", "*", made([ID]) + "*",
        made(["a", ID])[:-1] + "!", made({"$gt": ""}), made([{"$gt": ""}, ID]),
        made(["a", {"$ne": None}]), made(["a", None]), made(["a", "b"]), made(["a", ID, ID]), made([2**63, ID]),
        made([2**64 - 1, ID]), made([1.5, ID]), made([True, ID]), made([["yesterday"], ID]), made([[1], ID]),
        made([["2026-03-01T00:00:00"], ID]), made([["a", "b"], ID]), made([[[["deep"]]], ID]), made(["a", [ID]]),
        base64.urlsafe_b64encode(b"[" * 5000).decode(), base64.urlsafe_b64encode(b"[NaN,1]").decode(),
    ],
)  # fmt: skip
def test_what_was_altered_beyond_sense_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidError, match="unreadable-cursor"):
        _read_cursor(cursor, 2)
