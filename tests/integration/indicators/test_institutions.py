"""The directory is known here by its events alone: at once, as it changes, and when the actors service is down."""

from typing import Any

import pytest

from chassis.kernel.errors import InvalidError
from chassis.kernel.ids import new_id
from services.actors.contract.records import InstitutionSchema


def test_an_institution_of_a_moment_ago_answers_for_an_indicator(node, indicators):
    for _ in range(5):
        made = node.call("actors", "create_institution", {"name": f"Institut {new_id()}"})
        assert indicators.an_indicator(responsible_institution_id=made["id"])["version"] == 1


def test_an_institution_that_nobody_entered_is_refused(indicators):
    with pytest.raises(InvalidError) as refused:
        indicators.an_indicator(responsible_institution_id=new_id())
    assert [one["code"] for one in refused.value.errors] == ["institution-not-found"]


def test_the_replica_is_the_directory(node, indicators, eventually):
    made = node.call("actors", "create_institution", {"name": f"Institut {new_id()}"})
    changes = {"id": made["id"], "version": 1, "changes": {"acronym": "ABC", "aliases": ["A", "B"]}}
    node.call("actors", "change_institution", changes)
    directory = {one["id"]: one for one in node.every("actors", "list_institutions")}
    assert len(directory) > 10

    def copies() -> dict[str, Any]:
        found = node.database("indicators")["replica_institution"].find()
        return {copy["_id"]: copy for copy in found}

    eventually(lambda: copies().get(made["id"], {}).get("recordversion") == 2)
    kept, told = copies(), set(InstitutionSchema().fields) - {"id"}
    assert kept.keys() == directory.keys()
    for id, record in directory.items():
        assert kept[id]["recordversion"] == record["version"]
        assert {name: kept[id][name] for name in told} == {
            name: value for name, value in record.items() if name in told
        }


def test_with_actors_stopped_the_service_goes_on(node, indicators, eventually):
    known = node.call("actors", "create_institution", {"name": f"Institut {new_id()}"})
    indicators.an_indicator(responsible_institution_id=known["id"])
    node.stop("actors")
    try:
        made = indicators.an_indicator(responsible_institution_id=known["id"])
        assert indicators.an_observation(indicator_id=made["id"], institution_id=known["id"])["status"] == "submitted"
    finally:
        node.run("actors")


def test_what_changed_while_the_service_was_down_is_known_when_it_is_back(node, indicators, eventually):
    node.stop("indicators")
    made = node.call("actors", "create_institution", {"name": f"Institut {new_id()}"})
    node.run("indicators")
    assert indicators.an_indicator(responsible_institution_id=made["id"])["responsible_institution_id"] == made["id"]
