"""Parcels hold whole events, in their order, in messages that a thin link takes; a bad one is told, never half-read."""

import base64
import zlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as some

from chassis.contract.envelope import UnreadableEventError
from chassis.contract.parcel import LARGEST, MOST_BYTES, MOST_EVENTS, packed, unpacked

ENVELOPES = some.lists(some.fixed_dictionaries({"id": some.uuids().map(str), "text": some.text(max_size=40)}))


@given(ENVELOPES)
def test_what_was_packed_comes_out_in_its_order(envelopes):
    parcels = list(packed(envelopes, "zinder"))
    assert [orjson.loads(body) for parcel in parcels for body in unpacked(parcel)] == envelopes
    assert sum(parcel["count"] for parcel in parcels) == len(envelopes)


def test_a_parcel_is_bounded_in_number_and_in_bytes():
    many = [{"id": str(number)} for number in range(MOST_EVENTS * 2 + 1)]
    assert [parcel["count"] for parcel in packed(many, None)] == [MOST_EVENTS, MOST_EVENTS, 1]
    large = [{"text": "x" * (MOST_BYTES // 2 + 1)}] * 3
    assert [parcel["count"] for parcel in packed(large, None)] == [1, 1, 1]


def test_minutes_shrink_to_a_fraction():
    texts = [
        {"id": str(n), "text": "Le Secrétariat permanent convoque les membres du groupe. " * 40} for n in range(50)
    ]
    (parcel,) = packed(texts, None)
    assert len(parcel["events"]) * 10 < len(orjson.dumps(texts))


def deflated(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content)).decode()


@pytest.mark.parametrize(
    "events",
    [
        "not base64 é",
        base64.b64encode(b"not deflated").decode(),
        deflated(b"[{}]")[:-8],
        deflated(b"not JSON"),
        deflated(b"{}"),
        deflated(b"[1, 2]"),
        deflated(b"[{}, {}]"),  # more than it says
        deflated(b" " * (LARGEST + 1)),
    ],
)
def test_a_bad_parcel_is_unreadable(events):
    with pytest.raises(UnreadableEventError):
        unpacked({"to": None, "encoding": "deflate-base64", "count": 1, "events": events})
