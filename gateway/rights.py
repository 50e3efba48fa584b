"""What who asks may ask of the services of this node, by the table that the services apply; pages hide the rest."""

import tomllib
from functools import cache

from chassis.kernel.policy import Policy, read
from chassis.kernel.principal import Principal
from gateway import context
from gateway.settings import ROOT


def of(principal: Principal) -> dict[str, dict[str, list[str]]]:
    """Service → {any, own}: names of calls, for any institution or for one's own alone."""
    return policy().powers(principal, context.settings().node.services)


@cache
def policy() -> Policy:
    """The table of the platform."""
    return read(tomllib.loads((ROOT / "services" / "policy.toml").read_text(encoding="utf-8")))
