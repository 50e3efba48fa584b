"""Who may do what at the broker: an account for each process, with no more than it needs.

One table: `./gtm up`, the definitions of docker-compose.yml and the tests make the accounts of it, and docs/security.md
prints it. An account is called `<node>.<who>`: the broker vouches for that name in what is published under it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from chassis.broker.topology import EVENTS, INBOUND, RPC, Subscription, again

GATEWAY, LAUNCHER, ADMINISTRATOR = "gateway", "launcher", "administrator"
FEDERATION = "federation"
EVERYTHING, NOTHING = ".*", "^$"
ADMINISTERS = "administrator"
REPLIES = "gateway-"
"""What the address of an answer begins with: services may write to no other one on the exchange of calls."""
VISIBILITIES = "(internal|gtm|public)"


@dataclass(frozen=True)
class Rights:
    """Names of queues and exchanges that may be made, written to, read; by exchange, keys written and bound."""

    configure: str = EVERYTHING
    write: str = EVERYTHING
    read: str = EVERYTHING
    topics: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    tags: str = ""


def account(node: str, who: str) -> str:
    """The name of an account at the broker."""
    return f"{node}.{who}"


def with_account(uri: str, name: str, password: str) -> str:
    """The address of a broker or a store, under this account."""
    parts = urlsplit(uri)
    who = f"{quote(name, safe='')}:{quote(password, safe='')}"
    return parts._replace(netloc=f"{who}@{parts.netloc.rpartition('@')[2]}").geturl()


def table(node: str, services: Sequence[str], subscriptions: Iterable[Subscription]) -> dict[str, Rights]:
    """Who → rights, of all accounts of a node with these services."""
    heard = list(subscriptions)
    found = {
        service: of_service(node, service, [one for one in heard if one.service == service]) for service in services
    }
    found[GATEWAY] = of_gateway(services)
    found[LAUNCHER] = Rights(tags=ADMINISTERS)
    if FEDERATION in services:
        found[ADMINISTRATOR] = Rights(tags=ADMINISTERS)
    return found


def of_service(node: str, service: str, heard: Sequence[Subscription]) -> Rights:
    """Make and read its own queues; say its own events; hear what it subscribed to; take its calls and answer them."""
    own = rf"{service}\.[a-z0-9_.]+"
    calls = f"rpc-{service}"
    others = sorted({name for one in heard for name in one.publishers if one.reads_from(name)} - {service})
    bound: dict[str, set[str]] = {}
    for exchange, keys in (pair for one in heard for pair in one.bindings()):
        bound.setdefault(exchange.name, set()).update(keys)
    topics = {
        EVENTS.name: (rf"^{re.escape(node)}\.{VISIBILITIES}\.{service}\.", _exactly(bound.get(EVENTS.name, ()))),
        INBOUND.name: (NOTHING, _exactly(bound.get(INBOUND.name, ()))),
        RPC.name: (f"^{REPLIES}", rf"^{service}\.\*$"),
        again(service).name: (r"^[a-z]+\.[a-z0-9_.]+$", rf"^{own}$"),
        **{again(name).name: (NOTHING, rf"^{own}$") for name in others},
    }
    from_others = [re.escape(again(name).name) for name in others]
    read = [own, calls, RPC.name, *(re.escape(name) for name in bound), *from_others]
    return Rights(
        configure=_any(own, calls),
        write=_any(own, calls, RPC.name, re.escape(EVENTS.name), r"gtm\.to\.[a-z0-9_]+"),
        read=_any(*read),
        topics=topics,
    )


def of_gateway(services: Sequence[str]) -> Rights:
    """Call the services, and hear the answers in queues of its own; empty the queue of calls of one that is silent."""
    replies = rf"rpc\.reply-{REPLIES}[0-9a-f-]+"
    return Rights(
        configure=_any(replies),
        write=_any(replies, RPC.name),
        read=_any(replies, RPC.name, *(f"rpc-{service}" for service in services)),
        topics={RPC.name: (rf"^({'|'.join(services)})\.", f"^{REPLIES}")},
    )


def _any(*names: str) -> str:
    return f"^({'|'.join(names)})$"


def _exactly(keys: Iterable[str]) -> str:
    found = sorted(keys)
    return _any(*map(re.escape, found)) if found else NOTHING
