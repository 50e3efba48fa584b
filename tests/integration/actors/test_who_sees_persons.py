"""Who sees focal points: the secretariat all, members those who consented, the person; each reading is noted."""

from typing import Any

import pytest

from chassis.kernel.errors import ForbiddenError, NotFoundError
from chassis.kernel.ids import new_id
from tests.integration.node import Node


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    node.run("actors")


def person(node: Node, **others: Any) -> dict[str, Any]:
    institution = node.call("actors", "create_institution", {"name": f"Institution {new_id()}"})["id"]
    fields = {"institution_id": institution, "name": "Personne", "email": f"{new_id()}@exemple.ne", **others}
    return dict(node.call("actors", "create_focal_point", fields))


def sees(node: Node, made: dict[str, Any], *roles: str, **who: Any) -> bool:
    """Whether the list and the record say so, which must be the same."""
    listed = node.call("actors", "list_focal_points", {"institution_id": made["institution_id"]}, roles=roles, **who)[
        "items"
    ]
    try:
        node.call("actors", "get_focal_point", {"id": made["id"]}, roles=roles, **who)
    except NotFoundError:
        assert not listed
        return False
    assert [one["id"] for one in listed] == [made["id"]]
    return True


def test_only_who_consented_is_shown_to_members(node: Node) -> None:
    made = person(node, consent=True)  # to be listed publicly one day: nobody here sees more by it
    assert sees(node, made, "secretariat") and sees(node, made, "admin")
    assert not sees(node, made, "member") and not sees(node, made, "focal_point", institution_id=made["institution_id"])
    assert sees(node, made, "focal_point", institution_id=made["institution_id"], focal_point_id=made["id"])
    given = {"id": made["id"], "purpose": "coordination", "how": "oral"}
    noted = node.call("actors", "consent_focal_point", given, account="secretary")["consents"]
    assert [(one["purpose"], one["how"], one["noted_by"], one["withdrawn_at"]) for one in noted] == [
        ("directory", "form", "tester", None),
        ("coordination", "oral", "secretary", None),
    ]
    assert sees(node, made, "member") and sees(node, made, "statistician")
    for call in ("list_focal_points", "get_focal_point"):
        with pytest.raises(ForbiddenError, match="sign-in-required"):
            node.call("actors", call, {"id": made["id"]}, roles=())


def test_the_person_takes_it_back_and_nobody_else_may(node: Node) -> None:
    made = person(node)
    own = {"roles": ("focal_point",), "focal_point_id": made["id"], "institution_id": made["institution_id"]}
    asked = {"id": made["id"], "purpose": "coordination"}
    for call in ("consent_focal_point", "withdraw_consent_focal_point"):
        with pytest.raises(NotFoundError):
            node.call("actors", call, asked, roles=("focal_point",), focal_point_id=new_id())
    assert node.call("actors", "consent_focal_point", asked, **own)["consents"][0]["how"] == "self"
    assert sees(node, made, "member")
    taken = node.call("actors", "withdraw_consent_focal_point", asked, **own)["consents"]
    assert taken[0]["withdrawn_at"] is not None and len(taken) == 1
    assert not sees(node, made, "member")


def test_no_event_of_a_person_may_leave_the_node(node: Node) -> None:
    made = person(node, consent=True)
    for purpose in ("coordination", "sharing", "directory"):
        node.call("actors", "consent_focal_point", {"id": made["id"], "purpose": purpose})
    assert {one["visibility"] for one in node.events("actors", subject=made["id"])} == {"internal"}
    seen = node.call("actors", "list_events", {"subject": made["id"], "page_size": 9}, roles=("member",))
    assert seen["items"] == []


def accesses(node: Node, **asked: Any) -> list[dict[str, Any]]:
    who = asked.pop("who", {})
    return list(node.call("actors", "list_accesses", {"page_size": 200, **asked}, **who)["items"])


def test_each_reading_is_noted_once_before_it_is_answered(node: Node) -> None:
    made = person(node)
    reads: tuple[tuple[str, dict[str, Any]], ...] = (
        ("list_focal_points", {"institution_id": made["institution_id"]}),
        ("get_focal_point", {"id": made["id"]}),
        ("list_events", {"subject": made["id"]}),
        ("export_person", {"focal_point_id": made["id"]}),
    )
    for call, payload in reads:
        node.call("actors", call, payload, account=f"reader of {made['id']}", correlation_id=f"request-{call}")
    found = accesses(node, focal_point_id=made["id"])
    assert [(one["call"], one["request"]) for one in reversed(found)] == [
        (call, f"request-{call}") for call, _ in reads
    ]
    assert {one["by"] for one in found} == {f"reader of {made['id']}"}
    assert all(one["records"] == [made["id"]] for one in found)
    assert accesses(node, by=f"reader of {made['id']}") == found
    nobody = {"institution_id": new_id()}
    node.call("actors", "list_focal_points", nobody, account="who finds nobody")
    assert not accesses(node, by="who finds nobody")


def test_who_read_it_is_for_admins_and_for_the_person(node: Node) -> None:
    made, other = person(node), person(node)
    node.call("actors", "get_focal_point", {"id": made["id"]})
    own = {"roles": ("focal_point",), "focal_point_id": made["id"], "institution_id": made["institution_id"]}
    assert len(accesses(node, focal_point_id=made["id"], who=own)) == 1
    for asked in ({"focal_point_id": other["id"]}, {}):
        with pytest.raises(ForbiddenError, match="role-required"):
            accesses(node, **asked, who=own)
    page = node.call("actors", "list_accesses", {"page_size": 1})
    following = node.call("actors", "list_accesses", {"page_size": 1, "cursor": page["next_cursor"]})
    assert following["items"][0]["id"] < page["items"][0]["id"]


def test_the_export_has_all_and_is_for_the_person(node: Node) -> None:
    made = person(node, phone="+227 11 22 33 44")
    node.call("actors", "change_focal_point", {"id": made["id"], "changes": {"phone": None}})
    own = {"roles": ("focal_point",), "focal_point_id": made["id"], "institution_id": made["institution_id"]}
    held = node.call("actors", "export_person", {"focal_point_id": made["id"], "account_id": "tester"}, **own)
    assert held["records"][0]["name"] == "Personne"
    assert [one["data"]["phone"] for one in held["versions"]] == ["+227 11 22 33 44", None]
    assert made["id"] in held["acts"]["focal_point"]
    for asked in ({"focal_point_id": new_id()}, {"account_id": "somebody"}, {}):
        with pytest.raises(ForbiddenError, match="role-required"):
            node.call("actors", "export_person", asked, **own)
