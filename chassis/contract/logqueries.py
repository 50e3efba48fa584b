"""What is asked of a log and given: the schemas of chassis/calls/log.py, free of its machinery."""

from marshmallow import fields

from chassis.contract.schema import Command, Id, Instant, PageQuery, Part, Text, Whole, YesNo, maybe, one

MANY = 2**53


class HistoryQuery(PageQuery):
    """Which record."""

    noun = Text(40, required=True)
    id = Id(required=True)


class ChangeSchema(Part):
    """A field that changed; `before` and `after` where they are kept, not too long, and for this reader."""

    field = Text(80, required=True)
    before = fields.Raw()
    after = fields.Raw()
    too_long = YesNo(required=True)


class VersionSchema(Part):
    """A version of a record: when, by whom and why (not for the public), by what act, and what changed."""

    version = Whole(1, MANY, required=True)
    incarnation = Whole(1, MANY, required=True)
    time = Instant(required=True)
    type = Text(200, required=True)
    actor = Text(80, required=True, allow_none=True)
    institution_id = maybe(Text, 80)
    why = maybe(Text, 500)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    changed = fields.List(fields.String(), required=True)
    correlation_id = Text(255, required=True)


class CompactLog(Command):
    """One page of a compaction; `run` and `cursor` are those that the page before gave."""

    dry_run = YesNo(load_default=False)
    cursor = maybe(Id)
    run = maybe(Id)


class CompactedSchema(Part):
    """What one page came to; `run` and `next_cursor` go into the next one. With dry_run: what would be removed."""

    run = Id(required=True)
    examined = Whole(0, MANY, required=True)
    removed = Whole(0, MANY, required=True)
    nouns = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    next_cursor = maybe(Id)


class VerifyTrail(Command):
    """One page of a verification; `run` and `cursor` are those that the page before gave."""

    since = maybe(Instant)
    cursor = maybe(Text, 200)
    run = maybe(Id)


class HeadSchema(Part):
    """The newest entry of a trail."""

    n = Whole(1, MANY, required=True)
    at = Instant(required=True)
    sha256 = Text(64, required=True)


class VerifiedSchema(Part):
    """What one page came to; `run` and `next_cursor` go into the next one, and the same `since`.

    faults: {code, and what tells the place: n, event, subject, type, version, time, noun, fields…}; explained: what
    is gone or changed by a note of the trail itself, counted; total: on the first page, what there is to look at.
    """

    run = Id(required=True)
    phase = Text(40, required=True)
    checked = Whole(0, MANY, required=True)
    total = maybe(Whole, 0, MANY)
    faults = fields.List(fields.Dict(), required=True)
    explained = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    head = one(HeadSchema, allow_none=True)
    next_cursor = maybe(Text, 200)


class RunSchema(Part):
    """A compaction that was made; sha256: of the removed events' ids (docs/operations.md); `policy`: of its file."""

    run = Id(required=True)
    by = Text(80, required=True)
    scheduled = YesNo(required=True)
    policy = Text(64, required=True)
    began = Instant(required=True)
    ended = maybe(Instant)
    examined = Whole(0, MANY, required=True)
    removed = Whole(0, MANY, required=True)
    nouns = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    first = maybe(Instant)
    last = maybe(Instant)
    sha256 = maybe(Text, 64)


class NounSchema(Part):
    """The events of one noun: how many, and what the policy keeps of them."""

    noun = Text(40, required=True)
    rows = Whole(0, MANY, required=True)
    keep = Text(20, required=True)
    after_days = maybe(Whole, 0, MANY)


class LogStatusSchema(Part):
    """How large a log is, how old, and what the policy says of it; `bytes` where the store tells."""

    service = Text(40, required=True)
    rows = Whole(0, MANY, required=True)
    bytes = maybe(Whole, 0, MANY)
    oldest = maybe(Instant)
    at_least_days = Whole(0, MANY, required=True)
    compact_every_days = maybe(Whole, 1, MANY)
    policy = Text(64, required=True)
    nouns = fields.List(fields.Nested(NounSchema), required=True)
    compactions = fields.List(fields.Nested(RunSchema), required=True)
