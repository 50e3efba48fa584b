"""Files of other nodes' records: asked for in pieces by who lacks them, sent by who holds them.

In order of time, on the node that lacks one: an event announced it; a look (each few seconds) finds it missing and, if
it is small or was asked for, asks for its first pieces; each piece that comes is kept and the next one asked for, of
the smallest file first; the last one done, the SHA-256 decides. What does not come is asked for again, ever less often.

Who asks whom: a region its centre, which fetches from another region what it does not hold itself and answers then; the
centre asks the node that owns the record.
"""

import base64
import binascii
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from amqp.exceptions import AMQPError
from kombu.exceptions import KombuError
from pymongo import ReturnDocument
from pymongo.database import Database

from chassis.contract import exchange
from chassis.contract.envelope import Event, Place, UnreadableEventError
from chassis.contract.files import file_requested, file_sent
from chassis.federation.repair import NobodyThereError
from chassis.kernel.clock import now
from chassis.kernel.pieces import PIECE, Progress, length_of, pieces_of, share_out
from chassis.process import metrics
from chassis.process.logs import get_logger
from chassis.storage.files import AnnouncedFiles

LONGEST_PAUSE = 600  # seconds between asking again
RUNS = 20  # of a change that others come before
GONE = timedelta(days=30)
"""How long it is known that a file was asked for that nobody wants any more: pieces of it may still be on their way."""
log = get_logger()


class Sender(Protocol):
    """The way out for a message for one node, not stored; it is dropped unless it leaves in time."""

    def passing(self, envelope: dict[str, Any], to: str, seconds: int | None) -> None:
        """Publish it, confirmed."""


