"""Frameworks, indicators and observations as tests need them: sound, until a test says otherwise."""

from typing import Any

from chassis.kernel.ids import new_id
from services.indicators.contract import commands
from services.indicators.handlers import framework, indicator, observation
from tests.unit.indicators.fakes import World


def a_framework(world: World, **others: Any) -> Any:
    """The strategy in three lines, 2022 to 2026."""
    body = {
        "code": "STRATEGIE",
        "name": "Stratégie de coordination",
        "starts": 2022,
        "ends": 2026,
        "nodes": [
            {"code": "A1", "level": "axis"},
            {"code": "A1.1", "parent": "A1"},
            {"code": "A2", "level": "axis"},
        ],
    } | others
    return world.perform(framework.create_framework, commands.CreateFrameworkSchema(), body)


def an_indicator(world: World, **others: Any) -> Any:
    """A quarterly count by sex, of no framework."""
    body = {
        "code": f"I-{new_id()}",
        "name": "Personnes informées",
        "unit": "personnes",
        "kind": "count",
        "frequency": "quarter",
        "disaggregation": ["sex"],
    } | others
    return world.perform(indicator.create_indicator, commands.CreateIndicatorSchema(), body)


def an_observation(world: World, *roles: str, **others: Any) -> Any:
    """A figure of a new indicator unless one is named, for the third quarter of 2024."""
    body = {"period": "2024-Q3", "value": "120"} | others
    body.setdefault("indicator_id", an_indicator(world).id if "indicator_id" not in body else None)
    return world.perform(observation.create_observation, commands.CreateObservationSchema(), body, *roles)


def move(world: World, act: str, id: str, *roles: str, version: Any = None, **others: Any) -> Any:
    """Verify, publish or return an observation."""
    takes = commands.ReturnObservationSchema() if act == "return" else commands.MoveObservationSchema()
    handler = getattr(observation, f"{act}_observation")
    return world.perform(handler, takes, {"id": id, "version": version, **others}, *roles)


def change(world: World, noun: str, id: str, *roles: str, version: int | None = None, **changes: Any) -> Any:
    """Change a framework, an indicator or an observation."""
    handlers = {"framework": framework, "indicator": indicator, "observation": observation}
    takes = getattr(commands, f"Change{noun.capitalize()}Schema")()
    payload = {"id": id, "version": version, "changes": changes}
    return world.perform(getattr(handlers[noun], f"change_{noun}"), takes, payload, *roles)


def faults(error: Any) -> set[tuple[str, str]]:
    """(field, code) of all faults that an error tells."""
    return {(one["field"], one["code"]) for one in error.value.errors}
