"""How long who guesses passwords must wait: longer with each failure, never for ever, and nobody else with them.

Failures count for one name from one address, and for all names from one network (an address tries many names). A name
alone is never slowed: else a stranger could lock a person out by failing in their name. A device on which the account
signed in before has a count of its own, so that even neighbours in the same network cannot hold it up.
"""

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gateway.accounts.domain.secrets import digest

FORGOTTEN: Final = timedelta(minutes=15)  # without a failure, after which nothing is held against anybody
DOUBLINGS: Final = 20


@dataclass(frozen=True)
class Patience:
    """How many failures cost nothing, and how long the waits after them are, in seconds."""

    free: int
    first: float
    longest: float


BY_NAME: Final = Patience(free=5, first=2.0, longest=300.0)  # typing errors are free
BY_NETWORK: Final = Patience(free=40, first=1.0, longest=30.0)  # a ministry behind one address still gets in


def wait_after(count: int, since: timedelta, patience: Patience) -> float:
    """Seconds until the next attempt counts, after so many failures, the last one so long ago."""
    if count < patience.free or since > FORGOTTEN:
        return 0.0
    whole = min(patience.longest, patience.first * 2.0 ** min(count - patience.free, DOUBLINGS))
    return max(0.0, whole - max(0.0, since.total_seconds()))


def counts_of(name: str, address: str, device: str | None) -> dict[str, Patience]:
    """What an attempt counts for, as keys that tell neither name nor address to who reads the database."""
    if device is not None:
        return {digest(f"device {device} {name}"): BY_NAME}
    return {
        digest(f"name {name} {network(address, 32, 64)}"): BY_NAME,
        digest(f"network {network(address, 24, 48)}"): BY_NETWORK,
    }


def network(address: str, bits_of_4: int, bits_of_6: int) -> str:
    """The network around an address; a subscriber of IPv6 has a whole /64 to come from."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    found = mapped or found
    bits = bits_of_4 if found.version == 4 else bits_of_6
    return str(ipaddress.ip_network(f"{found}/{bits}", strict=False))


def moment_of(count: int, last: datetime | None, now: datetime, patience: Patience) -> float:
    """The wait of a kept count."""
    return wait_after(count, now - last, patience) if last else 0.0
