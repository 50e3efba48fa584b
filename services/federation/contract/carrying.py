"""What is said of files that carry events by hand, between the gateway and the federation service, and to its callers.

The gateway reads and writes the file; the federation service judges who it is from, and what is published of it.
"""

from marshmallow import fields

from chassis.contract.schema import Choice, Command, Instant, Part, Text, Whole, YesNo, many, maybe, one
from chassis.federation.carried import EVENTS, FILES
from services.federation.contract.records import MANY, SLUG

FILES_MOST = 2 * 1024 * 1024
"""The largest file of a document that is carried if nothing else is said; events are always all there."""
LARGEST_FILE = 2**40
BASE64 = 12 * 1024 * 1024
"""Characters: a block or a closing is of 8 MiB at most."""
OUTCOMES = ("new", "known", "refused", "waiting", "elsewhere")
"""Of an event: taken in now; there already; parked; not settled yet; of a service that this node does not run."""


class ExportSchema(Command):
    """For which node (a region's file is for its centre), and since when; `everything`: the whole log.

    If neither is said: all that the other node is not known to have. `files_most`: the largest file of a document that
    is in it, in bytes; 0 for none.
    """

    to = maybe(Text, SLUG)
    since = maybe(Instant)
    everything = YesNo(load_default=False)
    files_most = Whole(0, LARGEST_FILE, load_default=FILES_MOST)


class NounCountSchema(Command):
    """How many events of a noun."""

    noun = Text(SLUG, required=True)
    events = Whole(1, MANY, required=True)


class WrittenBlockSchema(Command):
    """A block that was written into the file."""

    kind = Choice(EVENTS, FILES, load_default=EVENTS)
    service = Text(SLUG, required=True)
    nouns = many(NounCountSchema, 100)
    sha256 = Text(64, required=True)


class LeftOutSchema(Command):
    """How many files were too large to be in it, and the bytes of the largest."""

    files = Whole(1, MANY, required=True)
    largest = Whole(1, LARGEST_FILE, required=True)


class CloseExportSchema(Command):
    """The header as it was given, the blocks in their order, and what was left out."""

    header = Text(BASE64, required=True)
    blocks = many(WrittenBlockSchema, 20_000)
    left_out = one(LeftOutSchema, allow_none=True, load_default=None)


class OpenImportSchema(Command):
    """The parts of a file but its blocks, in base64."""

    header = Text(BASE64, required=True)
    closing = Text(BASE64, required=True)
    signature = Text(BASE64, required=True)


class ImportBlockSchema(Command):
    """One of its blocks, as it stands in the file."""

    id = Text(64, required=True)
    number = Whole(0, 20_000, required=True)
    content = Text(BASE64, required=True)


class CloseImportSchema(Command):
    """A file of which every block was published."""

    id = Text(64, required=True)


class OutcomeSchema(Part):
    """What became of the events of one noun."""

    service = Text(SLUG, required=True)
    noun = Text(SLUG, required=True)
    new = Whole(0, MANY, required=True)
    known = Whole(0, MANY, required=True)
    refused = Whole(0, MANY, required=True)
    waiting = Whole(0, MANY, required=True)
    elsewhere = Whole(0, MANY, required=True)


class CarriedFilesSchema(Part):
    """What became of files: taken in; here already; of a document that is not here; with other bytes than it should."""

    new = Whole(0, MANY, required=True)
    known = Whole(0, MANY, required=True)
    unnamed = Whole(0, MANY, required=True)
    wrong = Whole(0, MANY, required=True)


class TookSchema(Part):
    """How many events were published and settled in this run, in how many seconds: their rate."""

    events = Whole(0, MANY, required=True)
    seconds = fields.Float(required=True)
    rate = fields.Float(required=True)


class ReportSchema(Part):
    """What an import came to. `before`: events that an import of the same file had published before it was cut.

    `certificate_ended`: the sender's certificate held when the file was made, and does no more.
    """

    id = Text(64, required=True)
    sender = Text(SLUG, required=True)
    made_at = Instant(required=True)
    since = maybe(Instant)
    before = Whole(0, MANY, required=True)
    certificate_ended = YesNo(required=True)
    outcomes = many(OutcomeSchema, 500)
    files = one(CarriedFilesSchema, required=True)
    took = one(TookSchema, required=True)


class ProblemLineSchema(Part):
    """Why an import stopped: problem details, as in an answer of their own."""

    status = Whole(400, 599, required=True)
    code = Text(60, required=True)
    detail = Text(1000, required=True)


class ProgressSchema(Part):
    """A line of the answer to an import: how far it is, and in the last one its report, or what stopped it."""

    phase = maybe(Choice, "publishing", "settling", "files")
    done = maybe(Whole, 0, MANY)
    of = maybe(Whole, 0, MANY)
    report = one(ReportSchema, allow_none=True, load_default=None)
    problem = one(ProblemLineSchema, allow_none=True, load_default=None)
