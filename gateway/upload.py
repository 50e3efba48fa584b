"""A document in a request: text in the body, or a file by multipart; its bytes are passed on as they came.

Nothing is guessed here: what was declared of the file (type, character set, name) goes to the service with the bytes.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any, Final

from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from chassis.kernel.errors import InvalidError
from gateway import context
from gateway.body import read_at_most
from gateway.problems import Problem

TEXT: Final = "text/plain"
MULTIPART: Final = "multipart/form-data"
FRAMING: Final = 16 * 1024  # bytes a multipart body may have around its file
# Control characters, breaks of a line, and what turns the direction of a text: "fdp.exe" is shown as "exe.pdf".
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def document() -> dict[str, Any]:
    """{content_base64, media_type, charset, filename} of what was sent.

    Raises: Problem 400 empty-body, 413, 415; InvalidError for a form without the file or with more than it.
    """
    limit = context.settings().upload_limit
    if request.mimetype == MULTIPART:
        content, declared = _read_part(limit)
    elif request.mimetype == TEXT:
        content = read_at_most(limit)
        declared = TEXT, request.mimetype_params, None
    else:
        raise _another_form(f"{TEXT}, {MULTIPART}")
    if len(content) > limit:
        raise RequestEntityTooLarge
    if not content:
        raise Problem(400, "empty-body")
    media_type, params, name = declared
    return {
        "content_base64": base64.b64encode(content).decode("ascii"),
        "media_type": media_type[:200],
        "charset": params.get("charset", "")[:40] or None,
        "filename": bare(name),
    }


def file(limit: int) -> tuple[bytes, str, str | None]:
    """The bytes of the one file of a form, its media type and its name. Raises: as `document`."""
    if request.mimetype != MULTIPART:
        raise _another_form(MULTIPART)
    content, (media_type, _, name) = _read_part(limit)
    if len(content) > limit:
        raise RequestEntityTooLarge
    if not content:
        raise Problem(400, "empty-body")
    return content, media_type[:200], bare(name)


def _read_part(limit: int) -> tuple[bytes, tuple[str, Mapping[str, str], str | None]]:
    """At most one byte more than allowed, and what was declared of them."""
    request.max_content_length = limit + FRAMING
    part = _file_part()
    with part.stream:
        content = part.stream.read(limit + 1)
    return content, (part.mimetype or "application/octet-stream", part.mimetype_params, part.filename)


def _another_form(wanted: str) -> Problem:
    params = {"given": request.mimetype or "—", "wanted": wanted}
    return Problem(415, "wrong-content-type", params, headers={"Accept": wanted})


def _file_part() -> FileStorage:
    parts = list(request.files.items(multi=True))
    others = [name for name, _ in parts if name != "file"] + list(request.form)
    if others:
        other = str(others[0] or "")[:60]  # a part may come without a name
        raise InvalidError("unknown-field", other, {"field": other})
    if len(parts) != 1:
        raise InvalidError("required" if not parts else "one-file-only", "file")
    return parts[0][1]


def bare(name: str | None) -> str | None:
    """The file's own name: no folders, nothing unprintable, at most 200 characters."""
    if not name:
        return None
    last = re.split(r"[/\\]", name)[-1].encode("utf-8", "replace").decode("utf-8")
    return _UNSAFE.sub("", last)[-200:] or None
