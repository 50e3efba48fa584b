"""Files of documents go from node to node beside the events: a real link, cuts in the middle, pieces that lie."""

import base64
import random
import signal
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from kombu import Connection, Exchange

from chassis.contract import exchange
from chassis.contract.envelope import CONTENT_TYPE, Place, write
from chassis.contract.files import file_requested, file_sent
from chassis.kernel.clock import now
from chassis.kernel.errors import ConflictError, NotFoundError
from chassis.kernel.pieces import PIECE
from tests.integration.federation.between import Pair
from tests.integration.federation.linked import Linked, joined

AUTO = 3 * PIECE
WITH_MEETINGS = {
    "GTM_SERVICES": "actors meetings federation",
    "GTM_FILES_AUTO_BYTES": str(AUTO),
    "GTM_FILES_AGAIN_SECONDS": "2",
}


def start(node: Linked) -> None:
    node.run("meetings", **{**node.shared, **WITH_MEETINGS})  # type: ignore[arg-type] # variables, all of them


@pytest.fixture(scope="module")
def nodes(pair: Pair) -> Iterator[Pair]:
    joined(pair)
    for node in pair:
        start(node)
    yield pair
    for node in pair:
        if "meetings" in node.processes:
            node.stop("meetings")


def content(size: int) -> bytes:
    return random.randbytes(size)


def document(node: Linked, **more: Any) -> str:
    body = {"title": "Plan d'action", "reference": "au secrétariat", "visibility": "gtm", **more}
    return str(node.call("meetings", "submit_document", body)["id"])


def add(node: Linked, id: str, data: bytes, name: str = "plan.txt") -> str:
    """Keep the parts and add the file, as the gateway does."""
    digest = sha256(data).hexdigest()
    file = {"id": id, "sha256": digest, "size": len(data)}
    for place in range(0, len(data), 8 * PIECE):
        part = base64.b64encode(data[place : place + 8 * PIECE]).decode()
        node.call("meetings", "keep_file_part", {**file, "start": place, "content_base64": part})
    named = {"name": name, "media_type": "application/pdf" if data.startswith(b"%PDF-") else "image/png"}
    node.call("meetings", "add_file", {**file, **named})
    return digest


def picture(size: int) -> bytes:
    return b"\x89PNG\r\n" + content(size - 6)


def state(node: Linked, id: str, digest: str) -> dict[str, Any]:
    """The file as a node tells of it; {} while it does not know the document, or the file."""
    try:
        found = node.call("meetings", "list_files", {"id": id})["items"]
    except NotFoundError:
        return {}
    return next((one for one in found if one["sha256"] == digest), {})


def is_here(node: Linked, id: str, digest: str) -> bool:
    return state(node, id, digest).get("state") == "here"


def read(node: Linked, id: str, digest: str, size: int) -> bytes:
    asked = [{"start": start, "length": 8 * PIECE} for start in range(0, size, 8 * PIECE)]
    told = [node.call("meetings", "read_file", {"id": id, "sha256": digest, **one}) for one in asked]
    return b"".join(base64.b64decode(one["content_base64"]) for one in told)


def say(node: Linked, kind: Any, data: dict[str, Any], to: str) -> None:
    """Publish a message about files on a node's broker, in its own name."""
    envelope = exchange.compose(kind("meetings"), Place(node.name, "http://localhost"), data)
    service, noun, participle = envelope["type"].split(".")[1:4]
    with Connection(node.amqp_uri) as connection:
        connection.Producer(auto_declare=False).publish(
            write(envelope),
            exchange=Exchange(to),
            routing_key=f"{node.name}.gtm.{service}.{noun}.{participle}.direct",
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            delivery_mode=2,
            message_id=envelope["id"],
            user_id=connection.userid,
        )


def piece(to: str, data: bytes, number: int, /, **otherwise: Any) -> dict[str, Any]:
    part = base64.b64encode(data[number * PIECE :][:PIECE]).decode()
    told = {"to": to, "sha256": sha256(data).hexdigest(), "size": len(data), "number": number, "data": part}
    return told | otherwise


def parked(node: Linked) -> list[str]:
    found = node.call("meetings", "list_parked", {"page_size": 200})["items"]
    return [one["reason"] for one in found]


def transfer(node: Linked, digest: str) -> dict[str, Any]:
    return node.database("meetings")["file_transfers"].find_one({"_id": digest}) or {}


