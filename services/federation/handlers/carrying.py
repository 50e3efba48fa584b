"""Files carried by hand: for whom one may be made, and whose may be taken in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from chassis.federation.carried import Header
from chassis.kernel.errors import ConflictError, InvalidError, NotFoundError
from services.federation.domain.node import Node


class Members(Protocol):
    """Who belongs."""

    def named(self, name: str, origin: str | None = None) -> Node | None:
        """By short name."""


class Enrolments(Protocol):
    """What was given to whom."""

    def certificate(self, node: str) -> str | None:
        """The certificate of a node's last enrolment, PEM; None where it was given none."""


def receiver(
    to: str | None, node: str, hub: str | None, link: Mapping[str, Any], members: Members, enrolments: Enrolments
) -> tuple[str, str]:
    """The node that a file is for, and the certificate that it is sealed for.

    Raises: ConflictError carried-not-joined, carried-without-certificates, node-in-another-state; InvalidError
    carried-only-to-hub, required; NotFoundError node-not-found.
    """
    if hub is not None:
        require_joined(node, hub, link)
        if to not in (None, hub):
            raise InvalidError("carried-only-to-hub", "to", {"to": to, "hub": hub})
        return _with_certificate(hub, link.get("ca"))
    if to is None:
        raise InvalidError("required", "to")
    member = members.named(to, node)
    if member is None or member.role == "hub":
        raise NotFoundError("node-not-found", "to", {"id": to})
    if member.state != "joined":
        told = {"node": member.node, "state": member.state, "possible": "joined"}
        raise ConflictError("node-in-another-state", "to", told)
    return _with_certificate(member.node, enrolments.certificate(member.node))


def require_joined(node: str, hub: str | None, link: Mapping[str, Any]) -> None:
    """Raises: ConflictError carried-not-joined, on a region without a centre."""
    if hub is not None and not link:
        raise ConflictError("carried-not-joined", None, {"node": node, "hub": hub})


def require_receiver(header: Header, node: str, own_key: str) -> None:
    """Pass if the file is for us, and for the key that we have. Raises: InvalidError, ConflictError."""
    if header.receiver != node:
        told = {"receiver": header.receiver, "node": node, "sender": header.sender}
        raise InvalidError("carried-for-another", None, told)
    if header.for_key != own_key:
        raise ConflictError("carried-for-another-key", None, {"node": node, "sender": header.sender})


def require_sender(header: Header, node: str, hub: str | None, key: str, members: Members, life: int) -> None:
    """Pass if that node may speak here, with that key and in that life. Raises: InvalidError, ConflictError.

    `life` is the greatest incarnation that we have heard of it.
    """
    sender = header.sender
    if hub is not None and sender != hub:
        raise InvalidError("carried-not-from-hub", None, {"sender": sender, "hub": hub})
    if hub is None:
        _require_member(sender, members.named(sender, node), key)
    if header.incarnation < life:
        told = {"sender": sender, "given": header.incarnation, "known": life}
        raise ConflictError("carried-earlier-life", None, told)


def _require_member(sender: str, member: Node | None, key: str) -> None:
    if member is None or member.role == "hub":
        raise ConflictError("carried-sender-unknown", None, {"sender": sender})
    if member.state != "joined":
        raise ConflictError("carried-sender-state", None, {"sender": sender, "state": member.state})
    if member.key != key:
        raise ConflictError("carried-by-old-key", None, {"sender": sender})


def latest(*moments: datetime | None) -> datetime | None:
    """The last of those that there are."""
    return max((one for one in moments if one is not None), default=None)


def _with_certificate(node: str, certificate: Any) -> tuple[str, str]:
    if not certificate:
        raise ConflictError("carried-without-certificates", None, {"node": node})
    return node, str(certificate)
