"""Views of files that carry events between nodes by hand: one is written, one is read (chassis/federation/carried.py).

Neither is ever whole in memory. A file that is written leaves as it is made: if something fails on the way, the
connection is cut, and the file lacks its end, which whoever reads it notices. A file that is read is kept on disk and
looked through whole before anything of it is passed on; the answer then tells line by line how far it is.
"""

import base64
import tempfile
from collections.abc import Iterator
from typing import IO, Any, Final
from urllib.parse import quote

from flask import Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from chassis.federation import carried, sealing
from chassis.kernel.principal import Caller
from gateway import context
from gateway.body import json_object
from gateway.carriedfiles import Outgoing
from gateway.carriedin import Import
from gateway.problems import Problem
from gateway.query import check_names
from gateway.rpc import CallContext, RpcClient

MEDIA: Final = "application/octet-stream"
LINES: Final = "application/x-ndjson"
LONG: Final = 40.0  # seconds for one call
CHUNK: Final = 1024 * 1024


class Calls:
    """Calls for a request that go on after its view has returned."""

    def __init__(self, rpc: RpcClient, about: CallContext) -> None:
        self._rpc, self._context = rpc, about

    @classmethod
    def of_request(cls) -> "Calls":
        """Those of the request under way."""
        return cls(context.rpc(), context.call_context())

    def __call__(self, target: str, payload: dict[str, Any]) -> Any:
        """What the service gives. Raises: PlatformError, ServiceFault."""
        return self._rpc.call(target, payload, self._context, LONG)


def export_events() -> Response:
    """POST /federation/exports: the file."""
    check_names(())
    _require_admin()
    call = Calls.of_request()
    begun = call("federation.begin_export", json_object(optional=True))
    asked, own = {"to": begun["to"], "since": begun["since"]}, context.settings().node.services
    files = Outgoing(call, most=begun["files_most"], services=own, **asked)
    # The first block of each before the answer begins: a service that is away is told by a status.
    first = {name: call(f"{name}.list_carried", asked) for name in own}
    response = Response(_written(begun, asked, first, files, call), mimetype=MEDIA)
    response.headers["Content-Disposition"] = f'attachment; filename="{quote(begun["name"])}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def import_events() -> Response:
    """POST /federation/imports: a line of JSON for each step; the last one is the report, or the problem."""
    check_names(())
    _require_admin()
    if request.mimetype != MEDIA:
        params = {"given": request.mimetype or "—", "wanted": MEDIA}
        raise Problem(415, "wrong-content-type", params, headers={"Accept": MEDIA})
    call, file = Calls.of_request(), _kept()
    try:
        found = carried.read(file)
        parts = {"header": found.header, "closing": found.closing, "signature": found.signature}
        opened = call("federation.open_import", {name: _text(part) for name, part in parts.items()})
    except BaseException:
        file.close()
        raise
    run = Import(call, file, found, opened, context.settings().node.services, context.language())
    response = Response(run.lines(), mimetype=LINES)
    response.headers["Cache-Control"] = "no-store"
    return response


def _written(
    begun: dict[str, Any], asked: dict[str, Any], first: dict[str, Any], files: Outgoing, call: Calls
) -> Iterator[bytes]:
    key = base64.b64decode(begun["key"])
    blocks: list[dict[str, Any]] = []
    yield carried.MAGIC + carried.framed(base64.b64decode(begun["header"]))
    for service, page in first.items():
        while True:
            if page["nouns"]:
                content = sealing.seal(key, len(blocks), base64.b64decode(page["content_base64"]))
                blocks.append(_told(carried.described(carried.EVENTS, service, page["nouns"], content)))
                yield carried.framed(content)
            if page["next_cursor"] is None:
                break
            page = call(f"{service}.list_carried", {**asked, "cursor": page["next_cursor"]})
    for content, block in files.blocks(key, len(blocks)):
        blocks.append(_told(block))
        yield carried.framed(content)
    told = {"header": begun["header"], "blocks": blocks, "left_out": files.left_out}
    closed = call("federation.close_export", told)
    closing, signature = (base64.b64decode(closed[name]) for name in ("closing", "signature"))
    yield carried.END_OF_BLOCKS + carried.framed(closing) + carried.framed(signature)


def _told(block: dict[str, Any]) -> dict[str, Any]:
    return block | {"nouns": [{"noun": noun, "events": count} for noun, count in block["nouns"].items()]}


def _kept() -> IO[bytes]:
    """The body in a file that has no name. Raises: RequestEntityTooLarge; Problem empty-body."""
    limit = context.settings().carried_limit
    request.max_content_length = limit + 1
    folder = context.settings().node.home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (it outlives this request's view)
    try:
        size = 0
        while chunk := request.stream.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise RequestEntityTooLarge
            file.write(chunk)
        if not size:
            raise Problem(400, "empty-body")
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _require_admin() -> None:
    """Before anything is kept or gathered for the caller; the services look again."""
    Caller(principal=context.principal(), correlation_id=context.correlation_id()).require("admin")


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
