"""Calls of the desk where minutes are written: the draft, its sections, errata, the seal, what differs, decisions."""

import re
from typing import Any

from chassis.contract.schema import load
from chassis.kernel.errors import InvalidError
from chassis.kernel.ids import is_id
from chassis.service import IdQuery, Service, rpc
from chassis.storage.repository import structure
from services.meetings.adapters.difference_html import difference_html
from services.meetings.contract import decisions
from services.meetings.contract import drafting as contract
from services.meetings.contract.records import MinutesSchema
from services.meetings.domain.difference import difference
from services.meetings.domain.minutes import Minutes
from services.meetings.domain.seal import check
from services.meetings.domain.section import Section
from services.meetings.handlers import drafting as handlers

VERSION = re.compile(r"[1-9]\d{0,14}", re.ASCII)


class DeskEntrypoints(Service):
    """Minutes on their way to adoption, and what holds them to it afterwards."""

    @rpc
    def draft_minutes(self, payload: Any) -> Any:
        """See handlers.drafting."""
        return self.perform(handlers.draft_minutes, contract.DraftMinutesSchema(), payload, MinutesSchema())

    @rpc
    def correct_minutes(self, payload: Any) -> Any:
        """See handlers.drafting."""
        return self.perform(handlers.correct_minutes, contract.CorrectMinutesSchema(), payload, MinutesSchema())

    @rpc
    def get_section(self, payload: Any) -> Any:
        """One section of minutes, with its revision."""
        caller, asked = self.asking(), load(contract.SectionQuery(), payload)
        minutes = self.store.parts["minutes"].seen_by(caller).get(asked["id"])
        shown = _section_page(minutes, handlers.section_of(minutes, asked["section_id"]))
        self.note_reading(caller, MinutesSchema, [{"id": minutes.id}])
        return shown

    @rpc
    def save_section(self, payload: Any) -> Any:
        """See handlers.drafting."""
        return self.perform(_save_section, contract.SaveSectionSchema(), payload)

    @rpc
    def get_seal(self, payload: Any) -> Any:
        """The seal of minutes, the text that it is over, and whether they agree."""
        caller, asked = self.asking(), load(contract.DraftMinutesSchema(), payload)
        minutes = self.store.parts["minutes"].seen_by(caller).get(asked["id"])
        found = check(minutes, self.store.parts["seals"].first(minutes.id))
        self.note_reading(caller, MinutesSchema, [{"id": minutes.id}])
        told = {"id": minutes.id, "origin": minutes.origin, "version": minutes.version, "seal": found.recorded}
        shown = {name: getattr(found, name) for name in ("canonical", "computed", "first_heard", "holds")}
        return contract.SealPageSchema().dump(told | shown)

    @rpc
    def get_difference(self, payload: Any) -> Any:
        """What differs between minutes and an earlier text; as a page where asked for: {text, version, origin}."""
        asked = load(contract.DiffMinutesSchema(), payload)
        after = self.one("minutes", IdQuery(), {"id": asked["id"]}, MinutesSchema())
        before = self._base(after, asked["base"])
        found = difference(_record(before), _record(after))
        sides = {"before": before, "after": after, "same": found.same, "sections": found.sections}
        told = {"id": after["id"], "version": after["version"], "fields_changed": found.fields_changed}
        shown = contract.DifferenceSchema().dump(told | sides)
        if asked["format"] == "json":
            return shown
        return {"text": difference_html(shown, asked["language"])} | {one: after[one] for one in ("version", "origin")}

    @rpc
    def list_decisions(self, payload: Any) -> Any:
        """A page of the register of decisions, the latest first."""
        query = self.store.parts["decisions"].listed
        return self.page(query, decisions.DecisionFilterSchema(), payload, decisions.DecisionLineSchema())

    def _base(self, after: dict[str, Any], base: str | None) -> dict[str, Any]:
        """The text that is compared with. Raises: InvalidError; NotFoundError; GoneError."""
        other = base or after["corrects"]
        if other is None:
            raise InvalidError("required", "from", {}, [{"field": "from", "code": "required", "params": {}}])
        if VERSION.fullmatch(other):
            return self.in_version("minutes", after, int(other))
        if not is_id(other):
            raise InvalidError("not-an-id", "from", {}, [{"field": "from", "code": "not-an-id", "params": {}}])
        return self.one("minutes", IdQuery(), {"id": other}, MinutesSchema())


def _save_section(work: Any, **said: Any) -> dict[str, Any]:
    return _section_page(*handlers.save_section(work, **said))


def _section_page(minutes: Minutes, section: Section) -> dict[str, Any]:
    where = {"minutes_id": minutes.id, "minutes_version": minutes.version, "state": minutes.state}
    return dict(contract.SectionPageSchema().dump(vars(section) | where))


def _record(shown: dict[str, Any]) -> Minutes:
    return structure(MinutesSchema().load(shown), Minutes)
