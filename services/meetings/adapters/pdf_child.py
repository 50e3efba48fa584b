"""The child process that lays out one page of HTML as PDF: `python -m services.meetings.adapters.pdf_child`.

Takes the page on standard input and answers the PDF, or nothing. It lowers its own limits first; it asks no network,
starts nothing, and of the disk reads only what it is made of. Nothing that a page names is fetched.
"""

import os
import sys
from pathlib import Path
from typing import Any

from services.meetings.adapters import pdf_limits as limits
from services.meetings.adapters.bounded_child import lower_limits

_FORBIDDEN = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.system",
              "os.exec", "os.posix_spawn", "os.fork", "os.remove", "os.rename", "os.mkdir")  # fmt: skip


def main() -> int:
    """Reads, lays out, answers."""
    lower_limits(limits.CHILD_MEMORY, limits.CHILD_CPU_SECONDS)
    try:
        import weasyprint  # type: ignore[import-untyped]  # noqa: F401 -- before the disk is closed
    except OSError:  # it binds Pango as it is imported
        sys.stdout.write(limits.MISSING)
        return 0
    page = sys.stdin.buffer.read(limits.PAGE_BYTES + 1).decode("utf-8")
    sys.addaudithook(refuse)
    sys.stdout.buffer.write(lay_out(page))
    sys.stdout.flush()
    return 0


def lay_out(page: str) -> bytes:
    """The PDF/UA-1 of a page, in this process."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]

    made = HTML(string=page, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf(pdf_variant="pdf/ua-1", srgb=False)
    return bytes(made)


def refuse(event: str, given: tuple[Any, ...]) -> None:
    """Raises: PermissionError at what no layout needs."""
    if event in _FORBIDDEN:
        raise PermissionError(event)
    if event == "open" and not _ours(given):
        raise PermissionError(event)


def _ours(given: tuple[Any, ...]) -> bool:
    """Whether a file is one of the program's own, and opened to be read."""
    path, _mode, flags = (*given, None, None, 0)[:3]
    if not isinstance(path, str | bytes):
        return True
    writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    whole = os.path.realpath(os.fsdecode(path))
    return not writes and whole.startswith(_PROGRAM)


_PROGRAM = tuple(
    os.path.realpath(one) + os.sep
    for one in (sys.prefix, f"{sys.base_prefix}/lib", str(Path(__file__).resolve().parents[2]))
)

if __name__ == "__main__":
    raise SystemExit(main())
