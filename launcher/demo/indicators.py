"""Indicators of the plan and what was observed of them."""

from typing import Any

from launcher.demo.catalogue import Entry
from launcher.demo.moves import OBSERVATION, verbs
from launcher.demo.node import Node

SOURCE = "Donnée fictive de démonstration"


def load_indicator(node: Node, entry: Entry) -> bool:
    """Define an indicator."""
    same = (
        "code", "name", "definition", "level", "unit", "kind", "direction", "frequency", "disaggregation",
        "baseline", "source", "gcm_objectives", "sdg", "over_time", "over_space",
    )  # fmt: skip
    return node.make(
        "/indicators",
        {
            **{name: entry[name] for name in same},
            "labels": {"fr": entry["name"], "en": entry["name_en"]},
            "framework_id": node.known("/frameworks")[entry["framework"]]["id"],
            "node_code": entry["node"],
            "targets": [{"year": int(year), "value": value} for year, value in entry["targets"].items()],
            "responsible_institution_id": node.institution_id(entry["responsible"]),
        },
    )


def load_observation(node: Node, entry: Entry) -> bool:
    """Submit a value, then verify, publish or return it."""
    indicator = node.known("/indicators")[entry["indicator"]]["id"]
    body: dict[str, Any] = {
        "indicator_id": indicator,
        "period": entry["period"],
        "area": entry["area"],
        **entry["measured"],
        "source": SOURCE,
        "institution_id": node.institution_id(entry["institution"]),
    }
    made = node.make("/observations", body)
    record = node.known("/observations")[indicator, entry["period"], entry["area"]]
    reason = {"reason": entry["reason"]} if entry["reason"] else {}
    moves = [
        (verb, reason if verb == "return" else {}) for verb in verbs(OBSERVATION, record["status"], entry["state"])
    ]
    return node.move("/observations", record, moves) or made
