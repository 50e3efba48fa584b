"""Carried files as a node makes them, or as somebody makes them who would rather be another."""

import io
import zlib
from pathlib import Path
from typing import Any

import orjson

from chassis.federation import carried, certificates, sealing
from chassis.federation.certificates import Authority
from chassis.kernel.clock import now, rfc3339
from services.federation.adapters.carried_keys import CarriedKeys

Events = dict[str, list[dict[str, Any]]]


class Folders:
    """The keys of a centre and of regions that it has signed for."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.authority = folder, Authority(folder / "central")
        self.authority.ensure("central")

    def keys(self, node: str, hub: str | None = "central", days: int = 30) -> CarriedKeys:
        """A node's, made when they are first asked for."""
        own = self.folder / node
        if hub is not None and not own.exists():
            own.mkdir()
            key, request = certificates.make_request(node)
            certificates.write_secret(own / "node.key", key)
            certificates.write_secret(own / "node.pem", self.authority.sign(request, node, days))
            certificates.write_secret(own / "ca.pem", self.authority.certificate)
        return CarriedKeys(own, node, hub)


def made(keys: CarriedKeys, certificate: str, events: Events, **header: Any) -> bytes:
    """A whole file to the node of that certificate, a block for each service; `header` says otherwise."""
    share, for_key, key = sealing.share_for(certificate)
    said: dict[str, Any] = {"sender": "agadez", "receiver": "central", "incarnation": 1, "whole": True}
    said |= {"made_at": rfc3339(now()), "since": None, "heard": None, "share": share, "for_key": for_key}
    top = carried.written(carried.Header(**{**said, **header}))
    out, blocks = io.BytesIO(), []
    out.write(carried.MAGIC + carried.framed(top))
    for number, (service, envelopes) in enumerate(events.items()):
        content = sealing.seal(key, number, zlib.compress(orjson.dumps(envelopes)))
        blocks.append(carried.described(carried.EVENTS, service, {"institution": len(envelopes)}, content))
        out.write(carried.framed(content))
    closing, signature = keys.close(top, blocks)
    out.write(carried.END_OF_BLOCKS + carried.framed(closing) + carried.framed(signature))
    return out.getvalue()
