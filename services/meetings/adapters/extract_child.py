"""The child process that parses one DOCX or PDF: `python -m services.meetings.adapters.extract_child docx`.

Takes the file on standard input and answers one JSON object: {"text": …} or {"error": code, "params": {…}};
for `preview` {"pages": …, "text": …, "png": base64}.
It lowers its own limits before it reads a byte; what it cannot do within them, it does not do.
"""

import base64
import json
import sys
from typing import Any

from services.meetings.adapters import extract_limits as limits
from services.meetings.adapters.bounded_child import lower_limits


def main() -> int:
    """Reads, parses, answers. Exit code 0 whenever it could answer."""
    lower_limits(limits.CHILD_MEMORY, limits.CHILD_CPU_SECONDS)
    kind = sys.argv[1]
    data = sys.stdin.buffer.read(limits.FILE_BYTES + 1)
    try:
        answer = read_file(data, kind)
    except MemoryError:
        answer = {"error": "file-too-heavy", "params": limits.too_heavy()}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    return 0


def read_file(data: bytes, kind: str) -> dict[str, Any]:
    """The answer for one file, in this process."""
    from services.meetings.adapters.unreadable import UnreadableError  # after the limits are set

    try:
        if kind == "preview":
            from services.meetings.adapters.preview import pdf_preview

            seen = pdf_preview(data)
            return {**seen, "text": _clean(seen["text"]), "png": base64.b64encode(seen["png"]).decode()}
        if kind == "docx":
            from services.meetings.adapters.docx_text import docx_text

            text = docx_text(data)
        else:
            from services.meetings.adapters.pdf_text import pdf_text

            text = pdf_text(data)
    except UnreadableError as error:
        return {"error": error.code, "params": error.params}
    if len(text) > limits.TEXT_CHARACTERS:
        return {"error": "too-large", "params": limits.too_large(len(text), limits.TEXT_CHARACTERS)}
    return {"text": _clean(text)}


def _clean(text: str | None) -> str | None:
    return None if text is None else text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


if __name__ == "__main__":
    raise SystemExit(main())
