"""Whether what a message says of itself in several places agrees: else it is forged or broken, and never handled.

What is compared: envelope, routing key, record; and with the broker's word on who sent it: the exchange that the sender
was let write to, and `user_id`, which the broker holds to the account that published (events.md, "Between nodes").
"""

from chassis.broker.topology import AGAIN, EVENTS, INBOUND
from chassis.contract.envelope import Event, UnreadableEventError
from chassis.process.settings import SERVICES

SHARED = "gtm.shared."
"""Exchanges of the centre, one a region: `gtm.shared.<origin>`; only that region's account may write to it."""


def check(event: Event, key: str) -> None:
    """Compare envelope, routing key and record. Raises: UnreadableEventError, naming what does not agree."""
    service, noun, participle = event.type.split(".")[1:4]
    told = key if key.count(".") < 5 else key.rpartition(".")[0]  # the sixth word: for whom it is
    expected = {
        f"routing key {key}": (told, f"{event.origin}.{event.visibility}.{service}.{noun}.{participle}"),
        f"source {event.source}": (event.source, f"/nodes/{event.origin}/{service}"),
        "the record's id": (event.data.get("id", event.subject), event.subject),
        "the record's origin": (event.data.get("origin", event.origin), event.origin),
        "the record's version": (event.data.get("version", event.recordversion), event.recordversion),
        "the record's visibility": (event.data.get("visibility", event.visibility), event.visibility),
    }
    wrong = [what for what, (given, should) in expected.items() if given != should]
    if wrong:
        raise UnreadableEventError(f"does not agree with {event.type} of {event.origin}: {', '.join(wrong)}")


def check_sender(
    event: Event, exchange: str, user_id: str | None, node: str, hub: str | None, taker: str | None = None
) -> None:
    """Compare the event's origin with who sent it. Raises: UnreadableEventError forged…

    `exchange` is the one that the sender published to. By its own one a service puts events into its queues once more,
    which were checked when they first came, and its own events into those of others (`taker`: whose queue it is); by
    the default one ("") come those of queues that an earlier release made. `hub` is the centre that this node is joined
    to, None on the centre itself: it may pass on what others wrote, nobody else may.
    """
    service = event.type.split(".")[1]
    _require(speaks_for(user_id) in (None, service), event, f"said by {user_id}")
    if exchange.endswith(AGAIN):
        by = exchange.removesuffix(AGAIN)
        _require(by in (taker, service), event, f"put here by {by}")
    elif exchange == EVENTS.name:
        _require(event.origin == node, event, f"published on {exchange} of {node}")
    elif exchange == INBOUND.name or exchange.startswith(SHARED):
        sender = node_of(user_id)
        _require(event.origin != node, event, f"came from {sender or 'nobody'} in this node's own name")
        _require(event.visibility != "internal", event, "an internal event left its node")
        _require(sender is not None and sender in (event.origin, hub), event, f"sent by {sender or 'nobody'}")
        if exchange.startswith(SHARED):
            _require(exchange == f"{SHARED}{event.origin}", event, f"published on {exchange}")


def check_passed_on(event: Event, sender: str, node: str, hub: str | None, incarnation: int) -> None:
    """Compare the origin of an event that came in a parcel with who sent that. Raises: UnreadableEventError forged…

    A node takes its own records back from its centre alone, and only as they were before it was last restored.
    """
    _require(event.visibility != "internal", event, "an internal event left its node")
    if event.origin == node:
        ours = sender == hub and event.incarnation < incarnation
        _require(ours, event, f"incarnation {event.incarnation}, in this node's own name, sent by {sender}")
    else:
        _require(sender in (event.origin, hub), event, f"sent by {sender}")


def node_of(user_id: str | None) -> str | None:
    """The node that a broker account belongs to: `agadez`, or `agadez.meetings` for one of its services."""
    return user_id.partition(".")[0] if user_id else None


def speaks_for(user_id: str | None) -> str | None:
    """The service that a broker account is of, and that alone it speaks for; None for a whole node's."""
    service = user_id.partition(".")[2] if user_id else ""
    return service if service in SERVICES else None


def _require(fits: bool, event: Event, otherwise: str) -> None:
    if not fits:
        raise UnreadableEventError(f"forged: {event.type} of {event.origin} {otherwise}")
