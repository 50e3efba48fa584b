"""How a region joins its centre, step by step; each is remembered, and doing it again changes nothing.

1. key: made once, and never leaves the machine.
2. request: the centre answers the same to the same key, so a crash before the answer is kept costs nothing.
3. remembered: what the centre answered, with the derived password; before it, the incarnation to write in, for the
   services look there when they find a new link. From here on the service finishes by itself.
4. certificates written. 5. outward queue and shovels made. 6. done.
A crash point stands behind each; tests/integration/federation kills there.
"""

from collections.abc import Callable, Mapping
from typing import Any

from chassis.kernel.errors import ConflictError, InvalidError
from chassis.process.crash import crash_point
from services.federation.domain import invitation as invitations
from services.federation.domain.invitation import Invitation
from services.federation.domain.ports import Hub, KeyFiles, OwnBroker


def join(
    *,
    token: str,
    without_tls: bool,
    node: str,
    hub: str | None,
    description: Mapping[str, Any],
    files: KeyFiles,
    centre: Hub,
    broker: OwnBroker,
    live_on: Callable[[int], None],
) -> dict[str, Any]:
    """Join, or finish what was begun. Raises: InvalidError, ConflictError, ForbiddenError, UnavailableError.

    Whether the invitation is over is for the centre to say: this machine's clock may be years off.
    """
    invitation = invitations.read(token)
    _check(invitation, node, hub, without_tls)
    link = files.link()
    if link.get("invitation") != invitation.id:
        link = _enrol(invitation, node, description, files, centre)
        live_on(int(link.get("incarnation", 1)))  # a centre of an older release does not say
        files.remember(link)
        crash_point("federation.remembered")
    return finish(link, files, broker)


def finish(link: Mapping[str, Any], files: KeyFiles, broker: OwnBroker) -> dict[str, Any]:
    """What is left to do once the centre has answered; also at each start. Raises: UnavailableError."""
    if link["amqps"]["tls"]:
        files.keep_certificates(link["certificate"], link["ca"])
        crash_point("federation.written")
    broker.connect(link)
    crash_point("federation.connected")
    done = {**link, "done": True}
    if done != link:
        files.remember(done)
    return done


def _check(invitation: Invitation, node: str, hub: str | None, without_tls: bool) -> None:
    if invitation.node != node:
        params = {"invited": invitation.node, "node": node}
        raise InvalidError("invitation-for-another-node", "invitation", params)
    if hub is None:
        raise ConflictError("node-has-no-hub", None, {"node": node, "hub": invitation.hub})
    if invitation.hub != hub:
        raise ConflictError("invitation-of-another-hub", "invitation", {"given": invitation.hub, "hub": hub})
    if invitation.ca is None and not without_tls:
        raise ConflictError("hub-without-tls", "without_tls", {"hub": hub})


def _enrol(
    invitation: Invitation, node: str, description: Mapping[str, Any], files: KeyFiles, centre: Hub
) -> dict[str, Any]:
    csr = files.request(node)
    crash_point("federation.keyed")
    asked = {"node": node, "csr": csr, "description": dict(description)}
    proof = invitations.proof(invitation.secret, invitations.REQUEST, asked)
    answer = centre.enrol(invitation, {**asked, "proof": proof})
    crash_point("federation.answered")
    said = {name: value for name, value in answer.items() if name != "proof"}
    if not invitations.proves(str(answer.get("proof")), invitation.secret, invitations.ANSWER, said):
        raise ConflictError("hub-not-trusted", None, {"hub": invitation.hub})
    link = {**said, "invitation": invitation.id, "plain_agreed": invitation.ca is None}
    if invitation.ca is not None:
        if not said["amqps"]["tls"]:
            raise ConflictError("hub-not-trusted", None, {"hub": invitation.hub})
        ends = files.check(str(said["certificate"]), str(said["ca"]), invitation.ca, invitation.hub)
        link["certificate_ends"] = ends.isoformat()
    return link | {"password": invitations.broker_password(invitation.secret, node)}


def leave(hub: str, force: bool, files: KeyFiles, broker: OwnBroker, forget: Callable[[], None]) -> None:
    """Have no centre any more. Raises: ConflictError node-has-waiting; UnavailableError."""
    broker.disconnect(hub, force)
    files.forget()
    forget()
