"""What a record tells of others: states derived from them, their names, and whom an act is announced to."""

import base64
from typing import Any

import pytest

from chassis.kernel.errors import InvalidError
from chassis.kernel.ids import new_id
from tests.integration.node import Node
from tests.integration.rights.cast import Cast

TEXT = """Compte-rendu de la réunion du Groupe Technique sur la Migration

Date\t{day} mai 2025
Lieu\tNiamey
Présence
- {present} ;

Points inscrits à l'ordre du jour
1- Ouverture (SP/CCM) ;

1. Ouverture (SP/CCM)
Points de discussion clés
Le Secrétaire Permanent a ouvert la séance.
"""


def recommendation(node: Node, cast: Cast) -> str:
    meeting = node.call("meetings", "create_meeting", {"date": "2025-05-05", "visibility": "public"})["id"]
    asked = {"text": f"À faire {new_id()}", "meeting_id": meeting, "lead_institution_id": cast.other}
    return str(node.call("meetings", "create_recommendation", {**asked, "visibility": "public"})["id"])


def listed(node: Node, effective: str, *roles: str) -> set[str]:
    return {one["id"] for one in node.every("meetings", "list_recommendations", {"effective": effective}, roles=roles)}


def test_the_effective_state_is_the_one_that_may_be_seen_also_in_lists(node: Node, cast: Cast) -> None:
    id = recommendation(node, cast)
    said = {"id": id, "institution_id": cast.other, "decision": "declined", "reason": "pas nous"}
    node.call("meetings", "respond", said)
    assert node.call("meetings", "get_recommendation", {"id": id}, roles=())["effective"]["status"] == "open"
    assert id in listed(node, "open")
    assert id not in listed(node, "declined")
    assert id in listed(node, "declined", "member")
    assert id not in listed(node, "open", "member")


def test_the_public_is_not_told_of_a_merge_among_members(node: Node, cast: Cast) -> None:
    one, other = recommendation(node, cast), recommendation(node, cast)
    referral = node.call("meetings", "refer_recommendation", {"id": one, "to_group_id": cast.group})["id"]
    node.call("meetings", "answer_referral", {"id": referral, "verdict": "merged", "into_id": other})
    seen = [node.call("meetings", "get_recommendation", {"id": one}, roles=roles) for roles in ((), ("member",))]
    assert [bool(page["hops"]) for page in seen] == [False, True]
    assert seen[0]["resolved"] is None
    assert seen[1]["resolved"]["id"] == other
    assert node.call("meetings", "get_recommendation", {"id": other}, roles=())["merged_from"] == []


def test_what_is_read_in_is_matched_to_nothing_internal(node: Node, cast: Cast, eventually: Any) -> None:
    matches = []
    for day, level in ((6, "internal"), (7, "public")):
        name = f"Comité {level} {new_id()}"
        institution = node.call("actors", "create_institution", {"name": name, "visibility": level})["id"]
        rows = node.database("meetings")["replica_institution"]
        eventually(lambda rows=rows, id=institution: rows.find_one({"_id": id}))
        text = base64.b64encode(TEXT.format(day=day, present=name).encode()).decode()
        read = node.call("meetings", "import_minutes", {"content_base64": text})
        seen = node.call("meetings", "get_meeting", {"id": read["meeting_id"]}, roles=("member",))
        matches += [one["match"] for one in seen["attendance"]]
    assert matches == ["none", "exact"]


def test_a_meeting_that_others_see_takes_no_internal_group(node: Node, cast: Cast, eventually: Any) -> None:
    said = {"name": f"Cellule {new_id()}", "kind": "thematic", "visibility": "internal"}
    group = node.call("actors", "create_group", said)["id"]
    eventually(lambda: node.database("meetings")["replica_group"].find_one({"_id": group}))
    asked = {"date": "2025-06-06", "group_id": group}
    with pytest.raises(InvalidError, match="invalid-request"):
        node.call("meetings", "create_meeting", asked)
    meeting = node.call("meetings", "create_meeting", {**asked, "visibility": "internal"})
    assert meeting["group_name"] == said["name"]
    with pytest.raises(InvalidError, match="invalid-request"):
        node.call("meetings", "change_meeting", {"id": meeting["id"], "changes": {"visibility": "gtm"}})
    text = {"title": "Plan", "kind": "plan", "reference": "https://exemple.ne/plan.pdf"}
    document = node.call("meetings", "submit_document", text)["id"]
    with pytest.raises(InvalidError) as refused:
        opening = {"id": document, "group_ids": [cast.group, group], "deadline": "2099-01-01"}
        node.call("meetings", "open_round", opening)
    assert [one["code"] for one in refused.value.errors] == ["group-internal"]
