"""Calls on remarks and the verdicts on them."""

from functools import partial
from typing import Any

from chassis.contract.schema import load
from chassis.service import IdQuery, Service, rpc
from services.actors.contract.merges import by_every_name
from services.meetings.contract import remarks as contract
from services.meetings.entrypoints.pages import remarks_shown
from services.meetings.handlers import remark as handlers


class RemarkEntrypoints(Service):
    """Remarks are filed on texts of any node, and answered by who holds the text."""

    @rpc
    def list_remarks(self, payload: Any) -> Any:
        """A page of remarks, each with what became of it."""
        caller, asked = self.asking(), load(contract.RemarkFilterSchema(), payload)
        parts, levels = self.store.parts, self.sight().levels
        query = by_every_name(parts["remarks"].listed, parts["known_merges"], levels, institution_id="institutions")
        found = query(caller, **asked)
        stand = remarks_shown(self.store.parts, found.items, self.sight().levels)
        items = [one | how for one, how in zip(contract.RemarkSchema(many=True).dump(found.items), stand, strict=True)]
        return {"items": items, "next_cursor": found.next_cursor}

    @rpc
    def get_remark(self, payload: Any) -> Any:
        """One remark with what became of it; as of an earlier instant only the remark."""
        asked = load(IdQuery(), payload)
        shown = self.one("remarks", IdQuery(), payload, contract.RemarkSchema())
        if asked["as_of"] is not None:
            return shown
        record = self.store.parts["remarks"].get(shown["id"])
        return shown | remarks_shown(self.store.parts, [record], self.sight().levels)[0]

    @rpc
    def remark_on_minutes(self, payload: Any) -> Any:
        """See handlers.remark."""
        return self._file("minutes", payload)

    @rpc
    def remark_on_document(self, payload: Any) -> Any:
        """See handlers.remark."""
        return self._file("document", payload)

    @rpc
    def change_remark(self, payload: Any) -> Any:
        """See handlers.remark."""
        return self.perform(handlers.change_remark, contract.ChangeRemarkSchema(), payload, contract.RemarkSchema())

    @rpc
    def answer_remark(self, payload: Any) -> Any:
        """See handlers.remark."""
        takes = contract.AnswerRemarkSchema()
        return self.perform(handlers.answer_remark, takes, payload, contract.RemarkAnswerSchema())

    @rpc
    def answer_opinion(self, payload: Any) -> Any:
        """See handlers.remark."""
        takes = contract.AnswerOpinionSchema()
        return self.perform(handlers.answer_opinion, takes, payload, contract.RemarkAnswerSchema())

    @rpc
    def change_remark_answer(self, payload: Any) -> Any:
        """See handlers.remark."""
        takes = contract.ChangeRemarkAnswerSchema()
        return self.perform(handlers.change_remark_answer, takes, payload, contract.RemarkAnswerSchema())

    @rpc
    def list_remark_answers(self, payload: Any) -> Any:
        """A page of verdicts."""
        query = self.store.parts["remark_answers"].listed
        return self.page(query, contract.RemarkAnswerFilterSchema(), payload, contract.RemarkAnswerSchema())

    @rpc
    def get_remark_answer(self, payload: Any) -> Any:
        """One verdict."""
        return self.one("remark_answers", IdQuery(), payload, contract.RemarkAnswerSchema())

    def _file(self, kind: str, payload: Any) -> Any:
        return self.perform(partial(_file, kind), contract.FileRemarkSchema(), payload, contract.RemarkSchema())


def _file(noun: str, work: Any, /, **said: Any) -> Any:
    return handlers.file_remark(work, noun, **said)
