"""A carried file is read by the node that it is for, as its sender wrote it, or not at all."""

import io
import random
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.federation import carried, sealing
from chassis.kernel.clock import now, rfc3339
from chassis.kernel.errors import ConflictError, InvalidError
from services.federation.domain.carrying import beginning, routing_key
from services.federation.domain.node import Node
from services.federation.handlers import carrying as handlers
from tests.unit.federation.carriedfile import Folders, made

EVENTS = {"actors": [{"id": str(number), "name": "é" * number} for number in range(40)], "meetings": [{"id": "x"}]}
AT = now()


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    return Folders(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def whole(folders: Folders) -> bytes:
    return made(folders.keys("agadez"), folders.authority.certificate, EVENTS)


def taken(folders: Folders, content: bytes) -> list[Any]:
    """What the centre reads in it. Raises: InvalidError."""
    file, keys = io.BytesIO(content), folders.keys("central", None)
    found = carried.read(file)
    keys.signer_of(found.header, found.closing, found.signature)
    key = keys.open(carried.header_of(found.header))
    blocks = [content[at : at + length] for at, length in found.blocks]
    return [orjson.loads(zlib.decompress(sealing.unseal(key, number, one))) for number, one in enumerate(blocks)]


def refused(folders: Folders, content: bytes) -> str:
    with pytest.raises(InvalidError) as error:
        taken(folders, content)
    return error.value.code


def test_what_was_written_is_read(folders, whole):
    assert taken(folders, whole) == list(EVENTS.values())


def test_nothing_of_it_can_be_read_on_the_way(folders, whole):
    assert "é".encode() * 5 not in whole
    found = carried.read(io.BytesIO(whole))
    other = folders.keys("zinder").open(carried.header_of(found.header))
    at, length = found.blocks[0]
    with pytest.raises(InvalidError):
        sealing.unseal(other, 0, whole[at : at + length])


def test_a_byte_that_differs_anywhere_is_found(folders, whole):
    bits = random.Random(7)
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << bits.randrange(8)
        assert refused(folders, bytes(changed)).startswith(("carried-", "not-carried")), place


def test_a_file_that_ends_early_is_found(folders, whole):
    for length in (*range(1, 60), *range(60, len(whole), 97), len(whole) - 1):
        assert refused(folders, whole[:length]) == "carried-truncated", length


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=300))
def test_what_is_something_else_is_called_so(content):
    with pytest.raises(InvalidError):
        carried.read(io.BytesIO(content))
    with pytest.raises(InvalidError):
        carried.read(io.BytesIO(carried.MAGIC + content))


def test_what_comes_after_the_end_is_found(folders, whole):
    assert refused(folders, whole + b"\0") == "carried-altered"


def test_blocks_that_changed_places_are_found(folders, whole):
    (first, one), (second, two) = carried.read(io.BytesIO(whole)).blocks
    head, tail = whole[: first - 4], whole[second + two :]
    swapped = head + carried.framed(whole[second : second + two]) + carried.framed(whole[first : first + one]) + tail
    assert refused(folders, swapped) == "carried-altered"
    for content in (swapped, whole[:first] + bytes([whole[first] ^ 1]) + whole[first + 1 :]):
        with pytest.raises(InvalidError):  # before anything of it is opened
            carried.read(io.BytesIO(content))


def test_a_form_of_the_future_is_named(folders, whole):
    later = whole.replace(carried.MAGIC, b"GTM carried 12\n", 1)
    assert refused(folders, later) == "carried-newer"


def test_a_kind_of_block_that_is_not_known_is_named():
    block = {"kind": "voices", "service": "meetings", "nouns": {}, "sha256": "0"}
    with pytest.raises(InvalidError) as error:
        carried.closing_of(orjson.dumps({"blocks": [block], "certificate": ""}))
    assert error.value.code == "carried-newer"


def test_another_authority_is_not_believed(folders, tmp_path: Path):
    stranger = Folders(tmp_path)
    content = made(stranger.keys("agadez"), folders.authority.certificate, EVENTS)
    assert refused(folders, content) == "carried-of-another-authority"


def test_a_region_does_not_speak_as_another(folders):
    content = made(folders.keys("zinder"), folders.authority.certificate, EVENTS, sender="agadez")
    assert refused(folders, content) == "carried-in-anothers-name"
    as_centre = made(folders.keys("zinder"), folders.authority.certificate, EVENTS, sender="central")
    assert refused(folders, as_centre) == "carried-in-anothers-name"


def test_the_certificate_has_to_hold_when_the_file_is_made(folders):
    late = rfc3339(AT + timedelta(days=31))
    with pytest.raises(InvalidError) as error:
        made(folders.keys("agadez"), folders.authority.certificate, {}, made_at=late)
    assert error.value.code == "carried-out-of-time"


