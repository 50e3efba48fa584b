"""What the table of the policy lets whom do and see, read here anew: nothing of the platform's own reading is used."""

import tomllib
from dataclasses import dataclass
from typing import Any

from tests.integration.node import ROOT

TABLE: dict[str, Any] = tomllib.loads((ROOT / "services" / "policy.toml").read_text(encoding="utf-8"))
LEVELS = ("internal", "gtm", "public")
SERVICES = ("actors", "meetings", "indicators", "notifications", "federation")


@dataclass(frozen=True)
class Person:
    """Somebody who asks."""

    name: str
    roles: tuple[str, ...] = ()
    institution: str | None = None
    read_only: bool = False


def may(service: str, call: str, person: Person) -> str:
    """yes, own (for the institution of the person alone), no."""
    return _held(TABLE.get(service, {}).get(call) or TABLE["every_service"][call], person)


def sees(service: str, level: str, owner: str | None, person: Person) -> bool:
    """Whether a record of that visibility and institution is there for the person."""
    held = _held(_seen_by(service, level), person)
    return held == "yes" or (held == "own" and owner is not None and owner == person.institution)


def levels(service: str, person: Person) -> set[str]:
    """The visibilities that the person sees, whosever a record is."""
    return {level for level in LEVELS if _held(_seen_by(service, level), person) == "yes"}


def owner_field(noun: str) -> str | None:
    """The field that says whose a record is."""
    found: str | None = TABLE["own"].get(noun)
    return found


def calls(service: str) -> list[str]:
    """All that can be asked of a service."""
    return [*TABLE[service], *(call for call in TABLE["every_service"] if call not in TABLE[service])]


def _seen_by(service: str, level: str) -> list[str]:
    table = TABLE["visibility"]
    found: list[str] = table.get(service, {}).get(level) or table[level]
    return found


def _held(who: list[str], person: Person) -> str:
    if "everyone" in who or (person.roles and "signed_in" in who) or set(who) & set(person.roles):
        return "yes"
    if person.institution and {f"{role}:own" for role in person.roles} & set(who):
        return "own"
    return "no"
