"""Members, their focal points and their interventions."""

from typing import Any

from launcher.demo.catalogue import Entry
from launcher.demo.node import CENTRAL_GROUP, Node

COUNTRY = "NE"
REGION_LENGTH = 5  # « NE001 »; a longer code is a department's
CADENCE = {"every": 1, "unit": "month"}


def load_institution(node: Node, entry: Entry) -> bool:
    """Put an invented institution into the directory."""
    labels = {"fr": entry["name"], "en": entry["name_en"]}
    same = ("acronym", "name", "kind", "themes", "regions")
    return node.make("/institutions", {**{name: entry[name] for name in same}, "labels": labels})


def load_member(node: Node, entry: Entry) -> bool:
    """Give an invented institution its seat on the central group."""
    group = node.known("/groups")[CENTRAL_GROUP]
    institution = node.institution_id(entry["acronym"])
    if any(member["institution_id"] == institution for member in group["members"]):
        return False
    members = [*group["members"], {"institution_id": institution, "role": entry["member_as"]}]
    said = {"members": members, "cadence": group.get("cadence") or CADENCE}
    group.update(node.client.change(f"/groups/{group['id']}", group["version"], said))
    return True


def load_focal_point(node: Node, entry: Entry) -> bool:
    """Name a person, who does not exist, for an institution."""
    same = ("name", "email", "function", "language")
    return node.make(
        "/focal-points",
        {
            **{name: entry[name] for name in same},
            "institution_id": node.institution_id(entry["institution"]),
            "consent": True,
        },
    )


def load_intervention(node: Node, entry: Entry) -> bool:
    """Declare an intervention."""
    same = (
        "title", "description", "themes", "activity_types", "target_groups", "axes", "pnm_programmes",
        "gcm_objectives", "stages", "status", "budget", "reached",
    )  # fmt: skip
    return node.make(
        "/interventions",
        {
            **{name: entry[name] for name in same if name in entry},
            "lead_institution_id": node.institution_id(entry["lead"]),
            "partner_ids": [node.institution_id(acronym) for acronym in entry["partners"]],
            "donors": [_donor(node, donor) for donor in entry["donors"]],
            "places": [_place(node, code) for code in entry["places"]],
            "start": node.month.plus(entry["start"]).first_day().isoformat(),
            "end": node.month.plus(entry["end"]).last_day().isoformat(),
        },
    )


def _donor(node: Node, donor: Entry) -> dict[str, Any]:
    money = {name: value for name, value in donor.items() if name != "institution"}
    return {"institution_id": node.institution_id(donor["institution"]), **money}


def _place(node: Node, code: str) -> dict[str, str]:
    if code == COUNTRY:
        return {"level": "national", "code": code, "name": "Niger"}
    level = "region" if len(code) == REGION_LENGTH else "department"
    return {"level": level, "code": code, "name": node.place_names[code]}
