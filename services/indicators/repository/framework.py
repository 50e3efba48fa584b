"""Frameworks in the store."""

from pymongo import ASCENDING

from chassis.kernel.principal import Caller
from chassis.storage.repository import Document, Index, Page, Repository
from services.indicators.domain.framework import Framework


class Frameworks(Repository[Framework]):
    """Plans and policies, by code."""

    collection_name = "frameworks"
    noun = "framework"
    kind = Framework
    indexes = (
        Index((("derived.code", ASCENDING),), unique=True, conflict="framework-code-taken", field="code"),
        Index((("code", ASCENDING), ("_id", ASCENDING))),
    )
    order = (("code", ASCENDING),)

    def derived(self, record: Framework) -> Document:
        """The code without regard to case."""
        return {"code": record.code.casefold()}

    def find_coded(self, code: str) -> Framework | None:
        """By its code, whatever the case."""
        return self.find_by(derived__code=code.casefold())

    def listed(self, caller: Caller, *, page_size: int, cursor: str | None, code: str | None) -> Page[Framework]:
        """A page of frameworks, by code."""
        conditions = {"derived.code": code.casefold()} if code else {}
        return self.page(conditions, page_size, cursor, caller)
