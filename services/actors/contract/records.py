"""What the actors service shows and publishes: the whole record, the same in an answer and in an event."""

from chassis.contract.personal import blanks, erased, personal
from chassis.contract.schema import (
    VISIBILITIES,
    Amount,
    Choice,
    Day,
    Email,
    Id,
    Instant,
    LabelsSchema,
    Part,
    RecordSchema,
    Text,
    Whole,
    YesNo,
    many,
    maybe,
    one,
)
from services.actors.domain import focal_point, group, institution, intervention

__all__ = ["VISIBILITIES", "FocalPointSchema", "GroupSchema", "InstitutionSchema", "InterventionSchema"]

LINE, LONG = 300, 5000


class ContactsSchema(Part):
    """How to reach the house itself."""

    address = maybe(Text, LINE)
    phone = maybe(Text, 40)
    email = maybe(Email)
    website = maybe(Text, LINE)


class InstitutionFields(Part):
    """What people fill in of an institution."""

    name = Text(LINE, required=True)
    acronym = maybe(Text, 40)
    kind = Choice(*institution.KINDS, load_default="other")
    parent_id = maybe(Id)
    aliases = many(Text(LINE), 50)
    labels = one(LabelsSchema, allow_none=True, load_default=None)
    mandate = maybe(Text, LONG, lines=True)
    themes = many(Text(60), 50)
    regions = many(Text(20), 20)
    contacts = one(ContactsSchema, allow_none=True, load_default=None)
    status = Choice(*institution.STATUSES, load_default="active")
    note = maybe(Text, LONG, lines=True)


class InstitutionSchema(RecordSchema, InstitutionFields):
    """An institution of the directory."""


class FocalPointFields(Part):
    """What people fill in of a focal point. `consent`: to be listed in a public directory."""

    institution_id = Id(required=True)
    name = personal(Text(LINE, required=True))
    email = personal(Email(required=True))
    phone = personal(maybe(Text, 40))
    function = personal(maybe(Text, LINE))
    language = Choice("fr", "en", load_default="fr")
    consent = YesNo(load_default=False)
    status = Choice("active", "ended", load_default="active")


class ConsentSchema(Part):
    """What a person consented to, and whether they took it back."""

    purpose = Choice(*focal_point.PURPOSES, required=True)
    how = Choice(*focal_point.WAYS, required=True)
    noted_at = Instant(required=True)
    noted_by = Text(80, required=True)
    withdrawn_at = maybe(Instant)
    withdrawn_by = maybe(Text, 80)


class FocalPointSchema(RecordSchema, FocalPointFields):
    """A person who speaks for an institution; personal data, internal to the node."""

    consents = many(ConsentSchema, 100)
    ended_at = maybe(Instant)
    erased = erased()


FOCAL_POINT_BLANKS = blanks(FocalPointSchema)
"""What stands in the place of what tells who somebody was."""


class MemberSchema(Part):
    """An institution on a group."""

    institution_id = Id(required=True)
    role = Choice(*group.MEMBER_ROLES, load_default="member")
    since = maybe(Day)
    until = maybe(Day)


class CadenceSchema(Part):
    """How often a group means to hold an ordinary session: every so many weeks or months."""

    every = Whole(1, 60, required=True)
    unit = Choice(*group.CADENCE_UNITS, load_default="month")


class QuorumRuleSchema(Part):
    """How many member institutions must be there: numerator/denominator of them, or more than that; or a number."""

    numerator = maybe(Whole, 1, 1000)
    denominator = maybe(Whole, 1, 1000)
    more_than = YesNo(load_default=False)
    number = maybe(Whole, 1, 300)
    observers = YesNo(load_default=False)


class GroupFields(Part):
    """What people fill in of a group."""

    name = Text(LINE, required=True)
    acronym = maybe(Text, 40)
    kind = Choice(*group.KINDS, load_default="gtm")
    level = Choice(*group.LEVELS, load_default="central")
    region = maybe(Text, 20)
    labels = one(LabelsSchema, allow_none=True, load_default=None)
    aliases = many(Text(LINE), 50)
    secretariat_id = maybe(Id)
    members = many(MemberSchema, 300)
    status = Choice(*group.STATUSES, load_default="active")
    note = maybe(Text, LONG, lines=True)
    node = maybe(Text, 40)
    cadence = one(CadenceSchema, allow_none=True, load_default=None)
    quorum = one(QuorumRuleSchema, allow_none=True, load_default=None)


class GroupSchema(RecordSchema, GroupFields):
    """A body that meets, and who sits on it."""


class DonorSchema(Part):
    """An institution that pays."""

    institution_id = Id(required=True)
    amount = maybe(Amount)
    currency = maybe(Text, 3, shortest=3)


class PlaceSchema(Part):
    """Where an intervention takes place."""

    level = Choice(*intervention.PLACE_LEVELS, load_default="region")
    code = maybe(Text, 20)
    name = maybe(Text, LINE)


class MoneySchema(Part):
    """An amount in a currency."""

    amount = maybe(Amount)
    currency = maybe(Text, 3, shortest=3)


class ReachedSchema(Part):
    """People reached."""

    women = maybe(Whole, 0, 10**9)
    men = maybe(Whole, 0, 10**9)
    girls = maybe(Whole, 0, 10**9)
    boys = maybe(Whole, 0, 10**9)
    total = maybe(Whole, 0, 10**9)


class InterventionFields(Part):
    """What people fill in of an intervention."""

    title = Text(LINE, required=True)
    lead_institution_id = Id(required=True)
    description = maybe(Text, LONG, lines=True)
    partner_ids = many(Id(), 100)
    donors = many(DonorSchema, 100)
    themes = many(Text(60), 50)
    activity_types = many(Text(60), 50)
    target_groups = many(Text(60), 50)
    axes = many(Text(20), 10)
    pnm_programmes = many(Text(40), 30)
    gcm_objectives = many(Whole(1, 23), 23)
    stages = many(Text(60), 20)
    places = many(PlaceSchema, 100)
    start = maybe(Day)
    end = maybe(Day)
    status = Choice(*intervention.STATUSES, load_default="planned")
    budget = one(MoneySchema, allow_none=True, load_default=None)
    reached = one(ReachedSchema, allow_none=True, load_default=None)


class InterventionSchema(RecordSchema, InterventionFields):
    """Who does what, where, when, for whom, with whose money."""
