"""Frameworks, indicators and observations over RPC: created, read, listed, changed, moved, refused."""

import threading
from typing import Any

import pytest

from chassis.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, StaleError
from chassis.kernel.ids import new_id

NODES = [{"code": "B1", "level": "axis"}, {"code": "B1.1", "parent": "B1"}]


def faults(error: Any) -> set[tuple[str, str]]:
    return {(one["field"], one["code"]) for one in error.value.errors}


def shown(observation: Any) -> Any:
    """As a page shows a figure of which nobody of another node said anything."""
    own = {name: observation[name] for name in ("status", "reason")}
    return {**observation, "effective": {**own, "verification": None}}


def test_what_ships_is_there_for_everybody_and_not_twice_after_a_restart(node, indicators, eventually):
    def shipped() -> Any:
        return indicators("list_frameworks", roles=())["items"]

    before = shipped()
    assert [one["code"] for one in before] == ["PNM-2020-2035", "STRATEGIE-2022-2026"]
    assert {(one["version"], one["visibility"], one["created_by"]) for one in before} == {(1, "public", "system")}
    node.stop("indicators")
    node.run("indicators")
    eventually(lambda: '"service.started"' in node.log("indicators"))
    assert shipped() == before


def test_a_framework_is_created_read_and_changed(indicators):
    made = indicators("create_framework", {"code": "B", "name": "Plan B", "starts": 2022, "ends": 2026, "nodes": NODES})
    assert made["nodes"][1] == {"code": "B1.1", "parent": "B1", "level": "objective", "labels": None}
    changed = indicators("change_framework", {"id": made["id"], "version": 1, "changes": {"name": "Plan B bis"}})
    assert (changed["version"], changed["nodes"]) == (2, made["nodes"])
    assert indicators("get_framework", {"id": made["id"]}, roles=()) == changed
    assert indicators("list_frameworks", {"code": "b"})["items"] == [changed]
    with pytest.raises(StaleError, match="stale-version"):
        indicators("change_framework", {"id": made["id"], "version": 1, "changes": {"name": "Plan C"}})
    with pytest.raises(ConflictError, match="framework-code-taken"):
        indicators("create_framework", {"code": "b", "name": "Autre", "starts": 2022, "ends": 2026})
    indicators.an_indicator(framework_id=made["id"], node_code="B1.1")
    with pytest.raises(InvalidError) as refused:
        indicators("change_framework", {"id": made["id"], "version": 2, "changes": {"nodes": NODES[:1]}})
    assert faults(refused) == {("nodes", "framework-node-in-use")}


def test_a_broken_tree_is_refused_with_all_its_faults_and_nothing_is_stored(indicators):
    nodes = [{"code": "X", "parent": "Y"}, {"code": "Y", "parent": "X"}, {"code": "Z", "parent": "?"}]
    with pytest.raises(InvalidError) as refused:
        indicators("create_framework", {"code": "RING", "name": "R", "starts": 2026, "ends": 2022, "nodes": nodes})
    assert refused.value.code == "invalid-request"
    assert faults(refused) == {
        ("ends", "ends-before-start"),
        ("nodes.0.parent", "parent-cycle"),
        ("nodes.1.parent", "parent-cycle"),
        ("nodes.2.parent", "parent-not-found"),
    }
    assert indicators("list_frameworks", {"code": "RING"})["items"] == []


