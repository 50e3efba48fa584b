"""A page of HTML as PDF/UA-1, laid out by a child process; what was made a moment ago is kept.

Laying out takes a second or more, most of what is asked for is asked again, and the same page gives the same bytes.
"""

from collections import OrderedDict
from hashlib import sha256
from threading import BoundedSemaphore

from chassis.kernel.errors import InvalidError, UnavailableError
from services.meetings.adapters import pdf_limits as limits
from services.meetings.adapters.bounded_child import run_bounded

MEDIA_TYPE = "application/pdf"
_CHILD = "services.meetings.adapters.pdf_child"
_children = BoundedSemaphore(limits.CHILDREN_AT_ONCE)
_kept: OrderedDict[bytes, bytes] = OrderedDict()


def as_pdf(page: str) -> bytes:
    """The PDF of a page. Raises: InvalidError pdf-too-heavy; UnavailableError pdf-busy, pdf-missing."""
    source = page.encode("utf-8", "replace")
    key = sha256(source).digest()
    made = _kept.pop(key, None) or _made(source)
    _kept[key] = made
    while sum(map(len, _kept.values())) > limits.KEPT_BYTES:
        _kept.popitem(last=False)
    return made


def _made(source: bytes) -> bytes:
    if len(source) > limits.PAGE_BYTES:
        raise InvalidError("pdf-too-heavy", None, limits.too_heavy())
    if not _children.acquire(timeout=limits.WAIT_FOR_CHILD_SECONDS):
        raise UnavailableError("pdf-busy")
    try:
        made = run_bounded(_CHILD, [], source, limits.CHILD_WALL_SECONDS)
    finally:
        _children.release()
    if made == limits.MISSING.encode():
        raise UnavailableError("pdf-missing")
    if not made or not made.startswith(b"%PDF"):
        raise InvalidError("pdf-too-heavy", None, limits.too_heavy())
    return made
