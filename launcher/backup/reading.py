"""Reads a backup file: what it is, whether all of it is what was written, and its members one after the other."""

import gzip
import hashlib
import json
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from launcher.backup.contents import FORMAT, HEADER, LARGEST_MEMBER, MANIFEST, NAME, Manifest, Member, NoBackupError

BLOCK = 1024 * 1024
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
    begun = False
    file.seek(0)
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
            for info in tar:
                data = _content(tar, info)
                if not begun:
                    _check_header(info.name, data)
                    begun = True
                yield info.name, data
            while plain.read(BLOCK):  # to the very end: only there is the checksum of the whole
                continue
    except UNREADABLE as error:
        raise NoBackupError("backup-damaged" if begun else "backup-none", reason=type(error).__name__) from error
    if not begun:
        raise NoBackupError("backup-none")


def _content(tar: tarfile.TarFile, info: tarfile.TarInfo) -> bytes:
    taken = tar.extractfile(info) if info.isreg() and info.size <= LARGEST_MEMBER else None
    if taken is None:
        raise tarfile.ReadError(info.name)
    data = taken.read()
    if len(data) != info.size:
        raise EOFError
    return data


def _check_header(name: str, data: bytes) -> None:
    try:
        told = json.loads(data) if name == HEADER else None
        given = told["format"] if told else None
    except (ValueError, KeyError, TypeError) as error:
        raise NoBackupError("backup-none") from error
    if given is None:
        raise NoBackupError("backup-none")
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
