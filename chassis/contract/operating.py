"""What who runs a node asks of a service, and is given: the schemas of calls.py, free of its machinery.

The gateway documents its addresses below /admin by the same schemas.
"""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from chassis.contract.files import checksum
from chassis.contract.schema import Command, Id, Instant, PageQuery, Part, Text, Whole, many, maybe, one

MANY = 2**53  # more than there will ever be; whole in JSON
LARGEST_PART = 512 * 1024  # bytes of a file in one call


def parked_cursor(item: Mapping[str, Any]) -> str:
    """The place of a listed message; it is the same for all services, so that their lists can be read as one."""
    return f"{item['parked_at']}~{item['id']}"


def parked_place(cursor: str) -> tuple[str, str]:
    """When what stands there was parked, and its id."""
    at, _, id = cursor.partition("~")
    return at, id


class ParkedFilter(Part):
    """Which parked messages: all that is named must fit; of a reason, a part of its text will do."""

    queue = maybe(Text, 120)
    type = maybe(Text, 200)
    reason = maybe(Text, 200)


class ParkedQuery(ParkedFilter, PageQuery):
    """Which parked messages, and how many at a time."""

    page_size = Whole(1, 1000, load_default=100)
    id = maybe(Text, 64)


class ParkedOne(Command):
    """Which parked message."""

    id = Text(64, required=True)


class ReplayParked(ParkedQuery):
    """Which parked messages to try again, page by page; `until` is the same for all pages of one run."""

    until = maybe(Text, 40)


class DropParked(Command):
    """Which parked message to let go, and why."""

    id = Text(64, required=True)
    reason = Text(1000, shortest=3, required=True)


class Resendable(Command):
    """Which events of the log, and to which queue."""

    queue = Text(120, required=True)
    subject = maybe(Id)
    type = maybe(Text, 200)


class ResendEvents(PageQuery):
    """Which events of the log to send again, and to which queue; `run` is the same for all pages of one replay."""

    cursor = maybe(Text, 16, validate=validate.Regexp(re.compile(r"\d+\Z", re.ASCII), error="unreadable-cursor"))
    queue = Text(120, required=True)
    subject = maybe(Id)
    type = maybe(Text, 200)
    run = maybe(Text, 64)


class ForgetCopies(Command):
    """Which copies to forget before they are rebuilt."""

    noun = Text(40, required=True)


class LeavingQuery(Command):
    """Since when."""

    since = Instant(required=True)


class CarriedQuery(Command):
    """Which part of the log, for a file to which node; `cursor` is the place of the last event that was given."""

    to = Text(40, required=True)
    since = maybe(Instant)
    cursor = maybe(Text, 16, validate=validate.Regexp(re.compile(r"\d+\Z", re.ASCII), error="unreadable-cursor"))


class CarriedFilesQuery(Command):
    """Which files, for which node; only what came here since then."""

    to = Text(40, required=True)
    since = maybe(Instant)


class CarriedPartQuery(Command):
    """Which bytes of a file that may go to that node."""

    sha256 = checksum()
    start = Whole(0, MANY, required=True)
    length = Whole(1, LARGEST_PART, required=True)


class CarriedPart(Command):
    """Bytes of a file that was carried by hand."""

    sha256 = checksum()
    size = Whole(1, MANY, required=True)
    start = Whole(0, MANY, required=True)
    content_base64 = Text(LARGEST_PART * 2, required=True)


class SoughtSchema(Command):
    """An event by its names."""

    id = Text(255, required=True)
    source = Text(255, required=True)
    noun = Text(40, required=True)
    subject = Text(255, required=True)
    incarnation = Whole(1, MANY, required=True)
    version = Whole(1, MANY, required=True)


class LookForEvents(Command):
    """Which events."""

    events = many(SoughtSchema, 1000)


class ParkedSchema(Part):
    """A message set aside: where it failed, why, how often, since when; `copies` that differ in nothing are one."""

    id = Text(64, required=True)
    service = Text(40, required=True)
    queue = maybe(Text, 120)
    type = maybe(Text, 200)
    event_id = maybe(Text, 64)
    routing_key = maybe(Text, 255)
    reason = Text(500, required=True)
    attempts = maybe(Whole, 0, MANY)
    first_failed = maybe(Instant)
    last_failed = maybe(Instant)
    parked_at = Instant(required=True)
    bytes = Whole(0, MANY, required=True)
    copies = Whole(1, MANY, required=True)


class ParkedWholeSchema(ParkedSchema):
    """The same with what it carries: JSON where it is JSON, else the first 64 KB in base64."""

    traceback = maybe(Text, 4000)
    body = fields.Raw()
    body_base64 = Text(90_000)


class OutboxLagSchema(Part):
    """Events stored and not yet sent: how many (counted up to 10,000), and the age in seconds of the oldest."""

    waiting = Whole(0, MANY, required=True)
    oldest_seconds = fields.Float(required=True)


class LagSchema(Part):
    """How far a service is behind; queues: name → messages that wait; retries: seconds between tries → messages."""

    service = Text(40, required=True)
    outbox = one(OutboxLagSchema, required=True)
    queues = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    retries = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    parked = Whole(0, MANY, required=True)


class AwaySchema(Part):
    """A service that gave no answer, and why."""

    service = Text(40, required=True)
    code = Text(60, required=True)
    detail = Text(500, required=True)


class LateSchema(AwaySchema):
    """The same, with what the others see waiting for it; queues: name → messages."""

    queues = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class ReplayedSchema(Part):
    """How many parked messages were sent back to where they had failed."""

    replayed = Whole(0, MANY, required=True)


class ReplayedPageSchema(ReplayedSchema):
    """What one page came to; `next_cursor` and `until` go into the next one. Skipped: refused, or without a queue."""

    skipped = Whole(0, MANY, required=True)
    next_cursor = maybe(Text, 200)
    until = Instant(required=True)


class ResendableSchema(Part):
    """How many events of the log the queue takes, and of which nouns."""

    events = Whole(0, MANY, required=True)
    nouns = fields.List(fields.String(), required=True)


class ResentSchema(Part):
    """What one page came to; `run` and `next_cursor` go into the next one."""

    sent = Whole(0, MANY, required=True)
    run = Text(64, required=True)
    next_cursor = maybe(Id)


class ForgottenSchema(Part):
    """How many copies were forgotten."""

    forgotten = Whole(0, MANY, required=True)
