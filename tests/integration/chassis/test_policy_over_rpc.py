"""Each call of each service, made past the gateway, with each role: refused by the table, or let in."""

from typing import Any

import pytest

from chassis.kernel.errors import ConflictError, ForbiddenError, PlatformError
from chassis.kernel.ids import new_id
from chassis.kernel.policy import EVERY_SERVICE
from chassis.kernel.principal import ROLES, Principal
from chassis.process.settings import SERVICES
from launcher import roles
from tests.integration.node import Node

POLICY = roles.policy()
PERSONS: list[tuple[str, ...]] = [(), *((role,) for role in ROLES)]
REFUSALS = {"sign-in-required", "role-required", "institution-required", "no-rule"}
HERE = [name for name in SERVICES if name != "federation"]  # that one needs a broker of its own to administer


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    node.run(*HERE)


def calls() -> list[tuple[str, str]]:
    found = [one for one in POLICY.rules if one[0] in HERE]
    return found + [(name, call) for name in HERE for service, call in POLICY.rules if service == EVERY_SERVICE]


def outcome(node: Node, service: str, call: str, person: tuple[str, ...], institution: str | None) -> str:
    """The refusal of the policy, or "in": then it is the payload, which is none, that it fails for."""
    who: Any = {"institution_id": institution} if person else {}
    try:
        node.call(service, call, {"nonsense": {"$gt": ""}}, roles=person, **who)
    except ForbiddenError as error:
        return error.code if error.code in REFUSALS else "in"
    except PlatformError:
        return "in"
    return "in"


@pytest.mark.parametrize("person", PERSONS, ids=lambda one: one[0] if one else "public")
def test_every_call_as_the_table_says(node: Node, person: tuple[str, ...]) -> None:
    institution = new_id()
    principal = Principal(account_id="a", roles=frozenset(person), institution_id=institution if person else None)
    wrong = []
    for service, call in calls():
        expected = "in"
        try:
            POLICY.admit(service, call, principal)
        except ForbiddenError as error:
            expected = error.code
        found = outcome(node, service, call, person, institution)
        if found != expected:
            wrong.append((service, call, expected, found))
    assert not wrong


def institution(node: Node, name: str) -> str:
    return str(node.call("actors", "create_institution", {"name": f"{name} {new_id()}"})["id"])


def mine(institution_id: str) -> dict[str, Any]:
    return {"roles": ("focal_point",), "institution_id": institution_id}


def test_a_focal_point_writes_for_its_own_institution_alone(node: Node) -> None:
    own, other = institution(node, "La mienne"), institution(node, "Une autre")
    made = node.call("actors", "create_intervention", {"title": "Puits", "lead_institution_id": own}, **mine(own))
    assert made["lead_institution_id"] == own
    with pytest.raises(ForbiddenError, match="own-institution-only") as refused:
        node.call("actors", "create_intervention", {"title": "Puits", "lead_institution_id": other}, **mine(own))
    assert refused.value.field == "lead_institution_id"
    theirs = node.call("actors", "create_intervention", {"title": "École", "lead_institution_id": other})
    for changes in ({"title": "Prise"}, {"lead_institution_id": own}):
        with pytest.raises(ForbiddenError, match="own-institution-only"):
            node.call(
                "actors", "change_intervention", {"id": theirs["id"], "version": 1, "changes": changes}, **mine(own)
            )
    given_away = {"id": made["id"], "version": 1, "changes": {"lead_institution_id": other}}
    with pytest.raises(ForbiddenError, match="own-institution-only"):
        node.call("actors", "change_intervention", given_away, **mine(own))
    assert node.call("actors", "get_intervention", {"id": theirs["id"]})["version"] == 1
    assert node.call("actors", "get_intervention", {"id": made["id"]})["version"] == 1


def test_the_past_of_a_record_is_for_whom_the_record_is_for(node: Node) -> None:
    with pytest.raises(ForbiddenError, match="sign-in-required"):
        node.call("notifications", "list_history", {"noun": "notification", "id": new_id(), "page_size": 5}, roles=())


def test_who_has_no_institution_writes_for_none(node: Node) -> None:
    with pytest.raises(ForbiddenError, match="institution-required"):
        node.call("actors", "create_intervention", {"title": "Puits"}, roles=("focal_point",))


def test_another_role_beside_it_lifts_the_limit(node: Node) -> None:
    own, other = institution(node, "La mienne"), institution(node, "Une autre")
    both: Any = {"roles": ("focal_point", "secretariat"), "institution_id": own}
    made = node.call("actors", "create_intervention", {"title": "Pont", "lead_institution_id": other}, **both)
    assert made["lead_institution_id"] == other


def test_a_figure_without_an_institution_is_that_of_who_reports_it(node: Node, eventually: Any) -> None:
    own = institution(node, "Direction régionale")
    body = {"code": new_id()[-8:], "name": "Retours", "unit": "personnes", "kind": "count", "frequency": "year"}
    indicator = node.call("indicators", "create_indicator", body)["id"]
    eventually(lambda: node.database("indicators")["replica_institution"].find_one({"_id": own}))
    figure = {"indicator_id": indicator, "period": "2024", "area": "NE", "value": "3"}
    made = node.call("indicators", "create_observation", figure, **mine(own))
    assert made["institution_id"] == own
    with pytest.raises((ForbiddenError, ConflictError)):
        node.call("indicators", "verify_observation", {"id": made["id"], "version": 1}, **mine(own))
