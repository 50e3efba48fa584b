"""What the actors service takes: bodies of requests and filters of lists."""

from chassis.contract.schema import (
    Choice,
    Command,
    Id,
    PageQuery,
    Text,
    VersionQuery,
    YesNo,
    changes_of,
    maybe,
    visibility,
)
from chassis.kernel.erasure import REASONS
from services.actors.contract.records import FocalPointFields, GroupFields, InstitutionFields, InterventionFields
from services.actors.domain import focal_point, group, institution, intervention


class _InstitutionSchema(Command, InstitutionFields):
    visibility = visibility("public")


class CreateInstitutionSchema(_InstitutionSchema):
    """A new institution. `also_elsewhere`: although another node has one of that name."""

    also_elsewhere = YesNo(load_default=False)


class ChangeInstitutionSchema(VersionQuery):
    """Other values for some fields of an institution."""

    changes = changes_of(_InstitutionSchema)


class InstitutionFilterSchema(PageQuery):
    """Which institutions: `q` finds words of any name, acronym or alias, accents and case aside."""

    q = maybe(Text, 200)
    acronym = maybe(Text, 40)
    kind = maybe(Choice, *institution.KINDS)
    status = maybe(Choice, *institution.STATUSES)


class CreateFocalPointSchema(Command, FocalPointFields):
    """A new focal point; always internal to the node."""


class ChangeFocalPointSchema(VersionQuery):
    """Other values for some fields of a focal point."""

    changes = changes_of(CreateFocalPointSchema)


class ConsentFocalPointSchema(VersionQuery):
    """What the person consents to, and how they said so; with their own account nothing need be said."""

    purpose = Choice(*focal_point.PURPOSES, required=True)
    how = maybe(Choice, "written", "form", "oral")


class WithdrawConsentSchema(VersionQuery):
    """What the person does not consent to any more."""

    purpose = Choice(*focal_point.PURPOSES, required=True)


class EraseFocalPointSchema(VersionQuery):
    """Why the person's data is erased, for good: they asked, its time is over, it was a mistake, or by order."""

    reason = Choice(*REASONS, required=True)


class FocalPointFilterSchema(PageQuery):
    """Which focal points."""

    institution_id = maybe(Id)
    status = maybe(Choice, "active", "ended")


class CreateGroupSchema(Command, GroupFields):
    """A new group."""

    visibility = visibility("public")


class ChangeGroupSchema(VersionQuery):
    """Other values for some fields of a group."""

    changes = changes_of(CreateGroupSchema)


class GroupFilterSchema(PageQuery):
    """Which groups."""

    kind = maybe(Choice, *group.KINDS)
    region = maybe(Text, 20)
    acronym = maybe(Text, 40)


class CreateInterventionSchema(Command, InterventionFields):
    """A new intervention."""

    visibility = visibility("gtm")


class ChangeInterventionSchema(VersionQuery):
    """Other values for some fields of an intervention."""

    changes = changes_of(CreateInterventionSchema)


class InterventionFilterSchema(PageQuery):
    """Which interventions."""

    institution_id = maybe(Id)
    theme = maybe(Text, 60)
    axis = maybe(Text, 20)
    region = maybe(Text, 20)
    status = maybe(Choice, *intervention.STATUSES)


class ReferenceQuery(Command):
    """Which reference list."""

    name = Text(40, required=True)