def test_a_centre_signs_too(folders):
    region = folders.keys("agadez")
    certificate = (folders.folder / "agadez" / "node.pem").read_text()
    content = made(folders.keys("central", None), certificate, EVENTS, sender="central", receiver="agadez")
    found = carried.read(io.BytesIO(content))
    region.signer_of(found.header, found.closing, found.signature)
    assert carried.header_of(found.header).for_key == region.own()


def header(**values: Any) -> carried.Header:
    said = {"sender": "agadez", "receiver": "central", "incarnation": 2, "made_at": rfc3339(AT)}
    rest = {"since": None, "whole": True, "heard": None, "share": "", "for_key": "k"}
    return carried.Header(**{**said, **rest, **values})


class Members:
    def __init__(self, state: str | None, key: str = "key") -> None:
        own: dict[str, Any] = {
            "id": "1",
            "origin": "central",
            "version": 1,
            "visibility": "gtm",
            "created_at": AT,
            "created_by": "x",
        }
        at: dict[str, Any] = {"updated_at": AT, "updated_by": "x"}
        self.node = state and Node(**own, **at, node="agadez", role="region", hub="central", state=state, key=key)

    def named(self, name: str, origin: str | None = None) -> Any:
        return self.node or None

    def certificate(self, node: str) -> str | None:
        return "PEM"


@pytest.mark.parametrize(
    ("members", "life", "code"),
    [
        (Members(None), 0, "carried-sender-unknown"),
        (Members("suspended"), 0, "carried-sender-state"),
        (Members("removed"), 0, "carried-sender-state"),
        (Members("joined", "another"), 0, "carried-by-old-key"),
        (Members("joined"), 3, "carried-earlier-life"),
    ],
)
def test_a_centre_hears_members_alone(members, life, code):
    handlers.require_sender(header(), "central", None, "key", Members("joined"), 2)
    with pytest.raises(ConflictError) as error:
        handlers.require_sender(header(), "central", None, "key", members, life)
    assert error.value.code == code


def test_a_region_hears_its_centre_alone():
    handlers.require_sender(header(sender="central"), "agadez", "central", "key", Members(None), 0)
    with pytest.raises(InvalidError) as error:
        handlers.require_sender(header(sender="zinder"), "agadez", "central", "key", Members(None), 0)
    assert error.value.code == "carried-not-from-hub"


def test_a_file_is_for_one_node_and_one_key():
    handlers.require_receiver(header(), "central", "k")
    with pytest.raises(InvalidError) as other:
        handlers.require_receiver(header(), "agadez", "k")
    with pytest.raises(ConflictError) as key:
        handlers.require_receiver(header(), "central", "another")
    assert (other.value.code, key.value.code) == ("carried-for-another", "carried-for-another-key")


def test_who_has_no_certificate_makes_no_file():
    with pytest.raises(ConflictError) as never:
        handlers.receiver(None, "agadez", "central", {}, Members(None), Members(None))
    with pytest.raises(ConflictError) as plain:
        handlers.receiver(None, "agadez", "central", {"ca": None}, Members(None), Members(None))
    with pytest.raises(InvalidError) as neighbour:
        handlers.receiver("zinder", "agadez", "central", {"ca": "PEM"}, Members(None), Members(None))
    codes = (never.value.code, plain.value.code, neighbour.value.code)
    assert codes == ("carried-not-joined", "carried-without-certificates", "carried-only-to-hub")
    assert handlers.receiver("agadez", "central", None, {}, Members("joined"), Members(None)) == ("agadez", "PEM")


EVENT = {"id": "1", "type": "gtm.actors.institution.created.v1", "origin": "agadez", "visibility": "gtm"}
EVENT |= {"correlationid": "c", "source": "s", "subject": "x"}


def test_a_node_speaks_of_itself_and_a_centre_of_others():
    assert routing_key(EVENT, "agadez", "central", None) == "agadez.gtm.actors.institution.created"
    assert routing_key({**EVENT, "origin": "zinder"}, "central", "agadez", "central").startswith("zinder.gtm.")
    wrong = [{"origin": "zinder"}, {"origin": "central"}, {"visibility": "internal"}, {"type": "gtm.x"}, {"id": ""}]
    for one in wrong:
        with pytest.raises(InvalidError):
            routing_key({**EVENT, **one}, "agadez", "central", None)
    with pytest.raises(InvalidError):  # our own records in another's mouth
        routing_key(EVENT, "central", "agadez", "central")


def test_what_the_other_is_known_to_have_is_left_out():
    before, after = AT - timedelta(days=9), AT - timedelta(days=1)
    assert beginning(None, False, None) == (None, True)
    assert beginning(None, False, before) == (before, True)
    assert beginning(before, True, before) == (None, True)
    assert beginning(before, False, after) == (before, True)
    assert beginning(after, False, before) == (after, False)


def test_header_says_what_it_must():
    for wrong in ({"incarnation": 0}, {"made_at": "hier"}, {"made_at": "2026-01-01T00:00:00"}, {"share": 3}):
        with pytest.raises(InvalidError):
            carried.header_of(carried.written(replace(header(), **wrong)))
