"""The child process that parses one DOCX or PDF: `python -m services.meetings.adapters.extract_child docx`.

Takes the file on standard input and answers one JSON object: {"text": …} or {"error": code, "params": {…}}.
It lowers its own limits before it reads a byte; what it cannot do within them, it does not do.
"""

import json
import resource
import sys
from typing import Any

from services.meetings.adapters import extract_limits as limits


def main() -> int:
    """Reads, parses, answers. Exit code 0 whenever it could answer."""
    lower_limits()
    kind = sys.argv[1]
    data = sys.stdin.buffer.read(limits.FILE_BYTES + 1)
    try:
        answer = read_file(data, kind)
    except MemoryError:
        answer = {"error": "file-too-heavy", "params": limits.too_heavy()}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    return 0


def lower_limits() -> None:
    """Bounds address space, processor time, files written and core dumps of this process."""
    for what, most in (
        (resource.RLIMIT_AS, limits.CHILD_MEMORY),
        (resource.RLIMIT_CPU, limits.CHILD_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def read_file(data: bytes, kind: str) -> dict[str, Any]:
    """The answer for one file, in this process."""
    from services.meetings.adapters.unreadable import UnreadableError  # after the limits are set

    try:
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
    return {"text": text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")}


if __name__ == "__main__":
    raise SystemExit(main())
