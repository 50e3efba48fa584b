"""What may cross a thin link is deflated; a reader bounds what it inflates and tells what it cannot."""

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chassis.contract.bodies import DEFLATED, PLAIN, SMALL, decoded, encoded, message
from chassis.contract.envelope import UnreadableEventError
from services import registry
from services.actors.contract.events import FOCAL_POINT_CREATED, INSTITUTION_CREATED

MOST = 100_000


@given(some.binary(max_size=3 * SMALL), some.sampled_from(["internal", "gtm", "public"]))
def test_what_was_written_is_read(body, visibility):
    sent, encoding = encoded(body, visibility)
    assert decoded(sent, encoding, MOST) == body
    assert len(sent) <= len(body)


def test_what_may_leave_the_node_is_deflated_and_says_so():
    envelope = registry.sample(INSTITUTION_CREATED)
    body, properties = message(envelope)
    assert properties["content_encoding"] == DEFLATED
    assert json.loads(zlib.decompress(body)) == envelope
    assert (properties["message_id"], properties["type"]) == (envelope["id"], envelope["type"])


def test_what_stays_on_the_node_and_what_is_small_stays_as_it_is():
    assert message(registry.sample(FOCAL_POINT_CREATED))[1]["content_encoding"] == PLAIN
    assert encoded(b"a" * SMALL, "public") == (b"a" * SMALL, PLAIN)


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", zlib.compress(b"{}" * 90)[:-3], zlib.compress(b"{}") + b"more", zlib.compress(b" " * (MOST + 1))],
    ids=["nothing", "plain", "cut short", "followed", "a byte too much"],
)
def test_what_cannot_be_inflated_is_unreadable(body):
    with pytest.raises(UnreadableEventError):
        decoded(body, DEFLATED, MOST)


def test_a_bomb_is_not_unfolded():
    with pytest.raises(UnreadableEventError, match=f"{MOST + 1} bytes, more than {MOST}"):
        decoded(zlib.compress(b"0" * 100_000_000), DEFLATED, MOST)


def test_the_limit_itself_is_taken():
    assert decoded(zlib.compress(b"0" * MOST), DEFLATED, MOST) == b"0" * MOST