def test_an_indicator_of_the_shipped_strategy_is_defined_and_found(indicators, institution):
    strategy = indicators("list_frameworks", {"code": "STRATEGIE-2022-2026"})["items"][0]
    made = indicators.an_indicator(
        framework_id=strategy["id"],
        node_code="A3.1",
        baseline={"year": 2021, "value": 8000},
        targets=[{"year": 2024, "value": "24000"}, {"year": 2024, "value": "900", "area": "NE001"}],
        responsible_institution_id=institution["id"],
        gcm_objectives=[1, 3],
        sdg=["10.7"],
    )
    assert (made["version"], made["visibility"], made["baseline"]) == (1, "public", {"year": 2021, "value": "8000"})
    for filters in (
        {"framework_id": strategy["id"], "node_code": "A3.1"},
        {"responsible_institution_id": institution["id"], "level": "output"},
        {"code": made["code"].lower()},
    ):
        assert indicators("list_indicators", filters, roles=())["items"] == [made]
    changed = indicators("change_indicator", {"id": made["id"], "version": 1, "changes": {"targets": []}})
    assert (changed["version"], changed["targets"], changed["sdg"]) == (2, [], ["10.7"])
    with pytest.raises(ConflictError, match="indicator-code-taken"):
        indicators.an_indicator(code=made["code"])
    with pytest.raises(NotFoundError, match="indicator-not-found"):
        indicators("get_indicator", {"id": new_id()})


def test_a_figure_goes_from_submission_to_publication(indicators, institution):
    made = indicators.an_observation(
        area="NE001", categories={"sex": "F"}, source="Registre", institution_id=institution["id"]
    )
    assert (made["status"], made["visibility"], made["value"]) == ("submitted", "gtm", "120")
    id = made["id"]
    with pytest.raises(NotFoundError, match="observation-not-found"):
        indicators("get_observation", {"id": id}, roles=())
    with pytest.raises(ConflictError, match="observation-status"):
        indicators("publish_observation", {"id": id})
    with pytest.raises(ForbiddenError, match="role-required"):
        indicators("verify_observation", {"id": id}, roles=("secretariat",))
    with pytest.raises(StaleError, match="stale-version"):
        indicators("verify_observation", {"id": id, "version": 7})
    assert indicators("verify_observation", {"id": id, "version": 1})["status"] == "verified"
    published = indicators("publish_observation", {"id": id})
    assert (published["status"], published["visibility"], published["version"]) == ("published", "public", 3)
    assert indicators("get_observation", {"id": id}, roles=()) == shown(published)
    found = indicators("list_observations", {"institution_id": institution["id"]}, roles=())["items"]
    assert found == [shown(published)]


def test_a_returned_figure_is_revised_and_its_trail_is_in_the_log(node, indicators):
    made = indicators.an_observation()
    id = made["id"]
    returned = indicators("return_observation", {"id": id, "reason": "Quel registre ?"}, roles=("admin",))
    assert (returned["status"], returned["reason"]) == ("returned", "Quel registre ?")
    revised = indicators("change_observation", {"id": id, "version": 2, "changes": {"value": 130}})
    assert (revised["status"], revised["reason"], revised["value"]) == ("submitted", None, "130")
    again = indicators("change_observation", {"id": id, "version": 3, "changes": {"value": "130"}})
    assert again == revised
    trail = node.events("indicators", subject=id)
    assert [event["type"].split(".")[3] for event in trail] == ["submitted", "returned", "revised"]
    assert [event["recordversion"] for event in trail] == [1, 2, 3]
    assert [event["data"]["value"] for event in trail] == ["120", "120", "130"]
    assert trail[2]["data"]["changed"] == ["value", "status", "reason"]


def test_a_second_figure_of_one_source_is_refused_and_says_which_to_change(indicators):
    made = indicators.an_observation(categories={"sex": "M"})
    with pytest.raises(ConflictError) as refused:
        indicators.an_observation(indicator_id=made["indicator_id"], categories={"sex": "M"}, value="7")
    assert (refused.value.code, refused.value.field) == ("observation-exists", "period")
    assert refused.value.params["id"] == made["id"]
    other = indicators.an_observation(indicator_id=made["indicator_id"], categories={"sex": "F"})
    with pytest.raises(ConflictError, match="observation-exists"):
        indicators("change_observation", {"id": other["id"], "version": 1, "changes": {"categories": {"sex": "M"}}})
    assert indicators("get_observation", {"id": other["id"]}) == shown(other)


