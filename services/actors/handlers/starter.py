"""The directory and groups that ship, entered once; what people changed since is left alone."""

from typing import Any

from chassis.kernel.text import fold
from services.actors.contract import events
from services.actors.domain.group import Group
from services.actors.domain.institution import Institution
from services.actors.domain.ports import Work
from services.actors.domain.reference import reference

SHIPPED = "public"


def load_institutions(work: Work) -> int:
    """Enter the shipped institutions that the directory does not have by name. Returns how many were new."""
    entered = 0
    parents: dict[str, str] = {}  # folded acronym → id; parents stand before their children in the list
    for item in reference("institutions")["items"]:
        known = work.institutions.find_known_as(fold(item["name"]))
        if known is not None:
            parents[fold(known.acronym or known.name)] = known.id
            continue
        fields = _fields(item, Institution) | {"parent_id": parents.get(fold(item.get("parent") or ""))}
        made = work.new(Institution, SHIPPED, **fields)
        work.save(made, events.INSTITUTION_CREATED)
        parents[fold(made.acronym or made.name)] = made.id
        entered += 1
    return entered


def load_groups(work: Work) -> int:
    """Set up the shipped groups that do not exist by name; institutions must be there. Returns how many were new."""
    entered = 0
    for item in reference("groups")["items"]:
        if work.groups.find_named(fold(item["name"])) is not None:
            continue
        fields = _fields(item, Group) | {"secretariat_id": _id(work, item.get("secretariat"))}
        fields["members"] = [
            {"institution_id": id, "role": member.get("role", "member")}
            for member in item.get("members", ())
            if (id := _id(work, member.get("institution") or member.get("acronym")))
        ]
        work.save(work.new(Group, SHIPPED, **fields), events.GROUP_CREATED)
        entered += 1
    return entered


def _id(work: Work, acronym: str | None) -> str | None:
    found = work.institutions.find_known_as(fold(acronym)) if acronym else None
    return found.id if found else None


def _fields(item: dict[str, Any], kind: type[Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name in kind.__dataclass_fields__ and name != "members"}
