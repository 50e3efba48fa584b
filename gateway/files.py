"""Views of the files of documents, and what views of other records' files share.

Bytes go in and out in parts, so that no message of the broker is large. A file is named by its SHA-256, which is its
ETag for ever. A part of it may be asked for (Range), so that a browser on a bad line goes on where it was cut.
"""

import base64
import binascii
from collections.abc import Iterator
from hashlib import sha256 as sha256_of
from typing import Any, Final
from urllib.parse import quote

from flask import Response, request

from gateway import context, etag, openapi, upload
from gateway.body import json_object
from gateway.problems import Problem
from gateway.query import check_names
from gateway.rpc import ServiceFault
from gateway.views import as_record, json_response, known_id
from services.meetings.contract.reading import PreviewSchema
from services.meetings.contract.validation import DocumentSchema

PART: Final = 256 * 1024  # bytes a call; a multiple of the services' pieces
ADD: Final = "meetings.add_file"
READ: Final = "meetings.read_file"
PREVIEW: Final = "meetings.show_preview"
# Shown by a browser all the same, it may neither run nor load anything.
POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"


def add_file(id: str) -> Response:
    """POST /documents/<id>/files: 201 with the document."""
    return taken_in(id, "meetings.keep_file_part", ADD, "documents")


def taken_in(id: str, keep: str, add: str, home: str) -> Response:
    """201 with the record that has the file now; its bytes go by `keep`, part by part."""
    check_names(())
    version = etag.version_wanted(required=False)
    content, media_type, name = upload.file(context.settings().node.files_most)
    digest = sha256_of(content).hexdigest()
    file = {"id": known_id(id), "sha256": digest, "size": len(content)}
    for start in range(0, len(content), PART):
        part = base64.b64encode(content[start : start + PART]).decode("ascii")
        context.call(keep, {**file, "start": start, "content_base64": part})
    named = {**file, "version": version, "media_type": media_type, "name": name or digest[:12]}
    record = as_record(add, context.call(add, named))
    response = json_response(record, 201)
    response.headers["Location"] = f"/api/v1/{home}/{id}/files/{digest}"
    return etag.conditional(response, etag.of_version(record["version"]))


def get_file(id: str, sha256: str) -> Response:
    """GET /documents/<id>/files/<sha256>: 200, or 206 with the part that Range asks for."""
    return given_out(id, sha256, READ)


def given_out(id: str, sha256: str, read: str) -> Response:
    """The file, or the part that Range asks for, by `read`."""
    check_names(())
    asked = {"id": known_id(id), "sha256": sha256}
    known = context.call(read, asked)
    try:
        size, media_type, name = int(known["size"]), str(known["media_type"]), str(known["name"])
    except (KeyError, TypeError, ValueError) as error:
        raise ServiceFault(read, "no-file") from error
    start, stop = _wanted(size, sha256)
    partly = (start, stop) != (0, size)
    response = Response(_parts(read, asked, start, stop), 206 if partly else 200, mimetype=media_type)
    response.direct_passthrough = True  # else it would be read at once, to be compressed
    response.content_length = stop - start
    if partly:
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Disposition"] = saved_as(name)
    response.headers["Content-Security-Policy"] = POLICY
    if request.if_none_match.contains_weak(sha256):
        response = Response(status=304)
    response.headers["ETag"] = f'"{sha256}"'
    return response


def remove_file(id: str, sha256: str) -> Response:
    """DELETE /documents/<id>/files/<sha256>: 200 with the document."""
    return taken_away(id, sha256, "meetings.remove_file")


def taken_away(id: str, sha256: str, remove: str) -> Response:
    """200 with the record without the file."""
    check_names(())
    asked = {"id": known_id(id), "sha256": sha256, "version": etag.version_wanted(required=False)}
    record = as_record(remove, context.call(remove, asked))
    return etag.conditional(json_response(record), etag.of_version(record["version"]))


def fetch_file(id: str, sha256: str) -> Response:
    """POST /documents/<id>/files/<sha256>/fetch: 202 with how far it is, 200 when it is here."""
    return fetched(id, sha256, "meetings.fetch_file")


def fetched(id: str, sha256: str, fetch: str) -> Response:
    """How far a file is that was asked for."""
    check_names(())
    json_object(optional=True)
    state = context.call(fetch, {"id": known_id(id), "sha256": sha256})
    if not isinstance(state, dict) or "state" not in state:
        raise ServiceFault(fetch, "no-file")
    return json_response(state, 200 if state["state"] == "here" else 202)


