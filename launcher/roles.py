"""docs/roles.md, made from services/policy.toml: who may do what, in French and English."""

import tomllib

from chassis.kernel.policy import EVERY_SERVICE, EVERYONE, OWN, SIGNED_IN, Policy, read
from chassis.kernel.principal import ROLES
from launcher.environments import ROOT

TABLE = ROOT / "services" / "policy.toml"
FILE = ROOT / "docs" / "roles.md"
INTRODUCTION = """# Qui peut faire quoi · Who may do what

Fait de `services/policy.toml` par `./gtm roles --write` ; chaque service applique cette table à chaque appel, et ce
qui n'y est pas est refusé à tous. ● : permis ; ◐ : pour sa propre institution seulement. Ce que chacun voit dépend en
plus de la visibilité de chaque enregistrement (`internal` : le secrétariat et l'administration du nœud ; `gtm` : les
membres ; `public` : tout le monde).

Made from `services/policy.toml` by `./gtm roles --write`; each service applies this table at each call, and what it
does not name is refused to everybody. ●: allowed; ◐: for one's own institution alone. What each may see also depends
on the visibility of each record (`internal`: secretariat and administrators of the node; `gtm`: members; `public`:
everybody).
"""
HEADINGS = ("public", *ROLES)


def policy() -> Policy:
    """The table of the platform."""
    return read(tomllib.loads(TABLE.read_text(encoding="utf-8")))


def render() -> str:
    """The whole page."""
    found = policy()
    lines = [INTRODUCTION.rstrip()]
    for service in dict.fromkeys(service for service, _ in found.rules):
        title = "chaque service · every service" if service == EVERY_SERVICE else service
        lines += ["", f"## {title}", f"| | {' | '.join(HEADINGS)} |", "|---" + "|:-:" * len(HEADINGS) + "|"]
        for (of, call), rule in found.rules.items():
            if of == service:
                lines.append(f"| `{call}` | {' | '.join(_mark(rule.who, one) for one in HEADINGS)} |")
    owned = ", ".join(f"`{noun}` (`{field}`)" for noun, field in found.owners.items())
    lines += ["", f"◐ : {owned}."]
    return "\n".join(lines) + "\n"


def _mark(who: tuple[str, ...], role: str) -> str:
    if EVERYONE in who or role in who or (SIGNED_IN in who and role != "public"):
        return "●"
    return "◐" if f"{role}{OWN}" in who else ""
