"""Use cases of a centre: invite, enrol, suspend, resume, remove. Its broker is made to fit by entrypoints/centre.py."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.kernel.ids import new_id
from services.federation.contract import events
from services.federation.domain import invitation as invitations
from services.federation.domain import node as nodes
from services.federation.domain.invitation import Invitation
from services.federation.domain.node import Node
from services.federation.domain.ports import Authority, Work


@dataclass(frozen=True)
class Enrolment:
    """What came of a region's request, now or when the same was asked before."""

    node: Node
    certificate: str | None
    secret: str
    incarnation: int
    """In which life of the node its machine has to write, at least."""


def invite(
    work: Work, *, node: str, valid_hours: int, replace: bool, addresses: tuple[str, ...], ca: str | None
) -> Invitation:
    """Draw a secret for a region. Raises: ForbiddenError; InvalidError own-name; ConflictError node-already-joined."""
    if node == work.node:
        refuse([{"field": "node", "code": "own-name", "params": {"node": node}}])
    expires = work.now + timedelta(hours=valid_hours)
    known = work.nodes.named(node, work.node)
    if known is None:
        record = work.new(Node, nodes.HIDDEN, node=node, role="region", hub=work.node, state="invited")
    else:
        nodes.require(known, "invite")
        if known.state in ("joined", "suspended") and not replace:
            raise ConflictError("node-already-joined", "node", {"node": node})
        record = work.revise(known, state="invited" if known.state == "removed" else known.state)
    record = work.revise(record, invited_until=expires, reason=None)
    work.save(record, events.NODE_INVITED)
    made = Invitation(
        id=new_id(),
        hub=work.node,
        addresses=addresses,
        node=node,
        secret=secrets.token_hex(invitations.SECRET_BYTES),
        ca=ca,
        expires=expires.replace(microsecond=0),
    )
    number = int((work.invitations.newest(node) or {}).get("number", 0)) + 1
    kept = {
        "_id": made.id,
        "number": number,
        "node": node,
        "secret": made.secret,
        "expires": made.expires,
        "at": work.now,
    }
    work.keep("invitations", kept)
    return made


def enrol(
    work: Work,
    *,
    node: str,
    csr: str,
    description: dict[str, Any],
    proof: str,
    asked: dict[str, Any],
    authority: Authority,
) -> Enrolment:
    """Admit a region that proves to know its invitation's secret; again the same for the same key.

    `asked` is the request as it came, without its proof. Raises: ForbiddenError enrolment-refused, whatever is wrong
    with the proof; ConflictError invitation-used, node-in-another-state; InvalidError invitation-expired,
    and what is wrong with the certificate request.
    """
    invitation = work.invitations.newest(node)
    if invitation is None or not invitations.proves(proof, invitation["secret"], invitations.REQUEST, asked):
        raise ForbiddenError("enrolment-refused", None, {"node": node})
    key = authority.key_of(csr, node)
    used = work.invitations.used(invitation["_id"])
    record = work.nodes.named(node, work.node)
    if record is None:
        raise NotFoundError("node-not-found", None, {"id": node})
    if used is not None and used["key"] != key:
        raise ConflictError("invitation-used", "invitation", {"node": node})
    nodes.require(record, "enrol")
    if used is not None:
        return Enrolment(record, used["certificate"], invitation["secret"], int(used.get("incarnation", 1)))
    _in_time(invitation["expires"], work.now, node)
    return _admit(work, record, invitation, key, csr, description, authority)


def _in_time(expires: datetime, at: datetime, node: str) -> None:
    if at > expires:
        raise InvalidError("invitation-expired", "invitation", {"node": node})


def _admit(
    work: Work,
    record: Node,
    invitation: dict[str, Any],
    key: str,
    csr: str,
    description: dict[str, Any],
    authority: Authority,
) -> Enrolment:
    node, secret = record.node, invitation["secret"]
    certificate, ends = authority.sign(csr, node)
    life = _life(work, record, key)
    joined = work.revise(
        record,
        visibility=nodes.SEEN,
        state="joined",
        joined_at=work.now,
        invited_until=None,
        certificate_ends=ends,
        key=key,
        fenced_at=None,
        reason=None,
        **description,
    )
    work.save(joined, events.NODE_JOINED)
    password = invitations.broker_password(secret, node)
    given = {"number": invitation.get("number", 0), "certificate": certificate, "ends": ends, "at": work.now}
    given |= {"key": key, "incarnation": life}
    hashed = invitations.password_hash(password, secrets.token_bytes(4))
    # Its _id is the invitation's: of two requests at once, one is the first.
    work.keep("enrolments", {"_id": invitation["_id"], "node": node, "password_hash": hashed, **given})
    return Enrolment(joined, certificate, secret, life)


def _life(work: Work, record: Node, key: str) -> int:
    """The next incarnation for another machine, or for one of two that spoke at once; else the one that it is in.

    So a machine that was set up from nothing never gives a number that the lost one may have given.
    """
    last = work.invitations.last(record.node) or {}
    heard = max(work.pulses.life(record.node), work.imports.life(record.node), int(last.get("incarnation", 0)))
    same = last.get("key") == key and record.fenced_at is None
    return max(heard, 1) if same or not heard else heard + 1


def suspend(work: Work, *, id: str, reason: str) -> Node:
    """Close a member's account for a while. Raises: NotFoundError, ConflictError node-in-another-state."""
    record = _member(work, id)
    nodes.require(record, "suspend")
    record = work.revise(record, state="suspended", reason=reason, invited_until=None)
    work.save(record, events.NODE_SUSPENDED)
    return record


def fence(work: Work, *, node: str) -> Node | None:
    """Close the account of a member that two machines speak as, by itself; None where it is closed already."""
    record = work.nodes.named(node, work.node)
    if record is None or record.state not in nodes.ALLOWED["suspend"]:
        return None
    record = work.revise(record, state="suspended", fenced_at=work.now, reason=None, invited_until=None)
    work.save(record, events.NODE_SUSPENDED)
    return record


def resume(work: Work, *, id: str, reason: str) -> Node:
    """Open it again. Raises: NotFoundError, ConflictError node-in-another-state."""
    record = _member(work, id)
    nodes.require(record, "resume")
    record = work.revise(record, state="joined", reason=reason, fenced_at=None)
    work.save(record, events.NODE_RESUMED)
    return record


def remove(work: Work, *, id: str, reason: str, waiting: int, force: bool) -> Node:
    """End a membership. Raises: NotFoundError, ConflictError node-has-waiting, node-in-another-state."""
    record = _member(work, id)
    nodes.require(record, "remove")
    if waiting and not force:
        raise ConflictError("node-has-waiting", None, {"node": record.node, "count": waiting})
    record = work.revise(record, state="removed", reason=reason, invited_until=None, key=None)
    work.save(record, events.NODE_REMOVED)
    return record


def describe_hub(
    work: Work, *, name: dict[str, str], body: str | None, services: tuple[str, ...], address: str
) -> Node:
    """The centre's own entry among its members, made or brought up to date."""
    said = {"name": name, "body": body, "services": services, "address": address}
    known = work.nodes.named(work.node, work.node)
    if known is None:
        born = {"node": work.node, "role": "hub", "hub": work.node, "state": "joined", "joined_at": work.now}
        record = work.new(Node, nodes.SEEN, **born, **said)
    else:
        record = work.revise(known, **said)
    work.save(record, events.NODE_JOINED)
    return record


def _member(work: Work, id: str) -> Node:
    record = work.nodes.named(id, work.node)
    if record is None:
        raise NotFoundError("node-not-found", None, {"id": id})
    return record
