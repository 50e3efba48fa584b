"""The actors with a call for many institutions: one commit, as many events. So a storm has events by the hundred."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from marshmallow import fields

from chassis.contract.schema import Part, load
from chassis.service import rpc
from services.actors.contract import commands
from services.actors.handlers.institution import change_institution, create_institution
from services.actors.service import ActorsService


class ManySchema(Part):
    """What is written in one commit."""

    new = fields.List(fields.Dict(), load_default=list)
    changes = fields.List(fields.Dict(), load_default=list)


def write_many(work: Any, new: list[dict[str, Any]], changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Each by the handler that serves it alone."""
    written = [create_institution(work, **load(commands.CreateInstitutionSchema(), one)) for one in new]
    written += [change_institution(work, **load(commands.ChangeInstitutionSchema(), one)) for one in changes]
    return {"written": [[record.id, record.version] for record in written]}


class ScribeService(ActorsService):
    """Still the actors, by name and in everything else."""

    name = "actors"
    rules: ClassVar[Mapping[str, Sequence[str]]] = {"write_institutions": ["secretariat", "admin"]}

    @rpc
    def write_institutions(self, payload: Any) -> Any:
        """Many at once."""
        return self.perform(write_many, ManySchema(), payload)


SERVICE = ScribeService
