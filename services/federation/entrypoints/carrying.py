"""Calls for files carried by hand: the gateway reads and writes them, here is decided, signed, opened and published.

An export: begun (header and key of the file), its blocks written by the gateway, closed (signature). An import: opened
(everything about the file is judged before anything is published), its blocks published one by one, closed. How far it
came is kept: after a crash the same file goes on where it was.
"""

import base64
import binascii
import hashlib
from datetime import datetime
from typing import Any

from chassis.contract import parcel
from chassis.contract.envelope import UnreadableEventError
from chassis.contract.schema import load
from chassis.federation import carried, sealing
from chassis.federation.carried import Header
from chassis.kernel.clock import now, rfc3339
from chassis.kernel.errors import NotFoundError
from chassis.process.crash import crash_point
from chassis.process.logs import get_logger
from chassis.service import rpc
from services.federation.contract import carrying as contract
from services.federation.domain.carrying import beginning, routing_key
from services.federation.entrypoints.parts import Federating
from services.federation.handlers import carrying as handlers

log = get_logger()


class CarryingEntrypoints(Federating):
    """For the role admin."""

    @rpc
    def begin_export(self, payload: Any) -> Any:
        """{header, key (base64), to, since, name, files_most}; see handlers.carrying.receiver."""
        asked = load(contract.ExportSchema(), payload)
        parts, settings, at = self.parts, self.parts.settings, now()
        to, certificate = handlers.receiver(
            asked["to"], settings.node, settings.hub, parts.files.link(), parts.nodes, parts.invitations
        )
        known = parts.links.of(to)
        confirmed = handlers.latest(known.get("confirmed_until"), known.get("carried_until"))
        since, whole = beginning(asked["since"], asked["everything"], confirmed)
        share, for_key, key = sealing.share_for(certificate)
        header = carried.written(
            Header(
                sender=settings.node,
                receiver=to,
                incarnation=self.store.place.incarnation,
                made_at=rfc3339(at),
                since=_told(since),
                whole=whole,
                heard=_told(parts.imports.newest_whole(to)),
                share=share,
                for_key=for_key,
            )
        )
        parts.carried_keys.close(header, ())  # what stands against a signature is told before anything is written
        name = f"gtm-{settings.node}-{to}-{at:%Y-%m-%d-%H%M}{carried.ENDING}"
        told = {"to": to, "since": _told(since), "name": name, "files_most": asked["files_most"]}
        return {"header": _text(header), "key": _text(key), **told}

    @rpc
    def close_export(self, payload: Any) -> Any:
        """{closing, signature} in base64, of a file of this node."""
        asked = load(contract.CloseExportSchema(), payload)
        header = _bytes(asked["header"], "header")
        if carried.header_of(header).sender != self.parts.settings.node:
            raise carried.altered("header")
        blocks = [
            {
                "kind": one["kind"],
                "service": one["service"],
                "nouns": {each["noun"]: each["events"] for each in one["nouns"]},
                "sha256": one["sha256"],
            }
            for one in asked["blocks"]
        ]
        closing, signature = self.parts.carried_keys.close(header, blocks, asked["left_out"] or {})
        return {"closing": _text(closing), "signature": _text(signature)}

    @rpc
    def open_import(self, payload: Any) -> Any:
        """{id, key (base64), sender, made_at, since, done: blocks published before, certificate_ended}."""
        asked = load(contract.OpenImportSchema(), payload)
        header, closing, signature = (_bytes(asked[name], name) for name in ("header", "closing", "signature"))
        parts, settings = self.parts, self.parts.settings
        handlers.require_joined(settings.node, settings.hub, parts.files.link())
        key, ends = parts.carried_keys.signer_of(header, closing, signature)
        said = carried.header_of(header)
        handlers.require_receiver(said, settings.node, parts.carried_keys.own())
        self._require_sender(said, key)
        file_key = parts.carried_keys.open(said)
        id = carried.id_of(header, closing)
        about = {"sender": said.sender, "incarnation": said.incarnation, "whole": said.whole, "key": key}
        made_at = datetime.fromisoformat(said.made_at)
        done = parts.imports.begin(id, now(), made_at=made_at, header=header, closing=closing, **about)
        log.info("carried.opened", sender=said.sender, made_at=said.made_at, done=done)
        told = {"sender": said.sender, "made_at": said.made_at, "since": said.since}
        return {"id": id, "key": _text(file_key), "done": done, "certificate_ended": ends < now(), **told}

    @rpc
    def import_block(self, payload: Any) -> Any:
        """Publish the events of a block of an opened file, confirmed: {done}. Twice is once: consumers know them."""
        asked = load(contract.ImportBlockSchema(), payload)
        parts, settings, number = self.parts, self.parts.settings, asked["number"]
        found, header = self._opened(asked["id"])
        blocks = carried.closing_of(found["closing"]).blocks
        content = _bytes(asked["content"], "block")
        told = blocks[number] if number < len(blocks) and blocks[number].kind == carried.EVENTS else None
        if told is None or hashlib.sha256(content).hexdigest() != told.sha256:
            raise carried.altered("block", number + 1)
        try:
            events = parcel.inflated(sealing.unseal(parts.carried_keys.open(header), number, content))
        except UnreadableEventError as error:
            raise carried.altered("block", number + 1) from error
        keyed = [(routing_key(one, header.sender, settings.node, settings.hub), one) for one in events]
        parts.carrier.publish(header.sender, keyed)
        crash_point("federation.carried")
        parts.imports.advance(asked["id"], number + 1)
        return {"done": number + 1}

    @rpc
    def close_import(self, payload: Any) -> Any:
        """Note that all of a file was published; {} for an answer."""
        id = load(contract.CloseImportSchema(), payload)["id"]
        found, header = self._opened(id)
        blocks = carried.closing_of(found["closing"]).blocks
        if found["done"] < max((n for n, one in enumerate(blocks, 1) if one.kind == carried.EVENTS), default=0):
            raise NotFoundError("carried-not-open", "id", {"id": id[:12]})
        self.parts.imports.finish(id, now())
        heard = datetime.fromisoformat(header.heard) if header.heard else None
        until = handlers.latest(self.parts.links.of(header.sender).get("carried_until"), heard)
        if until is not None:
            self.parts.links.note(header.sender, carried_until=until)
        log.info("carried.finished", sender=header.sender, made_at=header.made_at)
        return {}

    def _opened(self, id: str) -> tuple[dict[str, Any], Header]:
        """A file that was judged, its sender once more: it may have been suspended since."""
        found = self.parts.imports.of(id)
        if found is None:
            raise NotFoundError("carried-not-open", "id", {"id": id[:12]})
        header = carried.header_of(found["header"])
        self._require_sender(header, found["key"])
        return found, header

    def _require_sender(self, header: Header, key: str) -> None:
        parts, settings = self.parts, self.parts.settings
        life = max(self.store.parts["pulses"].life(header.sender), parts.imports.life(header.sender))
        handlers.require_sender(header, settings.node, settings.hub, key, parts.nodes, life)


def _told(instant: datetime | None) -> str | None:
    return None if instant is None else rfc3339(instant)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str, part: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise carried.altered(part) from error