def test_of_figures_that_come_at_once_one_is_kept(indicators):
    indicator = indicators.an_indicator()["id"]
    outcomes: list[str] = []

    def submit() -> None:
        try:
            outcomes.append(indicators.an_observation(indicator_id=indicator)["status"])
        except ConflictError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=submit) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["observation-exists"] * 5 + ["submitted"]
    assert len(indicators("list_observations", {"indicator_id": indicator})["items"]) == 1


def test_every_fault_of_a_figure_is_told_at_once_and_nothing_is_stored(indicators):
    indicator = indicators.an_indicator(kind="percentage")["id"]
    with pytest.raises(InvalidError) as refused:
        indicators.an_observation(
            indicator_id=indicator,
            period="2024-S3",
            area="Agadez",
            categories={"status": "x"},
            value=None,
            numerator="3",
            institution_id=new_id(),
        )
    assert faults(refused) == {
        ("period", "no-such-period"),
        ("area", "not-an-area"),
        ("categories.status", "unknown-dimension"),
        ("denominator", "ratio-incomplete"),
        ("institution_id", "institution-not-found"),
    }
    assert indicators("list_observations", {"indicator_id": indicator})["items"] == []


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"origin": "agadez"}, "origin", "server-owned-field"),
        ({"status": "published"}, "status", "unknown-field"),
        ({"visibility": "public"}, "visibility", "not-a-choice"),
        ({"value": True}, "value", "not-a-number"),
        ({"value": "1e3"}, "value", "not-a-number"),
        ({"period": "2024-Q3\x00"}, "period", "control-characters"),
        ({"categories": {"a.b": "x"}}, "categories.a.b.key", "not-a-dimension"),
    ],
)
def test_a_wrong_field_is_named(indicators, body, field, code):
    with pytest.raises(InvalidError) as refused:
        indicators.an_observation(indicator_id=new_id(), **body)
    assert (field, code) in faults(refused)


def test_the_public_and_members_may_not_write(indicators):
    body = {"code": "N", "name": "N", "starts": 2022, "ends": 2026}
    with pytest.raises(ForbiddenError, match="sign-in-required"):
        indicators("create_framework", body, roles=())
    with pytest.raises(ForbiddenError, match="role-required"):
        indicators("create_framework", body, roles=("member", "focal_point"))
    with pytest.raises(ForbiddenError, match="invalid-token"):
        indicators("create_framework", body, token="not.a.token")


def test_a_long_list_comes_in_pages_each_record_once(indicators):
    indicator = indicators.an_indicator(frequency="month", disaggregation=[])["id"]
    made = [indicators.an_observation(indicator_id=indicator, period=f"2024-{month:02}") for month in range(1, 13)]
    seen: list[Any] = []
    cursor, pages = None, 0
    while pages == 0 or cursor:
        page = indicators("list_observations", {"indicator_id": indicator, "page_size": 5, "cursor": cursor})
        seen, cursor, pages = seen + page["items"], page["next_cursor"], pages + 1
    assert (seen, pages) == ([shown(one) for one in made], 3)
    with pytest.raises(InvalidError, match="unreadable-cursor"):
        indicators("list_observations", {"cursor": "%%%"})
    with pytest.raises(InvalidError) as refused:
        indicators("list_observations", {"page_size": 201})
    assert faults(refused) == {("page_size", "out-of-range")}


def test_observations_are_told_as_they_were(indicators, node):
    first = indicators.an_observation(value="10")
    second = indicators("verify_observation", {"id": first["id"], "version": 1})
    at = [event["time"] for event in node.events("indicators", subject=first["id"])]
    for moment, told in zip(at, (first, second), strict=True):
        assert indicators("get_observation", {"id": first["id"], "as_of": moment}) == told
        asked = {"indicator_id": first["indicator_id"], "as_of": moment, "status": told["status"]}
        assert indicators("list_observations", asked)["items"] == [told]