def show_preview(id: str, sha256: str) -> Response:
    """GET /documents/<id>/files/<sha256>/preview: a PDF seen from afar."""
    check_names(())
    seen = context.call(PREVIEW, {"id": known_id(id), "sha256": sha256})
    if not isinstance(seen, dict) or "png_base64" not in seen:
        raise ServiceFault(PREVIEW, "no-preview")
    response = json_response(seen)
    return etag.conditional(response, etag.of_bytes(response.get_data()))


def saved_as(name: str) -> str:
    """The header by which a browser saves a file under that name, whatever signs are in it, and in no folder."""
    name = upload.bare(name) or "file"
    plain = "".join(sign if sign.isascii() and sign.isprintable() and sign not in '\\"%;' else "_" for sign in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _wanted(size: int, sha256: str) -> tuple[int, int]:
    """From where to where; all of it for a Range that is none, names several, or is of another file."""
    condition = request.headers.get("If-Range")
    if request.range is None or condition not in (None, f'"{sha256}"') or len(request.range.ranges) != 1:
        return 0, size
    if request.range.units != "bytes":
        return 0, size
    found = request.range.range_for_length(size)
    if found is None or found[0] is None or found[1] is None:
        raise Problem(416, "range-not-possible", {"size": size}, headers={"Content-Range": f"bytes */{size}"})
    return found[0], found[1]


def _parts(read: str, asked: dict[str, Any], start: int, stop: int) -> Iterator[bytes]:
    # What a call needs of the request is taken now: it is over when the parts are read.
    rpc, within, who = context.rpc(), context.settings().call_seconds, context.call_context()

    def parts() -> Iterator[bytes]:
        for place in range(start, stop, PART):
            length = min(PART, stop - place)
            answer = rpc.call(read, {**asked, "start": place, "length": length}, who, within)
            try:
                content = base64.b64decode(answer["content_base64"], validate=True)
            except (KeyError, TypeError, binascii.Error) as error:
                raise ServiceFault(read, "no-bytes") from error
            if len(content) != length:
                raise ServiceFault(read, "too-few-bytes")
            yield content

    return parts()


_FORM: Final = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "format": "binary", "description": "PDF, bureautique, image ou texte"}},
}
_BINARY: Final = {"type": "string", "format": "binary"}
_STATE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["sha256", "state", "held", "size", "percent"],
    "properties": {
        "sha256": {"type": "string"},
        "state": {"type": "string", "description": "here, under_way, on_request, missing"},
        "held": {"type": "integer", "description": "Octets déjà ici"},
        "size": {"type": "integer"},
        "percent": {"type": "integer"},
    },
}
_MATCH: Final = openapi.header("If-Match", "ETag de la version lue")
_REFUSED: Final = ("403", "404", "409", "412", "422")
ADD_DOC: Final[dict[str, Any]] = {
    "parameters": [_MATCH, openapi.IDEMPOTENCY],
    "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}},
    "responses": {"201": openapi.answer("Le document", DocumentSchema, Location="Adresse du fichier")}
    | openapi.problems("400", "413", "415", *_REFUSED),
}
GET_DOC: Final[dict[str, Any]] = {
    "parameters": [
        openapi.header("Range", "Une seule plage d’octets, pour reprendre après une coupure"),
        openapi.header("If-Range", "ETag du fichier commencé"),
        openapi.header("If-None-Match", "ETag déjà connu"),
    ],
    "responses": {
        "200": openapi.answer("Le fichier, sous son propre type", _BINARY, "*/*"),
        "206": openapi.answer("La plage demandée", _BINARY, "*/*"),
    }
    | openapi.problems("304", "404", "409", "416"),
}
PREVIEW_DOC: Final[dict[str, Any]] = {
    "parameters": [openapi.header("If-None-Match", "ETag déjà connu")],
    "responses": {"200": openapi.answer("La première page, petite, et le début du texte", PreviewSchema)}
    | openapi.problems("304", "404", "409", "422"),
}
REMOVE_DOC: Final[dict[str, Any]] = {
    "parameters": [_MATCH, openapi.IDEMPOTENCY],
    "responses": {"200": openapi.answer("Le document", DocumentSchema)} | openapi.problems("400", *_REFUSED),
}
FETCH_DOC: Final[dict[str, Any]] = {
    "responses": {
        "200": openapi.answer("Il est ici", _STATE),
        "202": openapi.answer("Il est demandé", _STATE),
    }
    | openapi.problems("400", "403", "404", "422"),
}
