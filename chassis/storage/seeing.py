"""What a caller may see, as a clause of each query: to who does not see a record, it is not there."""

import copy
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from chassis.kernel.principal import Caller
from chassis.kernel.sight import EVERYTHING, Sight

S = TypeVar("S", bound="Seen")
Looking = Callable[[Caller], Sight]


class Seen:
    """Base of collections whose documents have a visibility."""

    noun: ClassVar[str]
    owner_field: str | None = None
    """The field that says which institution a document belongs to; set by the store."""
    looking: Looking = staticmethod(lambda _caller: EVERYTHING)
    """How much of this service's records a caller sees; set by the store."""
    sight: Sight = EVERYTHING

    def seen_by(self: S, caller: Caller) -> S:
        """The same collection, in which what the caller does not see is not found by its id."""
        bound = copy.copy(self)
        bound.sight = self.looking(caller)
        return bound

    def clause(self, sight: Sight) -> dict[str, Any]:
        """What a query for somebody of that sight also asks for; {} where nothing is hidden."""
        if sight.everything:
            return {}
        shown = {"visibility": {"$in": list(sight.levels)}}
        if not sight.own or self.owner_field is None:
            return shown
        field = "_id" if self.owner_field == "id" else self.owner_field
        return {"$or": [shown, {"visibility": {"$in": list(sight.own)}, field: sight.institution_id}]}

    def by_id(self, id: str) -> dict[str, Any]:
        """The query for one document, as far as it is seen."""
        return {"_id": id, **self.clause(self.sight)}

    def levels(self, sight: Sight, record: Mapping[str, Any]) -> tuple[str, ...]:
        """The visibilities in which somebody of that sight sees this record, which is given as it is told."""
        return sight.of(record.get(self.owner_field) if self.owner_field else None)
