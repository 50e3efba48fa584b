"""What is said of interventions and institutions of any node: confirmations, merges; and the pages that show them."""

from chassis.contract.schema import (
    Command,
    Id,
    Instant,
    PageQuery,
    Part,
    RecordSchema,
    Text,
    Whole,
    YesNo,
    many,
    maybe,
    one,
)
from chassis.kernel.turns import LARGEST_TURN
from services.actors.contract.records import LINE, LONG, InstitutionSchema, InterventionSchema


class ConfirmationFields(Part):
    """Who confirms, and what there is to add; without an institution it is the secretariat's word."""

    institution_id = maybe(Id)
    note = maybe(Text, LONG, lines=True)


class ConfirmationSchema(RecordSchema, ConfirmationFields):
    """An intervention is still as it is written; the last in `turn`, then in id, says how fresh it is."""

    intervention_id = Id(required=True)
    turn = Whole(0, LARGEST_TURN, required=True)
    confirmed_at = Instant(required=True)


class ConfirmInterventionSchema(Command, ConfirmationFields):
    """Confirm, for one's own institution; the secretariat names the partner that it heard it from, or speaks itself."""

    id = Id(required=True)


class ConfirmationFilterSchema(PageQuery):
    """Of which intervention, by which institution."""

    intervention_id = maybe(Id)
    institution_id = maybe(Id)


class MergeFields(Part):
    """Which institution stands for which, and why."""

    kept_id = Id(required=True)
    merged_id = Id(required=True)
    reason = maybe(Text, LONG, lines=True)


class MergeSchema(RecordSchema, MergeFields):
    """Two institutions are one: `kept_id` stands for `merged_id`; or, where `undoes` names a merge, no longer does."""

    undoes = maybe(Id)


class MergeInstitutionsSchema(Command, MergeFields):
    """Have one institution stand for another, on the centre."""


class UndoMergeSchema(Command):
    """Take a merge back: a record that names it."""

    id = Id(required=True)
    reason = maybe(Text, LONG, lines=True)


class MergeFilterSchema(PageQuery):
    """Of which institution, kept or merged."""

    institution_id = maybe(Id)


class StandsForSchema(Part):
    """The institution that stands for one that was merged; its name is null until it has come to this node."""

    id = Id(required=True)
    known = YesNo(required=True)
    name = maybe(Text, LINE)
    origin = maybe(Text, 40)


class InstitutionPageSchema(InstitutionSchema):
    """An institution, with the one that stands for it, or those that it stands for; ids never stop leading there."""

    merged_into = one(StandsForSchema, allow_none=True, load_default=None)
    merged_from = many(Id())


class InterventionPageSchema(InterventionSchema):
    """An intervention, with when it was last confirmed, for which institution, and on which node."""

    confirmed_at = maybe(Instant)
    confirmed_by_institution = maybe(Id)
    confirmed_by_node = maybe(Text, 40)
