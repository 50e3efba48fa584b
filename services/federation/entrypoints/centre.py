"""Calls that a centre answers: invite, enrol, suspend, resume, remove.

The record is changed first; then the broker is made to fit. A crash, or a broker that is away, in between: the caller
is told that it is not done yet (503), and the next round makes the broker fit (entrypoints/rounds.py).
"""

from collections.abc import Callable
from typing import Any

from amqp.exceptions import AMQPError
from kombu.exceptions import KombuError

from chassis.calls.federated import Direct
from chassis.contract.schema import load
from chassis.federation.repair import NobodyThereError, latest
from chassis.kernel.checks import refuse
from chassis.kernel.clock import now
from chassis.kernel.errors import ConflictError, StaleError, UnavailableError
from chassis.kernel.principal import Caller
from chassis.process import metrics
from chassis.process.crash import crash_point
from chassis.process.logs import get_logger
from chassis.service import rpc
from services.federation.contract import commands
from services.federation.contract.records import EnrolmentSchema, NodeSchema, TokenSchema
from services.federation.domain import invitation as invitations
from services.federation.domain.names import is_node_name
from services.federation.domain.node import SEEN
from services.federation.entrypoints.parts import Federating
from services.federation.handlers import node as handlers
from services.federation.handlers.node import Enrolment

log = get_logger()


class CentreEntrypoints(Federating):
    """For the role admin of a centre; enrolling is for who holds an invitation."""

    @rpc
    def create_invitation(self, payload: Any) -> Any:
        """A token for a region: {node, invitation, expires, tls}; see handlers.node.invite."""
        caller = self.asking()
        self._require_hub()
        asked = load(commands.InviteSchema(), payload)
        if not is_node_name(asked["node"]):
            refuse([{"field": "node", "code": "not-a-node-name", "params": {"node": asked["node"]}}])
        self._describe_self()
        ca = self.parts.authority.fingerprint
        addresses = (self.parts.settings.address,)

        def act(work: Any) -> dict[str, Any]:
            made = handlers.invite(work, **asked, addresses=addresses, ca=ca)
            token = invitations.write(made)
            said = {"node": made.node, "invitation": token, "expires": made.expires, "tls": ca is not None}
            return dict(TokenSchema().dump(said))

        return self.answer(caller, payload, act)

    @rpc
    def enrol_node(self, payload: Any) -> Any:
        """A region's request, answered with its certificate; see handlers.node.enrol."""
        caller = self.asking().as_system()
        self._require_hub()
        asked = load(commands.EnrolSchema(), payload)
        said = {name: payload[name] for name in ("node", "csr", "description")}
        try:
            try:
                given = self._enrol(caller, asked, said)
            except StaleError:
                # Two at the same moment: now it is seen who was first.
                given = self._enrol(caller, asked, said)
        except ConflictError as error:
            if error.code == "invitation-used":
                self._tell_second_claim(asked["node"])
            raise
        crash_point("federation.admitted")
        self.parts.provision()
        crash_point("federation.provisioned")
        self._tell_members(asked["node"])
        return self._enrolment(given)

    def _enrol(self, caller: Caller, asked: dict[str, Any], said: dict[str, Any]) -> Enrolment:
        with self.store.work(caller) as work:
            return handlers.enrol(work, **asked, asked=said, authority=self.parts.authority)

    @rpc
    def suspend_node(self, payload: Any) -> Any:
        """See handlers.node."""
        return self._change(handlers.suspend, commands.SuspendSchema(), payload)

    @rpc
    def resume_node(self, payload: Any) -> Any:
        """See handlers.node."""
        return self._change(handlers.resume, commands.ResumeSchema(), payload)

    def _change(self, handler: Callable[..., Any], takes: Any, payload: Any, **more: Any) -> dict[str, Any]:
        self._require_hub()

        def changed(work: Any, **arguments: Any) -> Any:
            return handler(work, **arguments, **more)

        done = self.perform(changed, takes, payload, NodeSchema())
        crash_point("federation.changed")
        self.parts.provision()
        return done

    def _enrolment(self, given: Enrolment) -> dict[str, Any]:
        parts, node = self.parts, given.node
        said = {
            "node": node.node,
            "incarnation": given.incarnation,
            "certificate": given.certificate,
            "ca": parts.authority.certificate,
            "amqps": parts.settings.link_address(),
            "hub": {"id": parts.settings.node, "name": parts.settings.name, "jwks": parts.settings.public_keys()},
        }
        answer: dict[str, Any] = dict(EnrolmentSchema(exclude=("proof",)).dump(said))
        return {**answer, "proof": invitations.proof(given.secret, invitations.ANSWER, answer)}

    def _tell_members(self, node: str) -> None:
        """Who belongs, as it was last told: those events came before the node had a queue here."""
        known = [one.id for one in self.parts.nodes.every(origin=self.parts.settings.node) if one.visibility == SEEN]
        try:
            Direct(self.settings["GTM"])(latest(self.store.outbox, known), node)
        except (OSError, AMQPError, KombuError, NobodyThereError) as error:
            raise UnavailableError("broker-unreachable") from error

    def _tell_second_claim(self, node: str) -> None:
        metrics.SECOND_CLAIMS.labels(node).inc()
        log.warning("federation.second_claim", node=node)
        self.parts.links.warn(node, "second-claim", now())

    def _describe_self(self) -> None:
        settings = self.parts.settings
        with self.store.work(self.caller().as_system()) as work:
            said = settings.said()
            handlers.describe_hub(
                work, name=said["name"], body=said["body"], services=tuple(said["services"]), address=settings.address
            )

    def _require_hub(self) -> None:
        """Raises: ConflictError not-a-hub."""
        settings = self.parts.settings
        if settings.hub is not None:
            raise ConflictError("not-a-hub", None, {"node": settings.node, "hub": settings.hub})
