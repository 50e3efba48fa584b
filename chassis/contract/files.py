"""Files: what records say of them, and the two messages by which their bytes go from node to node beside the events.

* `gtm.<service>.file.requested.v1`: send me these pieces of the file with that SHA-256.
* `gtm.<service>.file.sent.v1`: one piece.
Like those of exchange.py they are CloudEvents that are never stored: whoever lacks a piece asks again. Their routing
key has a sixth word, the node that it is for: a centre passes it on to nobody else.
"""

from functools import cache
from typing import Final

from marshmallow import EXCLUDE, fields, validate

from chassis.contract.envelope import EventType
from chassis.contract.schema import Choice, Command, Id, Part, Text, VersionQuery, Whole, many, maybe

FILE: Final = "file"
STATES: Final = ("here", "under_way", "on_request", "missing")
MOST_ASKED: Final = 8
LARGEST: Final = 2**40
_SHA256 = validate.Regexp(r"[0-9a-f]{64}\Z", error="not-a-sha256")


def checksum() -> Text:
    """A field with a SHA-256, 64 hexadecimal digits."""
    return Text(64, validate=_SHA256, required=True)


class FileSchema(Part):
    """A file that belongs to a record: never its bytes, which are found by their SHA-256."""

    sha256 = checksum()
    name = Text(200, required=True)
    media_type = Text(200, required=True)
    size = Whole(1, LARGEST, required=True)


class FileStateSchema(FileSchema):
    """A file, and how much of it is on this node; `problem` says why it did not come."""

    version_number = Whole(1, 10_000, required=True)
    state = Choice(*STATES, required=True)
    held = Whole(0, LARGEST, required=True)
    percent = Whole(0, 100, required=True)
    problem = maybe(Choice, "wrong-hash")


class _Message(Part):
    class Meta:
        unknown = EXCLUDE

    to = Text(40, required=True, metadata={"description": "the node that it is for"})
    sha256 = checksum()


class FileRequestedSchema(_Message):
    """Which pieces are wanted; piece n begins at byte n × 32,768."""

    pieces = many(Whole(0, 2**31), MOST_ASKED, required=True)


class FileSentSchema(_Message):
    """A piece: 32,768 bytes, the last one fewer."""

    size = Whole(1, LARGEST, required=True, metadata={"description": "of the whole file"})
    number = Whole(0, 2**31, required=True)
    data = fields.String(required=True, metadata={"description": "the bytes, in base64"})


class FilesQuerySchema(Part):
    """The files of which record."""

    id = Id(required=True)
    page_size = Whole(1, 200, load_default=50)
    cursor = maybe(Text, 1000)


class FileQuerySchema(Part):
    """Which file of which record."""

    id = Id(required=True)
    sha256 = checksum()


class ReadFileSchema(FileQuerySchema):
    """Which bytes of it; length 0: only what there is to know."""

    start = Whole(0, LARGEST, load_default=0)
    length = Whole(0, 2**20, load_default=0)


class KeepPartSchema(FileQuerySchema):
    """Bytes of a file that will be added to a record; `start` is a multiple of 32,768."""

    size = Whole(1, LARGEST, required=True)
    start = Whole(0, LARGEST, required=True)
    content_base64 = fields.String(required=True)


class AddFileSchema(VersionQuery, Command):
    """Add a file whose bytes were kept before."""

    sha256 = checksum()
    name = Text(200, required=True)
    media_type = Text(200, required=True)
    size = Whole(1, LARGEST, required=True)


class RemoveFileSchema(VersionQuery, Command):
    """Take a file away."""

    sha256 = checksum()


@cache
def file_requested(service: str) -> EventType:
    """The event type by which a node asks for pieces."""
    about = "A node asks another for pieces of a file that an event announced. Never stored."
    return EventType(f"gtm.{service}.file.requested.v1", FileRequestedSchema, about)


@cache
def file_sent(service: str) -> EventType:
    """The event type of pieces."""
    about = "A piece of a file for the node that asked for it. Never stored."
    return EventType(f"gtm.{service}.file.sent.v1", FileSentSchema, about)


@cache
def file_messages(service: str) -> tuple[EventType, ...]:
    """Both."""
    return file_requested(service), file_sent(service)
