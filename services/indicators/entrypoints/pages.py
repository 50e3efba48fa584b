"""Figures as they are shown: with what the verifications of all nodes make of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.indicators.contract.verification import EffectiveSchema
from services.indicators.domain.verification import Verification, effective


def with_effects(
    parts: Mapping[str, Any], items: Sequence[dict[str, Any]], visible: Sequence[str]
) -> list[dict[str, Any]]:
    """Each with its state in effect, as far as may be seen. Cost: two queries, whatever the number of figures."""
    ids = [one["id"] for one in items]
    current = parts["observations"].current(ids)
    said: dict[str, list[Verification]] = {}
    for one in parts["verifications"].of(ids, visible):
        said.setdefault(one.observation_id, []).append(one)
    shown, schema = [], EffectiveSchema()
    for one in items:
        # Of the version that is shown, which may be older by now than the one that is stored.
        version = (current.get(one["id"], (1, 0))[0], one["version"])
        state = effective(one["status"], one["reason"], version, said.get(one["id"], ()))
        shown.append({**one, "effective": dict(schema.dump(state))})
    return shown
