"""What who asks may ask of the gateway and the services of this node, by their table; pages hide the rest."""

import tomllib
from functools import cache

from chassis.kernel.policy import GATEWAY, Policy, read
from chassis.kernel.principal import Principal
from gateway import context
from gateway.settings import ROOT


def of(principal: Principal) -> dict[str, dict[str, list[str]]]:
    """Service → {any, own}: names of calls, for any institution or for one's own alone.

    The gateway's own addresses are for a person's session.
    """
    own = (GATEWAY,) if principal.session_id else ()
    return policy().powers(principal, (*own, *context.settings().node.services))


@cache
def policy() -> Policy:
    """The table of the platform."""
    return read(tomllib.loads((ROOT / "services" / "policy.toml").read_text(encoding="utf-8")))
