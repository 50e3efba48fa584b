"""What services of one kind say to each other across nodes to end with the same records, besides their events.

Three messages, CloudEvents like all others, but never stored: each can be said again at any time.
* `gtm.<service>.digest.taken.v1`: what I hold, as counts and hashes; whoever holds it differently asks.
* `gtm.<service>.repair.requested.v1`: what I hold in the buckets that differ; send me what is newer.
* `gtm.<service>.records.sent.v1`: a parcel of events as they were first sent (chassis/contract/parcel.py).
"""

from functools import cache
from typing import Any

from marshmallow import EXCLUDE, fields

from chassis.contract.envelope import EventType, Place
from chassis.contract.schema import Choice, Part, Text, Whole, YesNo, many, maybe, one
from chassis.kernel.clock import now, rfc3339
from chassis.kernel.ids import new_id

NODE = 40
MOST_DIGESTS, MOST_LISTED = 500, 20_000
NOUNS = ("digest", "repair", "records")


class _Message(Part):
    class Meta:
        unknown = EXCLUDE

    to = maybe(Text, NODE, metadata={"description": "the node that it is for; null: all"})


class DigestSchema(Part):
    """What a node holds of one noun of one origin: how many records, and a hash a bucket of ids."""

    class Meta:
        unknown = EXCLUDE

    noun = Text(40, required=True)
    origin = Text(NODE, required=True)
    count = Whole(0, 2**53, required=True)
    buckets = many(Text(16), 256)


class HeadSchema(Part):
    """The newest entry of a trail (chassis/kernel/chain.py), at some time."""

    class Meta:
        unknown = EXCLUDE

    life = Whole(1, 2**53, required=True)
    n = Whole(1, 2**53, required=True)
    sha256 = Text(64, required=True)


class DigestTakenSchema(_Message):
    """Said once a day, at the start, and in answer to a hello."""

    hello = YesNo(load_default=False, metadata={"description": "whether an answer in kind is wished at once"})
    digests = many(DigestSchema, MOST_DIGESTS)
    head = one(HeadSchema, allow_none=True, load_default=None, metadata={"description": "of the sender's own trail"})
    witnessed = many(HeadSchema, 20, metadata={"description": "heads that the sender keeps of the addressee's trail"})


class HeldSchema(Part):
    """A record that the asker holds, and in which version."""

    class Meta:
        unknown = EXCLUDE

    id = Text(40, required=True)
    incarnation = Whole(1, 2**53, required=True)
    version = Whole(1, 2**53, required=True)


class RepairRequestedSchema(_Message):
    """What the asker holds in the buckets that differ; whatever is missing or older there is wanted."""

    noun = Text(40, required=True)
    of = Text(NODE, required=True, metadata={"description": "the origin of the records"})
    buckets = many(Whole(0, 255), 256)
    held = many(HeldSchema, MOST_LISTED)


class RecordsSentSchema(_Message):
    """Events as they were first sent, each with the latest version of a record: JSON array, deflated, in base64."""

    encoding = Choice("deflate-base64", required=True)
    count = Whole(1, 10_000, required=True)
    events = fields.String(required=True)


@cache
def digest_taken(service: str) -> EventType:
    """The event type of a service's digests."""
    about = "What a node holds of a service's records, as counts and hashes: who holds it differently asks for repair."
    return EventType(f"gtm.{service}.digest.taken.v1", DigestTakenSchema, about)


@cache
def repair_requested(service: str) -> EventType:
    """The event type by which a node asks for what it lacks."""
    about = "A node names what it holds where a digest differed; it is sent what is newer."
    return EventType(f"gtm.{service}.repair.requested.v1", RepairRequestedSchema, about)


@cache
def records_sent(service: str) -> EventType:
    """The event type of parcels."""
    about = "A parcel: events sent again, many in one message, for a node that joined, was rebuilt, or differs."
    return EventType(f"gtm.{service}.records.sent.v1", RecordsSentSchema, about)


@cache
def messages_of(service: str) -> tuple[EventType, ...]:
    """All three."""
    return digest_taken(service), repair_requested(service), records_sent(service)


def compose(event: EventType, place: Place, data: dict[str, Any]) -> dict[str, Any]:
    """The envelope of such a message, from this node."""
    subject = new_id()
    return {
        "specversion": "1.0",
        "id": new_id(),
        "source": f"/nodes/{place.node}/{event.words[0]}",
        "type": event.name,
        "subject": subject,
        "time": rfc3339(now()),
        "datacontenttype": "application/json",
        "dataschema": f"{place.public_url}/api/v1/schemas/{event.name}",
        "origin": place.node,
        "recordversion": 1,
        "incarnation": place.incarnation,
        "visibility": "gtm",
        "actor": "system",
        "correlationid": subject,
        "data": dict(event.schema().dump(data)),
    }
