"""What the handlers need of the store, of keys and of brokers, as protocols."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from chassis.kernel import work
from services.federation.domain.invitation import Invitation
from services.federation.domain.node import Node


class Nodes(work.Records[Node], Protocol):
    """The members."""

    def named(self, name: str, origin: str | None = None) -> Node | None:
        """By short name or id; `origin`: only as that node has it."""


class Invitations(Protocol):
    """What was handed out, with its secret; and what was done with it. Never in a record or an event."""

    def newest(self, node: str) -> dict[str, Any] | None:
        """The one that counts: {_id, node, secret, expires}."""

    def used(self, id: str) -> dict[str, Any] | None:
        """What was given for it: {_id, node, key, certificate, ends, password_hash, incarnation}."""

    def last(self, node: str) -> dict[str, Any] | None:
        """The same of the node's last enrolment."""


class Lives(Protocol):
    """What is known of a node's incarnations."""

    def life(self, node: str) -> int:
        """The greatest that was heard of; 0 for none."""


class Beats(Protocol):
    """Which process of this node beats, as the store has it."""

    def begin(self, run: str) -> None:
        """A process that starts beats from now on."""

    def next(self, run: str, sequence: int) -> bool:
        """Whether this run may send its next beat."""

    def last(self) -> tuple[str, int]:
        """The run that beats, and its last beat."""

    def take_over(self, run: str, seen: tuple[str, int]) -> bool:
        """Beat from now on, if nobody has beaten since that was seen."""


class Work(work.Work, Protocol):
    """The unit of work of this service."""

    nodes: Nodes
    invitations: Invitations
    pulses: Lives
    imports: Lives


class Authority(Protocol):
    """The centre's certificate authority. One that gives no certificates has no `fingerprint`."""

    @property
    def fingerprint(self) -> str | None:
        """Of its own certificate; None where this centre's broker has no TLS."""

    def key_of(self, csr: str, node: str) -> str:
        """The fingerprint of the public key in a node's request. Raises: InvalidError."""

    def sign(self, csr: str, node: str) -> tuple[str | None, datetime | None]:
        """The certificate and its end; None and None where there is no TLS."""


class KeyFiles(Protocol):
    """This node's key, certificates and the memory of how it joined, readable by its owner alone."""

    def request(self, node: str) -> str:
        """A certificate request for the key, which is made once."""

    def link(self) -> dict[str, Any]:
        """What is remembered of the centre joined; empty if there is none."""

    def remember(self, link: Mapping[str, Any]) -> None:
        """Keep it, whole or not at all."""

    def forget(self) -> None:
        """Know of no centre any more; the key stays."""

    def keep_certificates(self, certificate: str, ca: str) -> None:
        """Write both files, whole or not at all."""

    def check(self, certificate: str, ca: str, fingerprint: str, hub: str) -> datetime:
        """When the certificate ends. Raises: ConflictError hub-not-trusted: another authority, or not for our key."""


class Hub(Protocol):
    """A centre's API, as a region reaches it."""

    def enrol(self, invitation: Invitation, request: Mapping[str, Any]) -> dict[str, Any]:
        """The answer. Raises: UnavailableError hub-unreachable; what the centre refuses, as it refuses it."""


class OwnBroker(Protocol):
    """The broker of a region, with the shovels that run in it."""

    def connect(self, link: Mapping[str, Any]) -> None:
        """Make sure of the outward queue and the two shovels. Raises: UnavailableError."""

    def disconnect(self, hub: str, force: bool) -> None:
        """Undo that. Raises: ConflictError node-has-waiting."""
