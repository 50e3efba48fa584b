"""The text of a file as sent: plain text, DOCX or PDF.

In order: size, declared kind against the first bytes, then the text. DOCX and PDF are parsed by a child process with
limits of its own on memory and time, so that no file takes the service with it.
"""

import json
from threading import BoundedSemaphore
from typing import Any

from chassis.kernel.errors import InvalidError, UnavailableError
from services.meetings.adapters import extract_limits as limits
from services.meetings.adapters.bounded_child import run_bounded
from services.meetings.adapters.file_kinds import Declared, Kind, kind_of
from services.meetings.adapters.plain_text import decode

_CHILD = "services.meetings.adapters.extract_child"
_children = BoundedSemaphore(limits.CHILDREN_AT_ONCE)


def extract_text(
    data: bytes,
    media_type: str = "text/plain",
    charset: str | None = None,
    filename: str | None = None,
    *,
    field: str = "file",
) -> str:
    """The text of a file. media_type may carry parameters (`text/plain; charset=windows-1252`).

    Raises: InvalidError empty-file, too-large, file-type-unsupported, file-type-mismatch, nul-bytes, text-not-utf-8,
    charset-unknown, charset-mismatch, file-encrypted, file-unreadable, file-expands-too-much, file-too-heavy,
    too-many-pages, too-many-lines, no-text-in-file; UnavailableError extraction-busy.
    """
    declared_type, declared_charset = _declared(media_type)
    if not data:
        raise InvalidError("empty-file", field)
    kind = kind_of(data, Declared(declared_type, filename), field)
    limit = limits.TEXT_BYTES if kind == "text" else limits.FILE_BYTES
    if len(data) > limit:
        raise InvalidError("too-large", field, limits.too_large(len(data), limit))
    text = decode(data, charset or declared_charset, field) if kind == "text" else _in_child(data, kind, field)
    if not text.strip():
        raise InvalidError("empty-file", field)
    lines = max(text.count("\n"), text.count("\r"))
    if lines > limits.TEXT_LINES:
        raise InvalidError("too-many-lines", field, {"lines": lines, "limit": limits.TEXT_LINES})
    return text


def _declared(media_type: str) -> tuple[str, str | None]:
    """(media type, charset) of a Content-Type header."""
    bare, *parameters = (media_type or "").split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return bare.strip().lower(), value
    return bare.strip().lower(), None


def preview(data: bytes, media_type: str, *, field: str = "file") -> dict[str, Any]:
    """{pages, text, png: base64} of a PDF. Raises: InvalidError file-type-unsupported and as above."""
    if media_type != "application/pdf":
        raise InvalidError("file-type-unsupported", field, {"found": media_type, "accepted": "PDF"})
    if len(data) > limits.FILE_BYTES:
        raise InvalidError("too-large", field, limits.too_large(len(data), limits.FILE_BYTES))
    return _answer(data, "preview", field)


def _in_child(data: bytes, kind: Kind, field: str) -> str:
    return str(_answer(data, kind, field)["text"])


def _answer(data: bytes, kind: str, field: str) -> dict[str, Any]:
    if not _children.acquire(timeout=limits.WAIT_FOR_CHILD_SECONDS):
        raise UnavailableError("extraction-busy", field)
    try:
        answer = _run(data, kind)
    finally:
        _children.release()
    if "error" in answer:
        raise InvalidError(answer["error"], field, answer.get("params"))
    return answer


def _run(data: bytes, kind: str) -> dict[str, Any]:
    """The child's answer: {text} or {error, params}. A child that dies or lingers has met its limits."""
    output = run_bounded(_CHILD, [kind], data, limits.CHILD_WALL_SECONDS)
    if output is None:
        return {"error": "file-too-heavy", "params": limits.too_heavy()}
    try:
        answer = json.loads(output)
    except ValueError:
        return {"error": "file-too-heavy", "params": limits.too_heavy()}
    return answer if isinstance(answer, dict) else {"error": "file-unreadable", "params": {"kind": kind.upper()}}
