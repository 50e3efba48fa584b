"""What the federation service shows and publishes: members, pulses, and how the links are."""

from marshmallow import fields

from chassis.contract.schema import Choice, Id, Instant, Part, RecordSchema, Text, Whole, YesNo, many, maybe, one
from services.federation.domain.link import STATES as LINK_STATES
from services.federation.domain.node import ROLES, STATES

SLUG = 40
MANY = 2**53


class NodeNameSchema(Part):
    """What the node is called, in both languages."""

    fr = Text(200, required=True)
    en = Text(200, required=True)


class NodeSchema(RecordSchema):
    """A member of the centre's federation, or its centre. `node`: its short name, as in keys and queues."""

    node = Text(SLUG, required=True)
    role = Choice(*ROLES, required=True)
    hub = Text(SLUG, required=True)
    state = Choice(*STATES, required=True)
    name = one(NodeNameSchema, allow_none=True, load_default=None)
    body = maybe(Text, 300)
    services = many(Text(SLUG), 20)
    address = maybe(Text, 300)
    reason = maybe(Text, 1000)
    invited_until = maybe(Instant)
    joined_at = maybe(Instant)
    certificate_ends = maybe(Instant)
    key = maybe(Text, 100)
    fenced_at = maybe(Instant)


class HeardSchema(Part):
    """The last pulse heard of another node, for how many seconds it has been known, and its interval."""

    node = Text(SLUG, required=True)
    run = Id(required=True)
    sequence = Whole(1, MANY, required=True)
    held = fields.Float(required=True)
    interval = maybe(Whole, 1, 86_400)


class GaugesSchema(Part):
    """What the node measures of itself: for those who cannot scrape it."""

    ready = many(Text(SLUG), 20)
    away = many(Text(SLUG), 20)
    outbox_waiting = maybe(Whole, 0, MANY)
    parked = maybe(Whole, 0, MANY)
    refused = maybe(Whole, 0, MANY)
    link_waiting = maybe(Whole, 0, MANY)
    disk_free = maybe(Whole, 0, MANY)


class PulseSchema(RecordSchema):
    """One beat of a node: `id` is the run of its service, `version` the number of the beat, `interval` in seconds."""

    node = Text(SLUG, required=True)
    interval = Whole(1, 86_400, required=True)
    heard = many(HeardSchema, 200)
    gauges = one(GaugesSchema, required=True)


class RemovedSchema(Part):
    """A membership that has ended; on a region, its own."""

    node = Text(SLUG, required=True)
    hub = Text(SLUG, required=True)
    state = Choice("removed", required=True)


class TokenSchema(Part):
    """The text to hand over to the region, and until when it may be used."""

    node = Text(SLUG, required=True)
    invitation = Text(4000, required=True)
    expires = Instant(required=True)
    tls = YesNo(required=True)


class JwksSchema(Part):
    """Public keys, as a JSON Web Key Set."""

    keys = fields.List(fields.Dict(), required=True)


class HubSchema(Part):
    """Who the centre is, and the public keys that its tokens are signed with."""

    id = Text(SLUG, required=True)
    name = one(NodeNameSchema, required=True)
    jwks = one(JwksSchema, required=True)


class AmqpsSchema(Part):
    """Where the centre's broker takes links. `tls` false: it has no listener with TLS."""

    host = Text(300, required=True)
    port = Whole(1, 65_535, required=True)
    vhost = Text(100, required=True)
    tls = YesNo(required=True)


class EnrolmentSchema(Part):
    """What a region is given: `proof` shows that who answers knows the invitation's secret.

    `incarnation`: what the region writes in from now on, unless it is in a later one already.
    """

    node = Text(SLUG, required=True)
    certificate = maybe(Text, 20_000, lines=True)
    ca = maybe(Text, 20_000, lines=True)
    amqps = one(AmqpsSchema, required=True)
    hub = one(HubSchema, required=True)
    incarnation = Whole(1, MANY, load_default=1)
    proof = Text(64, required=True)


class MembershipSchema(Part):
    """Where this node now belongs, and over what kind of link; in which incarnation it writes from now on."""

    node = Text(SLUG, required=True)
    hub = Text(SLUG, required=True)
    host = Text(300, required=True)
    port = Whole(1, 65_535, required=True)
    tls = YesNo(required=True)
    certificate_ends = maybe(Instant)
    incarnation = Whole(1, MANY, required=True)


class WarningSchema(Part):
    """Something that who runs the node must look at."""

    code = Text(60, required=True)
    text = Text(500, required=True)
    at = maybe(Instant)


class ShovelSchema(Part):
    """A transport of this node's broker, in its own words."""

    name = Text(100, required=True)
    state = Text(40, required=True)


class WaitingSchema(Part):
    """What waits to leave for the other side. `nouns`: how many of each, as far as it is known."""

    messages = Whole(0, MANY, required=True)
    oldest = maybe(Instant)
    nouns = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    text = Text(1000, required=True)


class ComparedSchema(Part):
    """The last comparison of what two nodes hold of a noun of one node. `since`: when it began to end so."""

    noun = Text(SLUG, required=True)
    of = Text(SLUG, required=True)
    equal = YesNo(required=True)
    at = Instant(required=True)
    since = Instant(required=True)
    mine = Whole(0, MANY, required=True)
    theirs = Whole(0, MANY, required=True)
    text = Text(500, required=True)


class LinkSchema(Part):
    """One other node. `direct`: whether this node has a link to it, rather than by way of the centre."""

    node = Text(SLUG, required=True)
    name = maybe(Text, 200)
    direct = YesNo(required=True)
    state = Choice(*LINK_STATES, required=True)
    text = Text(500, required=True)
    last_heard = maybe(Instant)
    silent_seconds = fields.Float(allow_none=True, load_default=None)
    lag_seconds = fields.Float(allow_none=True, load_default=None)
    clock_ahead_seconds = fields.Float(allow_none=True, load_default=None)
    confirmed_until = maybe(Instant)
    waiting = one(WaitingSchema, allow_none=True, load_default=None)
    shovels = many(ShovelSchema, 10)
    certificate_ends = maybe(Instant)
    gauges = one(GaugesSchema, allow_none=True, load_default=None)
    compared = many(ComparedSchema, 2000)
    warnings = many(WarningSchema, 20)


class StatusSchema(Part):
    """How the links of this node are."""

    node = Text(SLUG, required=True)
    name = Text(200, required=True)
    hub = maybe(Text, SLUG)
    links = many(LinkSchema, 500)


class HeardNodeSchema(Part):
    """How another node is, and when it was last heard."""

    node = Text(SLUG, required=True)
    name = one(NodeNameSchema, required=True)
    state = Choice(*LINK_STATES, required=True)
    last_heard = maybe(Instant)


class HeardNodesSchema(Part):
    """What anybody may know of the other nodes: how fresh what is shown of them is; nothing of what waits."""

    node = Text(SLUG, required=True)
    nodes = many(HeardNodeSchema, 500)
