"""docs/roles.md, made from services/policy.toml: who may do what, in French and English."""

import tomllib
from collections.abc import Mapping

from chassis.kernel.policy import EVERY_SERVICE, EVERYONE, OWN, SEEN, SIGNED_IN, Policy, read
from chassis.kernel.principal import ROLES
from launcher.environments import ROOT

TABLE = ROOT / "services" / "policy.toml"
FILE = ROOT / "docs" / "roles.md"
INTRODUCTION = """# Qui peut faire quoi · Who may do what

Fait de `services/policy.toml` par `./gtm roles --write` ; chaque service applique cette table à chaque appel, et ce
qui n'y est pas est refusé à tous. ● : permis ; ◐ : pour sa propre institution seulement. Ce que chacun voit dépend en
plus de la visibilité de chaque enregistrement : pour qui ne le voit pas, il n'existe pas (404, ni dans une liste, ni
dans un compte, ni dans le journal). ✎ : change quelque chose, et se refuse à un jeton de lecture seule.

Made from `services/policy.toml` by `./gtm roles --write`; each service applies this table at each call, and what it
does not name is refused to everybody. ●: allowed; ◐: for one's own institution alone. What each may see also depends
on the visibility of each record: for who does not see it, it does not exist (404, in no list, no count, no log).
✎: changes something, and is refused to a read-only token.
"""
HEADINGS = ("public", *ROLES)


def policy() -> Policy:
    """The table of the platform."""
    return read(tomllib.loads(TABLE.read_text(encoding="utf-8")))


def render() -> str:
    """The whole page."""
    found = policy()
    lines = [INTRODUCTION.rstrip(), *_table("visibilité · visibility", _sights(found))]
    for service in dict.fromkeys(service for service, _ in found.rules):
        title = "chaque service · every service" if service == EVERY_SERVICE else service
        calls = {(call, rule.looks): rule.who for (of, call), rule in found.rules.items() if of == service}
        lines += _table(title, {call if looks else f"{call} ✎": who for (call, looks), who in calls.items()})
    owned = ", ".join(f"`{noun}` (`{field}`)" for noun, field in found.owners.items())
    lines += ["", f"◐ : {owned}."]
    return "\n".join(lines) + "\n"


def _sights(policy: Policy) -> dict[str, tuple[str, ...]]:
    """Who sees the records of each visibility, and where it is otherwise in one service."""
    return {level if of == SEEN else f"{level} ({of})": rule.who for (of, level), rule in policy.seen.items()}


def _table(title: str, rows: Mapping[str, tuple[str, ...]]) -> list[str]:
    head = ["", f"## {title}", f"| | {' | '.join(HEADINGS)} |", "|---" + "|:-:" * len(HEADINGS) + "|"]
    return head + [f"| `{name}` | {' | '.join(_mark(who, one) for one in HEADINGS)} |" for name, who in rows.items()]


def _mark(who: tuple[str, ...], role: str) -> str:
    if EVERYONE in who or role in who or (SIGNED_IN in who and role != "public"):
        return "●"
    return "◐" if f"{role}{OWN}" in who else ""
