"""Which institution stands for which, for services that keep copies of the directory's merges."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Protocol, TypeVar

from services.actors.domain.merge import Merge, all_of, resolve, ways

P = TypeVar("P")


class Known(Protocol):
    """Copies of merges."""

    def every(self, conditions: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """All that fit."""


def led_by(copies: Iterable[Mapping[str, Any]]) -> Callable[[str], str]:
    """Where an id leads, by these copies of merges: the rule of the directory itself."""
    known = ways(_merge(copy) for copy in copies)
    return lambda id: resolve(id, known)


def meaning(copies: Iterable[Mapping[str, Any]]) -> Callable[[str], tuple[str, ...]]:
    """Every id that means the same institution as an id does, that one first."""
    known = ways(_merge(copy) for copy in copies)
    return lambda id: all_of(id, known)


def every_name(known: Known, id: str | None, levels: Sequence[str]) -> tuple[str, ...]:
    """Every id that means the same institution by the copies that may be seen; () of none."""
    return () if id is None else meaning(known.every({"visibility": {"$in": list(levels)}}))(id)


def by_every_name(query: Callable[..., P], known: Known, levels: Sequence[str], **into: str) -> Callable[..., P]:
    """The query of a list that is asked by institution: it gets every id that means the same (parameter → its own)."""

    def listed(caller: Any, **asked: Any) -> P:
        names = {own: every_name(known, asked.pop(name), levels) for name, own in into.items()}
        return query(caller, **asked, **names)

    return listed


def _merge(copy: Mapping[str, Any]) -> Merge:
    values: dict[str, Any] = {one.name: copy.get(one.name) for one in fields(Merge)}
    return Merge(**values | {"id": copy["_id"]})