@pytest.mark.parametrize("there", [0, 1], ids=["of the centre", "of the region"])
def test_a_small_file_comes_by_itself_a_large_one_when_asked_for(nodes: Pair, there: int, eventually: Any) -> None:
    owner, other = nodes[there], nodes[1 - there]
    id, small, large = document(owner), picture(AUTO), picture(AUTO + 1)
    names = add(owner, id, large, "carte.png"), add(owner, id, small, "logo.png")
    eventually(lambda: is_here(other, id, names[1]), within=120)
    assert read(other, id, names[1], len(small)) == small
    told = state(other, id, names[0])
    assert (told["state"], told["held"], told["percent"], told["name"]) == ("on_request", 0, 0, "carte.png")
    with pytest.raises(ConflictError, match="file-not-here"):
        other.call("meetings", "read_file", {"id": id, "sha256": names[0]})
    asked = other.call("meetings", "fetch_file", {"id": id, "sha256": names[0]}, roles=("member",))
    assert asked["state"] in ("under_way", "here")
    eventually(lambda: is_here(other, id, names[0]), within=120)
    assert read(other, id, names[0], len(large)) == large
    with pytest.raises(ConflictError, match="not-the-origin"):
        add(other, id, small)


def test_events_pass_a_large_file_which_goes_on_after_cuts_on_both_sides(nodes: Pair, eventually: Any) -> None:
    centre, region = nodes
    id, data = document(centre), picture(160 * PIECE)
    digest = add(centre, id, data)
    eventually(lambda: state(region, id, digest))
    region.call("meetings", "fetch_file", {"id": id, "sha256": digest})
    eventually(lambda: transfer(region, digest).get("prefix", 0) >= 3, every=0.02)
    overtaking = document(centre)
    eventually(lambda: region.database("meetings")["documents"].find_one({"_id": overtaking}), every=0.02)
    under_way = transfer(region, digest)
    assert under_way, "the event came after the file"
    region.stop("meetings", by=signal.SIGKILL)
    held = transfer(region, digest)["prefix"]
    start(region)
    eventually(lambda: transfer(region, digest).get("prefix", 160) > held, within=120, every=0.02)
    assert centre.api("POST", "/federation/nodes/agadez/suspend", {"reason": "essai"}).ok
    centre.stop("meetings", by=signal.SIGKILL)
    start(centre)
    assert centre.api("POST", "/federation/nodes/agadez/resume", {"reason": "essai"}).ok
    eventually(lambda: is_here(region, id, digest), within=180)
    assert read(region, id, digest, len(data)) == data


def test_an_internal_file_is_never_sent(nodes: Pair, eventually: Any) -> None:
    centre, region = nodes
    secret, shown = document(centre, visibility="internal"), document(centre)
    digest, marker = add(centre, secret, picture(500)), add(centre, shown, picture(500))
    say(region, file_requested, {"to": "central", "sha256": digest, "pieces": [0]}, "gtm.events")
    eventually(lambda: digest in centre.log("meetings"))
    assert "file.not_for_others" in next(line for line in centre.log("meetings").splitlines() if digest in line)
    eventually(lambda: is_here(region, shown, marker), within=120)
    assert not region.database("meetings")["file_pieces"].find_one({"_id": {"$gte": digest, "$lt": f"{digest};"}})
    assert not region.database("meetings")["documents"].find_one({"_id": secret})


def test_what_became_internal_is_fetched_no_more_and_its_bytes_go(nodes: Pair, eventually: Any) -> None:
    centre, region = nodes
    id, other, small, large = document(centre), document(centre), picture(AUTO), picture(300 * PIECE)
    shared, part = add(centre, id, small), add(centre, id, large)
    alone = add(centre, id, picture(PIECE + 1))
    add(centre, other, small)
    eventually(
        lambda: all(is_here(region, one, digest) for one, digest in ((id, shared), (id, alone), (other, shared)))
    )
    region.call("meetings", "fetch_file", {"id": id, "sha256": part})
    eventually(lambda: transfer(region, part).get("prefix", 0) >= 2, every=0.02)
    before = parked(region)
    version = centre.call("meetings", "get_document", {"id": id})["version"]
    centre.call("meetings", "change_document", {"id": id, "version": version, "changes": {"visibility": "internal"}})
    own = region.database("meetings")

    def kept(digest: str) -> list[int]:
        pieces = {"_id": {"$gte": digest, "$lt": f"{digest};"}}
        return [own["files"].count_documents({"_id": digest}), own["file_pieces"].count_documents(pieces)]

    eventually(lambda: kept(part) == kept(alone) == [0, 0], within=120)
    assert own["announced_files"].count_documents({"record": id}) == 0
    assert not transfer(region, part).get("asked")
    # Another document names it still; and a piece that was on its way is no lie.
    assert read(region, other, shared, len(small)) == small
    say(centre, file_sent, piece("agadez", large, 2), "gtm.to.agadez")
    marker = add(centre, other, picture(900))
    eventually(lambda: is_here(region, other, marker), within=120)
    assert kept(part) == [0, 0]
    assert parked(region) == before
    # Shown again, all of it comes again.
    version = centre.call("meetings", "get_document", {"id": id})["version"]
    centre.call("meetings", "change_document", {"id": id, "version": version, "changes": {"visibility": "gtm"}})
    eventually(lambda: is_here(region, id, alone), within=120)
    eventually(lambda: state(region, id, part)["state"] == "on_request")


