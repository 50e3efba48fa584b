"""Reads a backup file: what it is, whether all of it is what was written, and its members one after the other."""

import contextlib
import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from launcher.backup.contents import FORMAT, HEADER, LARGEST_MEMBER, MANIFEST, NAME, Manifest, Member, NoBackupError

BLOCK = 1024 * 1024
BEGINNING, STEP = 2048, 64  # bytes: what the first member takes, and how it is approached
UNREADABLE = (OSError, EOFError, zlib.error, tarfile.TarError, UnicodeError, OverflowError)


def open_file(path: Path) -> BinaryIO:
    """The file, open. Raises: NoBackupError backup-unreadable."""
    try:
        return path.open("rb")
    except OSError as error:
        raise NoBackupError("backup-unreadable", path=path, reason=error.strerror) from error


def check(file: BinaryIO, read: Callable[[int], None] = lambda _: None) -> Manifest:
    """The manifest of a file that is whole: every member is there, as it was written. `read` is told how far it got.

    Raises: NoBackupError backup-none, backup-format, backup-damaged.
    """
    seen: dict[str, Member] = {}
    manifest: Manifest | None = None
    for name, data in members(file):
        read(file.tell())
        if manifest is not None or name in seen:
            raise NoBackupError("backup-damaged", reason=name)
        if name == MANIFEST:
            manifest = _manifest(data)
        else:
            seen[name] = Member(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    if manifest is None:
        raise NoBackupError("backup-damaged", reason=MANIFEST)
    if manifest.members != seen:
        differing = {name for name in seen | manifest.members if seen.get(name) != manifest.members.get(name)}
        raise NoBackupError("backup-damaged", reason=min(differing))
    return manifest


def members(file: BinaryIO) -> Iterator[tuple[str, bytes]]:
    """(name, content) of each member, from the first, which says what the file is. Raises: NoBackupError."""
    _check_beginning(file)
    file.seek(0)
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
            for info in tar:
                yield info.name, _content(tar, info)
            while plain.read(BLOCK):  # to the very end: only there is the checksum of the whole
                continue
    except UNREADABLE as error:
        raise NoBackupError("backup-damaged", reason=type(error).__name__) from error


def _content(tar: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    taken = tar.extractfile(info) if info.isreg() and info.size <= LARGEST_MEMBER else None
    if taken is None:
        raise tarfile.ReadError(info.name)
    data = taken.read()
    if len(data) != info.size:
        raise EOFError
    return data


def _check_beginning(file: BinaryIO) -> None:
    """What the file is stands in its first bytes, and is told from them even where the rest is cut off."""
    unpacking, beginning = zlib.decompressobj(wbits=31), b""
    file.seek(0)
    try:
        with contextlib.suppress(zlib.error):
            while len(beginning) < BEGINNING and (raw := file.read(STEP)):
                beginning += unpacking.decompress(raw)
        with tarfile.open(fileobj=io.BytesIO(beginning), mode="r:") as tar:
            info = tar.next()
            told = json.loads(_content(tar, info)) if info and info.name == HEADER else {}
        given = told["format"]
    except (*UNREADABLE, ValueError, KeyError, TypeError) as error:
        raise NoBackupError("backup-none") from error
    if given != FORMAT:
        raise NoBackupError("backup-format", given=given, known=FORMAT)


def _manifest(data: bytes) -> Manifest:
    try:
        manifest = Manifest.read(data)
        fitting = all(NAME.fullmatch(name) for name in manifest.members) and manifest.incarnation >= 1
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoBackupError("backup-damaged", reason=MANIFEST) from error
    if not fitting:
        raise NoBackupError("backup-damaged", reason=MANIFEST)
    return manifest
