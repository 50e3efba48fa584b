"""Institutions and interventions as they are shown: with what merges and confirmations make of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.actors.contract.acts import InterventionPageSchema
from services.actors.domain.confirmation import Confirmation, freshness
from services.actors.domain.merge import all_of, resolve

Parts = Mapping[str, Any]
Items = Sequence[dict[str, Any]]


def with_merges(parts: Parts, items: Items, visible: Sequence[str]) -> list[dict[str, Any]]:
    """Institutions, each with the one that stands for it and those that it stands for, as far as may be seen."""
    known = parts["merges"].ways(visible)
    stands = {one["id"]: resolve(one["id"], known) for one in items}
    found = {id: parts["institutions"].find(id) for own, id in stands.items() if own != id}

    def into(id: str) -> dict[str, Any] | None:
        if stands[id] == id:
            return None
        kept = found[stands[id]]
        if kept is None or kept.visibility not in visible:
            return {"id": stands[id], "known": False, "name": None, "origin": None}
        return {"id": kept.id, "known": True, "name": kept.name, "origin": kept.origin}

    def merged(id: str) -> list[str]:
        return list(all_of(id, known)[1:]) if stands[id] == id else []

    return [{**one, "merged_into": into(one["id"]), "merged_from": merged(one["id"])} for one in items]


def with_freshness(parts: Parts, items: Items, visible: Sequence[str]) -> list[dict[str, Any]]:
    """Interventions, each with its latest confirmation. Cost: three queries, and one for each intervention."""
    known, said = parts["merges"].ways(visible), dict[str, list[Confirmation]]()
    for one in parts["confirmations"].of([item["id"] for item in items], visible):
        said.setdefault(one.intervention_id, []).append(one)
    shown, schema = [], InterventionPageSchema(only=("confirmed_at", "confirmed_by_institution", "confirmed_by_node"))
    for item in items:
        record = parts["interventions"].find(item["id"]) if item["id"] in said else None
        last = freshness(record, said[item["id"]], known) if record else None
        facts = {
            "confirmed_at": last and last.confirmed_at,
            "confirmed_by_institution": last and last.institution_id,
            "confirmed_by_node": last and last.origin,
        }
        shown.append({**item, **dict(schema.dump(facts))})
    return shown
