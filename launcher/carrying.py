"""Files carried by hand between nodes: written from the node's answer, sent to the node, and what became of them."""

import http.client
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis.federation import carried
from chassis.kernel.errors import InvalidError
from launcher.api_client import ApiClient
from launcher.api_errors import ApiProblemError
from launcher.errors import LauncherError

MEDIA = "application/octet-stream"
CHUNK = 64 * 1024
EXPIRED = ("invalid-token", "token-expired")
"""A token of the command line lasts ten minutes; a large file may take longer."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """A file that was made."""

    path: Path
    size: int
    to: str
    since: str | None
    events: dict[str, Counter[str]]
    files: int
    left_out: Mapping[str, int]

    @property
    def count(self) -> int:
        """How many events are in it."""
        return sum(sum(nouns.values()) for nouns in self.events.values())


def export(client: ApiClient, wanted: dict[str, Any], target: Path, told: Callable[[int], None]) -> Written:
    """Have the node write a file; `target` may be a folder. It is there whole, or not at all. Raises: LauncherError."""
    _require_absent(target)
    body = json.dumps(wanted).encode()
    with client.stream("/federation/exports", body, "application/json") as answer:
        name = (answer.getheader("Content-Disposition") or "").partition('filename="')[2].rstrip('"')
        path = target / Path(name).name if target.is_dir() else target
        _require_absent(path)
        part = path.with_name(f".{path.name}.part")
        try:
            header, closing, size = _save(answer, part, told)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)
    files = sum(sum(nouns.values()) for nouns in carried.counted(closing.blocks, carried.FILES).values())
    return Written(
        path=path,
        size=size,
        to=header.receiver,
        since=header.since,
        events=carried.counted(closing.blocks),
        files=files,
        left_out=closing.left_out,
    )


def take_in(client: ApiClient, path: Path) -> Iterator[dict[str, Any]]:
    """Give a file to the node: {phase, done, of} again and again, in the end {report}. Raises: LauncherError."""
    while True:
        last: dict[str, Any] = {}
        for last in _told(client, path):
            if "problem" not in last:
                yield last
        problem = last.get("problem")
        if problem is None and "report" not in last:
            raise LauncherError("carried-import-cut")
        if problem is None:
            return
        if problem["code"] not in EXPIRED:
            raise ApiProblemError(problem["status"], problem["code"], problem["detail"], [])
        client.renew()


def _told(client: ApiClient, path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        with client.stream("/federation/imports", file, MEDIA, length=size) as answer:
            yield from _lines(answer)


def _require_absent(path: Path) -> None:
    if path.exists() and not path.is_dir():
        raise LauncherError("carried-exists", path=path)


def _save(
    answer: http.client.HTTPResponse, part: Path, told: Callable[[int], None]
) -> tuple[carried.Header, carried.Closing, int]:
    """The answer in a file, looked through before it counts as one."""
    with part.open("w+b") as file:
        try:
            while chunk := answer.read(CHUNK):
                file.write(chunk)
                told(file.tell())
        except (OSError, http.client.HTTPException) as error:
            if isinstance(error, OSError) and error.errno is not None and error.filename:
                raise
            raise LauncherError("carried-cut") from error
        file.flush()
        os.fsync(file.fileno())  # a USB key is often pulled out early
        size = file.tell()
        file.seek(0)
        try:
            found = carried.read(file)
        except InvalidError as error:
            raise LauncherError("carried-cut") from error
    return carried.header_of(found.header), carried.closing_of(found.closing), size


def _lines(answer: http.client.HTTPResponse) -> Iterator[dict[str, Any]]:
    try:
        while line := answer.readline():
            yield json.loads(line)
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise LauncherError("carried-import-cut") from error
