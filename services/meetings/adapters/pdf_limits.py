"""What a PDF may cost at most: a page takes a tenth of a second of a processor, 200 pages 20 s and 300 MiB."""

from typing import Any

MEBIBYTE = 1024 * 1024

PAGE_BYTES = 4 * MEBIBYTE  # of HTML; 200 printed pages are 0.8 MB
CHILD_MEMORY = 1024 * MEBIBYTE  # address space of the process that lays out
CHILD_CPU_SECONDS = 45
CHILD_WALL_SECONDS = 50.0  # who asks waits 60 s
CHILDREN_AT_ONCE = 2  # a node has two cores
WAIT_FOR_CHILD_SECONDS = 20.0
MISSING = "missing"  # what the child answers where the machine has no Pango
KEPT_BYTES = 16 * MEBIBYTE  # of PDFs made a moment ago


def too_heavy() -> dict[str, Any]:
    """The params of `pdf-too-heavy`."""
    return {"seconds": CHILD_CPU_SECONDS, "mebibytes": CHILD_MEMORY // MEBIBYTE}
