"""What must be in a centre's broker for its regions, as values: made of the members alone, so that it can be made anew.

Names and keys: docs/events.md; why it is so and not simpler: docs/decisions/0042.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

UNROUTED = "gtm.unrouted"
EVENTS, INBOUND = "gtm.events", "gtm.inbound"
TRAVELLING = ("gtm", "public")
"""Visibilities that leave a node."""
NOTHING = "^$"


def shared_exchange(node: str) -> str:
    """Where a region's events enter the centre: one a region, since a CC header evades the check of keys."""
    return f"gtm.shared.{node}"


def peer_queue(node: str) -> str:
    """What waits at the centre for a region."""
    return f"peer.{node}"


def own_exchange(node: str) -> str:
    """Where the centre sends what is for that region alone: pulses, and what repairs (chassis/calls/federated.py)."""
    return f"gtm.to.{node}"


def outbound_queue(hub: str) -> str:
    """What waits on a region for its centre."""
    return f"outbound.{hub}"


def keys_of(origin: str) -> list[str]:
    """Binding keys of what may leave a node."""
    return [f"{origin}.{visibility}.#" for visibility in TRAVELLING]


def passed_on(origin: str) -> list[str]:
    """Binding keys of what goes to everybody: five words. A sixth one names the node that alone is meant."""
    return [f"{origin}.{visibility}.*.*.*" for visibility in TRAVELLING]


@dataclass(frozen=True)
class Binding:
    """From an exchange to a queue ("q") or to an exchange ("e")."""

    source: str
    kind: str
    target: str
    key: str


@dataclass(frozen=True)
class Rights:
    """What a region's account may do at the centre."""

    configure: str
    write: str
    read: str
    topic: str


def rights(node: str) -> Rights:
    """Write to its own exchange, under its own keys; read its own queue; nothing else."""
    return Rights(
        configure=NOTHING,
        write=f"^{re.escape(shared_exchange(node))}$",
        read=f"^{re.escape(peer_queue(node))}$",
        topic=rf"^{re.escape(node)}\.({'|'.join(TRAVELLING)})\.",
    )


def bindings(hub: str, regions: Sequence[str]) -> list[Binding]:
    """All that leads from and to these regions; never to where it came from."""
    found: list[Binding] = []
    for region in regions:
        found += _all(keys_of(region), shared_exchange(region), "e", INBOUND)
        found += _all(passed_on(hub), EVENTS, "q", peer_queue(region))
        found += _all(keys_of(hub), own_exchange(region), "q", peer_queue(region))
        for other in regions:
            if other != region:
                found += _all(passed_on(other), shared_exchange(other), "q", peer_queue(region))
    return found


def _all(keys: Iterable[str], source: str, kind: str, target: str) -> list[Binding]:
    return [Binding(source, kind, target, key) for key in keys]