def test_pieces_that_lie_change_nothing_and_are_told(nodes: Pair, eventually: Any) -> None:
    centre, region = nodes
    id, data = document(centre), picture(AUTO + 1)
    digest = add(centre, id, data)
    eventually(lambda: state(region, id, digest))
    centre.stop("meetings")  # what it asks is not answered, but by the liar
    region.call("meetings", "fetch_file", {"id": id, "sha256": digest})
    eventually(lambda: transfer(region, digest).get("asked") == [0, 1])
    lies = {
        "no record names": piece("agadez", b"never announced", 0),
        f"announced as {len(data)}": piece("agadez", data, 0, size=len(data) + 1),
        "piece 0 of 5 bytes": piece("agadez", data, 0, data=base64.b64encode(b"short").decode()),
        "piece 9 of": piece("agadez", data, 0, number=9),
        "no base64": piece("agadez", data, 0, data="§"),
    }
    for lie in lies.values():
        say(centre, file_sent, lie, "gtm.to.agadez")
    unasked = piece("agadez", data, 3)
    say(centre, file_sent, unasked, "gtm.to.agadez")
    eventually(lambda: all(any(what in one for one in parked(region)) for what in lies), within=120)
    eventually(lambda: "file.unasked" in region.log("meetings"))
    assert state(region, id, digest)["held"] == 0
    start(centre)
    eventually(lambda: is_here(region, id, digest), within=120)
    assert read(region, id, digest, len(data)) == data


def test_bytes_that_do_not_fit_the_hash_are_put_aside_and_may_be_asked_for_again(nodes: Pair, eventually: Any) -> None:
    centre, region = nodes
    id, data = document(centre), picture(AUTO + 1)
    digest = add(centre, id, data)
    pieces = centre.database("meetings")["file_pieces"]
    right = pieces.find_one({"_id": f"{digest}:00000001"}) or {}
    pieces.update_one({"_id": right["_id"]}, {"$set": {"data": content(PIECE)}})
    eventually(lambda: state(region, id, digest))
    region.call("meetings", "fetch_file", {"id": id, "sha256": digest})
    eventually(lambda: state(region, id, digest)["problem"] == "wrong-hash", within=120)
    assert state(region, id, digest)["state"] == "on_request"
    pieces.replace_one({"_id": right["_id"]}, right)
    region.call("meetings", "fetch_file", {"id": id, "sha256": digest})
    eventually(lambda: is_here(region, id, digest), within=120)


def test_a_file_of_a_third_node_comes_through_the_centre(nodes: Pair, eventually: Any) -> None:
    """Zinder is a name only: what it sends is put where its account would have had it go."""
    centre, region = nodes
    id, data = document(centre), picture(PIECE + 1)
    digest = sha256(data).hexdigest()
    # Its arrival there notes anew which files it names: so not before that.
    eventually(lambda: region.database("meetings")["documents"].find_one({"_id": id}))
    row = {"record": id, "sha256": digest, "size": len(data), "origin": "zinder", "visibility": "gtm", "here": False}
    for node in nodes:
        node.database("meetings")["announced_files"].insert_one({"_id": f"{id} {digest}", **row})
    eventually(lambda: "agadez" in transfer(centre, digest).get("for", {}), within=120)
    asked = {"asked": [0, 1], "again_at": now() + timedelta(hours=1)}
    centre.database("meetings")["file_transfers"].update_one({"_id": digest}, {"$set": asked})
    for number in (0, 1):
        told = piece("central", data, number)
        envelope = exchange.compose(file_sent("meetings"), Place("zinder", "http://localhost"), told)
        with Connection(centre.amqp_uri) as connection:
            connection.Producer(auto_declare=False).publish(
                write(envelope),
                exchange=Exchange(""),
                routing_key="meetings.files",
                headers={"x-origin-routing-key": "zinder.gtm.meetings.file.sent.direct"},
                content_type=CONTENT_TYPE,
                content_encoding="utf-8",
                message_id=envelope["id"],
            )
    wanted = {"_id": digest, "complete": True}
    for node in nodes:
        eventually(lambda node=node: node.database("meetings")["files"].find_one(wanted), within=120)
    assert not region.database("meetings")["file_transfers"].find_one({"_id": digest})
