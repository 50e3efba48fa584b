"""Which institution stands for which, for services that keep copies of the directory's merges."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any

from services.actors.domain.merge import Merge, resolve, ways


def led_by(copies: Iterable[Mapping[str, Any]]) -> Callable[[str], str]:
    """Where an id leads, by these copies of merges: the rule of the directory itself."""
    names = [one.name for one in fields(Merge)]
    known = ways(Merge(**{name: copy.get(name) for name in names} | {"id": copy["_id"]}) for copy in copies)
    return lambda id: resolve(id, known)