class Filing:
    """One service's part of it. `transfers` holds a document a file that is under way."""

    def __init__(
        self,
        service: str,
        place: Place,
        hub: str | None,
        announced: AnnouncedFiles,
        send: Sender,
        leads: Callable[[str], bool],
        *,
        auto: int,
        pause: int,
    ) -> None:
        """`leads`: whether there is a link to a node; `auto`: up to how many bytes a file comes by itself."""
        self._service, self._place, self._hub = service, place, hub
        self._announced, self._files, self._send, self._leads = announced, announced.files, send, leads
        self._auto, self._pause = auto, pause
        database: Database[dict[str, Any]] = announced.database
        self._transfers = database["file_transfers"]

    def handle(self, event: Event) -> bool:
        """A request, or a piece; False when it changed nothing. Raises: UnreadableEventError for one that lies."""
        if event.data["to"] != self._place.node or not self._concerns(event.origin):
            return False
        if event.type == file_requested(self._service).name:
            return self._answer(event.origin, event.data["sha256"], event.data["pieces"])
        return self._take(event.origin, event.data)

    def look(self) -> None:
        """Begin what is small and missing; ask again for what did not come."""
        for row in self._announced.missing():
            if self._files.has(row["sha256"]):
                self._announced.came(row["sha256"])
            elif row["origin"] != self._place.node and row["size"] <= self._auto:
                self._begin(row)
        peers = set()
        for transfer in list(self._transfers.find()):
            if not self._announced.of(transfer["_id"]):
                self._let_go(transfer)
            elif transfer.get("gone_at"):
                self._transfers.delete_one({"_id": transfer["_id"]})  # shown again: as if it were new
            elif not transfer["problem"]:
                self._give_up_waiting(transfer)
                peers.add(transfer["peer"])
        for peer in sorted(peers):
            if self._leads(peer):
                self._step(peer)
        for digest in self._announced.drop_unwanted():
            log.info("file.dropped", sha256=digest)

    def fetch(self, digest: str) -> None:
        """Somebody asks for a file that is not here, however large; again, where it once went wrong."""
        row = next((one for one in self._announced.of(digest) if one["origin"] != self._place.node), None)
        if row is None or self._files.has(digest):
            return
        self._begin(row)
        self._change(digest, lambda one: {"problem": None, "again_at": now(), "tries": 0} if one["problem"] else {})
        self._ask_now(row)

    def carried(self, digest: str, size: int, start: int, content: bytes) -> str:
        """Some bytes of a file that came by hand: "known", "unnamed" by any record, "kept", "whole", or "wrong"."""
        row = next((one for one in self._announced.of(digest) if one["origin"] != self._place.node), None)
        if row is None or self._files.has(digest):
            return "unnamed" if row is None else "known"
        parts = {(start + at) // PIECE: content[at : at + PIECE] for at in range(0, len(content), PIECE)}
        if start % PIECE or size != row["size"] or any(len(one) != length_of(n, size) for n, one in parts.items()):
            return "wrong"
        for number, one in parts.items():
            self._files.keep(digest, number, one)
        if start + len(content) < size:
            return "kept"
        if not self._files.close(digest, size):
            self._change(digest, lambda _: _stored(Progress(size)))  # nothing of it is here any more
            return "wrong"
        self._announced.came(digest)
        self._transfers.delete_one({"_id": digest})
        log.info("file.carried", sha256=digest, size=size)
        return "whole"

    def state(self, digest: str, size: int) -> dict[str, Any]:
        """{state, held, percent, problem} of a file that a record names."""
        if self._files.has(digest):
            return {"state": "here", "held": size, "percent": 100, "problem": None}
        under_way = self._transfers.find_one({"_id": digest, "gone_at": None})
        if under_way is None:
            state = "missing" if not self._elsewhere(digest) else "under_way" if size <= self._auto else "on_request"
            return {"state": state, "held": 0, "percent": 0, "problem": None}
        held = min(_progress(under_way).held, size)
        state = "on_request" if under_way["problem"] else "under_way"
        return {"state": state, "held": held, "percent": 100 * held // size, "problem": under_way["problem"]}

    def _elsewhere(self, digest: str) -> bool:
        return any(one["origin"] != self._place.node for one in self._announced.of(digest))

    def _concerns(self, peer: str) -> bool:
        return self._hub is None or peer == self._hub

    def _peer_of(self, row: dict[str, Any]) -> str:
        return self._hub or str(row["origin"])

    def _begin(self, row: dict[str, Any]) -> None:
        new = {"peer": self._peer_of(row), "size": row["size"], "rev": 0, "prefix": 0, "beyond": [], "asked": []}
        new |= {"again_at": now(), "tries": 0, "for": {}, "problem": None}
        self._transfers.update_one({"_id": row["sha256"]}, {"$setOnInsert": new}, upsert=True)

    def _ask_now(self, row: dict[str, Any]) -> None:
        if self._leads(self._peer_of(row)):
            self._step(self._peer_of(row))

    def _let_go(self, transfer: dict[str, Any]) -> None:
        """Its record is gone, or names it no more."""
        if not transfer.get("gone_at"):
            self._change(transfer["_id"], lambda one: {"gone_at": now(), **_stored(Progress(one["size"]))})
            self._files.drop(transfer["_id"], pieces_of(transfer["size"]))
        elif transfer["gone_at"] < now() - GONE:
            self._transfers.delete_one({"_id": transfer["_id"]})

    def _give_up_waiting(self, transfer: dict[str, Any]) -> None:
        if transfer["asked"] and transfer["again_at"] <= now():
            self._change(transfer["_id"], lambda one: {"asked": [], "tries": one["tries"] + 1})

    def _step(self, peer: str) -> None:
        """Ask a node for as many pieces as there is room for."""
        rows = {one["_id"]: one for one in self._transfers.find({"peer": peer, "gone_at": None}) if not one["problem"]}
        for digest, after, numbers in share_out((id, _progress(row)) for id, row in rows.items()):
            pause = min(LONGEST_PAUSE, self._pause * 2 ** min(rows[digest]["tries"], 10))
            again = {"asked": list(after.asked), "again_at": now() + timedelta(seconds=pause)}
            if self._set(rows[digest], again) is not None:
                asked = {"to": peer, "sha256": digest, "pieces": list(numbers)}
                self._tell(exchange.compose(file_requested(self._service), self._place, asked), peer, pause)

    def _answer(self, peer: str, digest: str, numbers: list[int]) -> bool:
        # What a region sends is its own; the centre passes on what it holds of others.
        row = self._announced.travelling(digest, None if self._hub is None else self._place.node)
        if row is None:
            self._count(peer, "not_sent")
            log.warning("file.not_for_others", peer=peer, sha256=digest)
            return False
        if self._files.has(digest):
            self._send_pieces(peer, digest, row["size"], numbers)
        elif row["origin"] not in (self._place.node, peer):
            self._begin(row)
            self._change(digest, lambda one: {"for": {**one["for"], peer: numbers}})
            self._ask_now(row)
        return True

    def _send_pieces(self, peer: str, digest: str, size: int, numbers: list[int]) -> None:
        for number in sorted(set(numbers)):
            if length_of(number, size):
                data = base64.b64encode(self._files.piece(digest, number)).decode("ascii")
                sent = {"to": peer, "sha256": digest, "size": size, "number": number, "data": data}
                self._tell(exchange.compose(file_sent(self._service), self._place, sent), peer, None)
                self._count(peer, "sent")

    def _take(self, peer: str, told: dict[str, Any]) -> bool:
        digest, number = told["sha256"], told["number"]
        transfer = self._transfers.find_one({"_id": digest})
        if transfer is None or transfer.get("gone_at"):
            if transfer is None and not self._announced.of(digest):
                raise self._lie(peer, digest, "no record names that file")
            self._count(peer, "known")
            return False  # it came late: the file is here, or nobody wants it any more
        data = self._checked(peer, transfer, told)
        if number not in transfer["asked"]:
            known = _progress(transfer).has(number)
            self._count(peer, "known" if known else "unasked")
            if not known:
                log.warning("file.unasked", peer=peer, sha256=digest, number=number)
            return False
        self._files.keep(digest, number, data)
        self._count(peer, "kept")
        after = self._change(digest, lambda one: {**_stored(_progress(one).took(number)), "tries": 0})
        if after is not None and _progress(after).whole:
            self._finish(after)
        self._step(peer)
        return True

    def _checked(self, peer: str, transfer: dict[str, Any], told: dict[str, Any]) -> bytes:
        if peer != transfer["peer"]:
            raise self._lie(peer, told["sha256"], f"was asked of {transfer['peer']}")
        if told["size"] != transfer["size"]:
            raise self._lie(peer, told["sha256"], f"{told['size']} bytes, announced as {transfer['size']}")
        try:
            data = base64.b64decode(told["data"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise self._lie(peer, told["sha256"], "no base64") from error
        if not data or len(data) != length_of(told["number"], transfer["size"]):
            raise self._lie(peer, told["sha256"], f"piece {told['number']} of {len(data)} bytes")
        return data

    def _lie(self, peer: str, digest: str, what: str) -> UnreadableEventError:
        self._count(peer, "wrong")
        return UnreadableEventError(f"forged: file {digest} sent by {peer}: {what}")

    def _finish(self, transfer: dict[str, Any]) -> None:
        digest, size = transfer["_id"], transfer["size"]
        if not self._files.close(digest, size):
            self._count(transfer["peer"], "wrong_hash")
            log.error("file.wrong_hash", peer=transfer["peer"], sha256=digest)
            self._change(digest, lambda _: {"problem": "wrong-hash", **_stored(Progress(size))})
            return
        self._announced.came(digest)
        self._transfers.delete_one({"_id": digest})
        log.info("file.came", peer=transfer["peer"], sha256=digest, size=size)
        for peer, numbers in transfer["for"].items():
            if self._announced.travelling(digest) is not None:
                self._send_pieces(peer, digest, size, numbers)

    def _change(self, digest: str, how: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any] | None:
        for _ in range(RUNS):
            row = self._transfers.find_one({"_id": digest})
            if row is None:
                return None
            if (after := self._set(row, how(row))) is not None:
                return after
        raise RuntimeError(f"transfer of {digest}: others always came before")

    def _set(self, row: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any] | None:
        """The row with the changes; None if somebody else changed it since it was read."""
        changed = {"$set": {**changes, "rev": row["rev"] + 1}}
        wanted = {"_id": row["_id"], "rev": row["rev"]}
        return self._transfers.find_one_and_update(wanted, changed, return_document=ReturnDocument.AFTER)

    def _tell(self, envelope: dict[str, Any], to: str, seconds: int | None) -> None:
        try:
            self._send.passing(envelope, to, seconds)
        except (NobodyThereError, OSError, AMQPError, KombuError) as error:
            log.warning("file.not_told", peer=to, error=type(error).__name__)  # it is asked for again

    def _count(self, peer: str, outcome: str) -> None:
        metrics.FILE_PIECES.labels(self._service, peer, outcome).inc()


def _progress(row: dict[str, Any]) -> Progress:
    return Progress(row["size"], row["prefix"], tuple(row["beyond"]), tuple(row["asked"]))


def _stored(progress: Progress) -> dict[str, Any]:
    return {"prefix": progress.prefix, "beyond": list(progress.beyond), "asked": list(progress.asked)}
