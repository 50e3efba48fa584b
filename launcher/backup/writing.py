"""Writes a backup file: under another name until it is whole and was read back, readable by its owner alone."""

import contextlib
import gzip
import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from launcher.backup.contents import FORMAT, HEADER, MANIFEST, NAME, Manifest, Member
from launcher.errors import LauncherError

LEVEL = 6  # of gzip; 9 takes twice the time for a few hundredths less
PRIVATE = 0o600


class Writer:
    """Adds members one after the other; each is in memory whole, one at a time."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.members: dict[str, Member] = {}

    def begin(self, node: str, made_at: str) -> None:
        """The member that says what the file is."""
        self.add(HEADER, json.dumps({"format": FORMAT, "node": node, "made_at": made_at}).encode())

    def add(self, name: str, data: bytes) -> None:
        """One member. Raises: ValueError for a name that could not be taken in again."""
        if not NAME.fullmatch(name):
            raise ValueError(name)
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(data), PRIVATE
        self._tar.addfile(info, io.BytesIO(data))
        self.members[name] = Member(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    def end(self, manifest: Manifest) -> Manifest:
        """The manifest, completed by the members that were added."""
        whole = replace(manifest, members=dict(self.members))
        self.add(MANIFEST, whole.write())
        return whole


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A private file beside `path` to write to, which becomes `path` at a clean end and is gone otherwise."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:
        raise LauncherError("backup-unwritable", path=path, reason=error.strerror) from error
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:  # a full disk names no file
        raise LauncherError("backup-unwritable", path=path, reason=error.strerror) from error
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def writer(part: Path) -> Iterator[Writer]:
    """Write to a file that is there; on the disk when the block ends."""
    with part.open("wb") as file:
        with (
            gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=LEVEL) as packed,
            tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
        ):
            yield Writer(tar)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
