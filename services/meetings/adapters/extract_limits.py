"""What a file may cost at most. Minutes of a long meeting are 60 kB of text and a DOCX of 200 kB."""

from typing import Any

MEBIBYTE = 1024 * 1024

TEXT_BYTES = 2 * MEBIBYTE  # of a plain text: a thousand pages
FILE_BYTES = 12 * MEBIBYTE  # of a DOCX or PDF as sent: pictures weigh, text does not
TEXT_LINES = 20_000  # the reader looks at each; the longest minutes known have 600
TEXT_CHARACTERS = 2_000_000  # of the text that a file gives

ARCHIVE_MEMBERS = 2_000
ARCHIVE_BYTES = 256 * MEBIBYTE  # of all members as declared; only the few that hold text are read
MEMBER_BYTES = 16 * MEBIBYTE  # of one member that is read, measured while reading
MEMBER_RATIO = 200  # expanded to compressed; XML reaches 50
RATIO_FROM = MEBIBYTE  # smaller members may be as empty as they like

PAGES = 300
PAGES_LAID_OUT = 60  # pages whose letters are looked at one by one, to tell columns apart

CHILD_MEMORY = 768 * MEBIBYTE  # address space of the process that parses
CHILD_CPU_SECONDS = 20
CHILD_WALL_SECONDS = 40.0
CHILDREN_AT_ONCE = 2  # a node has two cores
WAIT_FOR_CHILD_SECONDS = 60.0


def too_large(size: int, limit: int) -> dict[str, Any]:
    """The params of `too-large`: in bytes (or characters), and in millions as a person reads them."""
    return {"size": size, "limit": limit, "shown": _shown(size), "allowed": _shown(limit)}


def too_heavy() -> dict[str, Any]:
    """The params of `file-too-heavy`."""
    return {"seconds": CHILD_CPU_SECONDS, "mebibytes": CHILD_MEMORY // MEBIBYTE}


def _shown(size: int) -> str:
    return f"{size / 1_000_000:.1f}"
