"""Nodes as their centre knows them: a region is invited, joins, may be suspended, and is removed."""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.errors import ConflictError
from chassis.kernel.record import Record

STATES = ("invited", "joined", "suspended", "removed")
ROLES = ("hub", "region")
HIDDEN, SEEN = "internal", "gtm"
"""How far the record travels: an invitation concerns nobody else; who has joined is known to all members."""

ALLOWED = {
    "invite": ("invited", "joined", "suspended", "removed"),
    "enrol": ("invited", "joined", "suspended"),
    "suspend": ("joined",),
    "resume": ("suspended",),
    "remove": ("invited", "joined", "suspended"),
}
"""Act → states in which it may be done."""


@dataclass(frozen=True, kw_only=True)
class Labels:
    """A name in both languages."""

    fr: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Node(Record):
    """`node` is the short name by which keys, queues and accounts know it; `hub` the centre that it belongs to.

    `key` is the fingerprint of the public key that its certificate was made for. `fenced_at`: since when it is
    suspended because two machines spoke as it.
    """

    node: str
    role: str
    hub: str
    state: str
    name: Labels | None = None
    body: str | None = None
    services: tuple[str, ...] = ()
    address: str | None = None
    reason: str | None = None
    invited_until: datetime | None = None
    joined_at: datetime | None = None
    certificate_ends: datetime | None = None
    key: str | None = None
    fenced_at: datetime | None = None


def require(node: Node, act: str) -> None:
    """Pass if the act may be done in the node's state. Raises: ConflictError node-is-the-hub, node-in-another-state."""
    if node.role == "hub":
        raise ConflictError("node-is-the-hub", None, {"node": node.node})
    if node.state not in ALLOWED[act]:
        params = {"node": node.node, "state": node.state, "possible": ", ".join(ALLOWED[act])}
        raise ConflictError("node-in-another-state", None, params)
    if act == "enrol" and node.state == "suspended" and node.invited_until is None:
        # Only an invitation made since then opens what was closed, never one that was still out.
        params = {"node": node.node, "state": node.state, "possible": "invited, joined"}
        raise ConflictError("node-in-another-state", None, params)
