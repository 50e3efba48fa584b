"""What a backup file is made of: a gzip-compressed tar archive of small members.

    gtm-backup.json                      first: {format, node, made_at}, so that any later format can still be named
    databases/<owner>/<collection>/<n>   BSON documents one after the other, some megabytes a member
    keys/<file> · keys/federation/<file> · mail/<file> · home/<mark>
    manifest.json                        last: what was written, with the size and SHA-256 of every member before it

Documents lie in pieces so that neither side needs more memory than a piece, whatever the size of a collection.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from launcher.errors import LauncherError
from launcher.settings import SERVICES

FORMAT = 1
HEADER, MANIFEST = "gtm-backup.json", "manifest.json"
OWNERS = (*SERVICES, "gateway")
"""Who keeps a database of its own; the prefix of the names is the node's matter, not the file's."""

PIECE_BYTES = 4 * 1024 * 1024
LARGEST_MEMBER = 256 * 1024 * 1024  # the manifest of two million members; nothing else comes near

# Nothing is ever unpacked under a name that does not fit: a file from elsewhere cannot write where it likes.
NAME = re.compile(
    rf"{re.escape(HEADER)}|{re.escape(MANIFEST)}|databases/(?P<owner>{'|'.join(OWNERS)})/(?P<collection>[a-z][a-z0-9_]*)"
    r"/[0-9]{6}|(?P<folder>keys/federation|keys|mail|home)/(?P<file>[A-Za-z0-9_][A-Za-z0-9._-]{0,120})"
)


class NoBackupError(LauncherError):
    """The file cannot be taken in; nothing was touched."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member as the manifest knows it."""

    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup holds: whose, when, of which `incarnation`; documents counted by database and collection."""

    format: int
    node: str
    platform: str
    incarnation: int
    made_at: str
    store: str
    databases: dict[str, dict[str, int]]
    members: dict[str, Member] = field(repr=False)

    @property
    def documents(self) -> int:
        """How many documents there are in all."""
        return sum(sum(collections.values()) for collections in self.databases.values())

    def write(self) -> bytes:
        """As it stands in the file."""
        return json.dumps(asdict(self), ensure_ascii=False).encode()

    @classmethod
    def read(cls, raw: bytes) -> "Manifest":
        """Raises: ValueError, TypeError, KeyError where it is not one."""
        told: dict[str, Any] = json.loads(raw)
        members = {name: Member(**one) for name, one in told.pop("members").items()}
        return cls(members=members, **told)


def piece_name(owner: str, collection: str, number: int) -> str:
    """The member that holds the documents of a piece."""
    return f"databases/{owner}/{collection}/{number:06}"


def documents(piece: bytes) -> Iterator[bytes]:
    """The BSON documents of a piece, each as it is; a document begins with its own length (bsonspec.org)."""
    at = 0
    while at < len(piece):
        length = int.from_bytes(piece[at : at + 4], "little", signed=True)
        if not 5 <= length <= len(piece) - at:
            raise NoBackupError("backup-damaged", reason="BSON")
        yield piece[at : at + length]
        at += length
