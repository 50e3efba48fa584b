"""Which institution stands for which, for services that keep copies of the directory's merges."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any

from services.actors.domain.merge import Merge, all_of, resolve, ways


def led_by(copies: Iterable[Mapping[str, Any]]) -> Callable[[str], str]:
    """Where an id leads, by these copies of merges: the rule of the directory itself."""
    known = ways(_merge(copy) for copy in copies)
    return lambda id: resolve(id, known)


def meaning(copies: Iterable[Mapping[str, Any]]) -> Callable[[str], tuple[str, ...]]:
    """Every id that means the same institution as an id does, that one first."""
    known = ways(_merge(copy) for copy in copies)
    return lambda id: all_of(id, known)


def _merge(copy: Mapping[str, Any]) -> Merge:
    values: dict[str, Any] = {one.name: copy.get(one.name) for one in fields(Merge)}
    return Merge(**values | {"id": copy["_id"]})
