"""ETags: a record's is its version in quotes, a list's a hash of its bytes; and the conditions that name them."""

import hashlib
import re
from typing import Any, Final

from flask import Response, request

from chassis.kernel.errors import StaleError
from gateway.problems import Problem

_STRONG: Final = re.compile(r'"[\x21\x23-\x7e]*"')
_VERSION: Final = re.compile(r'"([1-9]\d{0,15})(?:\.[0-9a-f]{32})?"', re.ASCII)


def of_version(version: Any, form: str = "") -> str:
    """The tag of a record's version; form: of a representation other than JSON."""
    return f'"{version}-{form}"' if form else f'"{version}"'


def of_page(version: Any, body: bytes) -> str:
    """The tag of a record shown with what others make of it: its version, which If-Match may name, and a hash."""
    return f'"{version}.{hashlib.sha256(body).hexdigest()[:32]}"'


def of_bytes(body: bytes) -> str:
    """The tag of bytes that have no version."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def weak(tag: str) -> str:
    """The tag of an answer that says the same though its bytes may differ, in the seconds of an instant."""
    return f"W/{tag}"


def conditional(response: Response, tag: str) -> Response:
    """The response with its tag; 304 without a body when the caller has it already (RFC 9110, 13.1.2)."""
    response.headers["ETag"] = tag
    wanted = request.if_none_match
    if response.status_code == 200 and (wanted.star_tag or wanted.contains_weak(tag.removeprefix("W/").strip('"'))):
        response.status_code = 304
        response.set_data(b"")
        response.headers.pop("Content-Type", None)
    return response


def version_wanted(*, required: bool) -> int | None:
    """The version that If-Match names; None when the header is absent and may be.

    Raises: Problem 428 precondition-required, if-match-star; 400 if-match-unreadable; 412 if-match-weak;
    StaleError for a tag that is no version of any record.
    """
    given = request.headers.get("If-Match")
    if given is None:
        if required:
            raise Problem(428, "precondition-required")
        return None
    given = given.strip()
    if given == "*":
        raise Problem(428, "if-match-star")
    if given.startswith("W/") and _STRONG.fullmatch(given[2:]):
        raise Problem(412, "if-match-weak")
    if not _STRONG.fullmatch(given):
        raise Problem(400, "if-match-unreadable")
    version = _VERSION.fullmatch(given)
    if version is None or int(version[1]) > 2**53:
        raise StaleError("stale-version", None, {"given": given.strip('"')[:40], "current": ""})
    return int(version[1])
