"""Groups in the store."""

from pymongo import ASCENDING

from chassis.kernel.principal import Caller
from chassis.kernel.text import fold
from chassis.storage.repository import Document, Index, Page, Repository
from services.actors.domain.group import Group


class Groups(Repository[Group]):
    """Bodies that meet."""

    collection_name = "groups"
    noun = "group"
    kind = Group
    indexes = (
        Index((("derived.name", ASCENDING),), unique=True, conflict="group-name-taken", field="name"),
        Index((("kind", ASCENDING), ("_id", ASCENDING))),
    )

    def derived(self, record: Group) -> Document:
        """Folded names."""
        names = (record.name, record.acronym or "", *record.aliases)
        return {"name": fold(record.name), "keys": sorted({fold(name) for name in names} - {""})}

    def find_named(self, folded: str) -> Group | None:
        """By folded name."""
        return self.find_by(derived__name=folded)

    def listed(
        self,
        caller: Caller,
        *,
        page_size: int,
        cursor: str | None,
        kind: str | None,
        region: str | None,
        acronym: str | None,
    ) -> Page[Group]:
        """A page of groups."""
        asked = (("kind", kind), ("region", region), ("derived.keys", fold(acronym) if acronym else None))
        return self.page({key: value for key, value in asked if value}, page_size, cursor, caller)
