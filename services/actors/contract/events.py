"""The events of the actors service. Each carries the whole record after the change, and `changed`."""

from chassis.contract.envelope import EventType
from chassis.contract.withdrawal import withdrawn
from services.actors.contract.acts import ConfirmationSchema, MergeSchema
from services.actors.contract.records import FocalPointSchema, GroupSchema, InstitutionSchema, InterventionSchema

INSTITUTION_CREATED = EventType(
    "gtm.actors.institution.created.v1",
    InstitutionSchema,
    "An institution entered the directory: by hand, with the starter directory, or accepted after a proposal.",
)
INSTITUTION_PROPOSED = EventType(
    "gtm.actors.institution.proposed.v1",
    InstitutionSchema,
    "Minutes named an institution that the directory does not know; it waits for the secretariat's word.",
)
INSTITUTION_CHANGED = EventType(
    "gtm.actors.institution.changed.v1", InstitutionSchema, "Fields of an institution changed; its id stays."
)
FOCAL_POINT_CREATED = EventType(
    "gtm.actors.focal_point.created.v1",
    FocalPointSchema,
    "A person now speaks for an institution. Personal data: the event is internal and never leaves its node.",
)
FOCAL_POINT_CHANGED = EventType(
    "gtm.actors.focal_point.changed.v1",
    FocalPointSchema,
    "A focal point's function, address, language or status changed. Internal, as above.",
)
FOCAL_POINT_REDACTED = EventType(
    "gtm.actors.focal_point.redacted.v1",
    FocalPointSchema,
    "A person's data was erased: `erased.emptied` names the fields, and the record has what stands in "
    "their place. Whoever holds an earlier version, wherever, puts the same there; an earlier one that comes later "
    "brings nothing back. The id stays, with why and when. Internal, as above.",
)
GROUP_CREATED = EventType("gtm.actors.group.created.v1", GroupSchema, "A group (cadre) that meets was set up.")
GROUP_CHANGED = EventType(
    "gtm.actors.group.changed.v1", GroupSchema, "A group's members, roles, status or names changed."
)
INTERVENTION_CREATED = EventType(
    "gtm.actors.intervention.created.v1", InterventionSchema, "An intervention was announced or recorded."
)
INTERVENTION_CHANGED = EventType(
    "gtm.actors.intervention.changed.v1",
    InterventionSchema,
    "An intervention's places, dates, money, status or figures changed.",
)
CONFIRMATION_GIVEN = EventType(
    "gtm.actors.confirmation.given.v1",
    ConfirmationSchema,
    "A partner, or the secretariat, confirmed that an intervention of this or another node is still as it is written.",
)
MERGE_MADE = EventType(
    "gtm.actors.merge.made.v1",
    MergeSchema,
    "The centre found that two institutions are one: whoever looks up the merged one is led to the kept one.",
)
MERGE_UNDONE = EventType(
    "gtm.actors.merge.undone.v1",
    MergeSchema,
    "The centre took a merge back, by a record of its own that names it in `undoes`.",
)
INSTITUTION_WITHDRAWN, GROUP_WITHDRAWN, INTERVENTION_WITHDRAWN, CONFIRMATION_WITHDRAWN, MERGE_WITHDRAWN = (
    withdrawn("actors", noun) for noun in ("institution", "group", "intervention", "confirmation", "merge")
)

INSTITUTION_EVENTS = (INSTITUTION_CREATED, INSTITUTION_PROPOSED, INSTITUTION_CHANGED, INSTITUTION_WITHDRAWN)
FOCAL_POINT_EVENTS = (FOCAL_POINT_CREATED, FOCAL_POINT_CHANGED, FOCAL_POINT_REDACTED)
GROUP_EVENTS = (GROUP_CREATED, GROUP_CHANGED, GROUP_WITHDRAWN)
INTERVENTION_EVENTS = (INTERVENTION_CREATED, INTERVENTION_CHANGED, INTERVENTION_WITHDRAWN)
CONFIRMATION_EVENTS = (CONFIRMATION_GIVEN, CONFIRMATION_WITHDRAWN)
MERGE_EVENTS = (MERGE_MADE, MERGE_UNDONE, MERGE_WITHDRAWN)
EVENTS = (
    *INSTITUTION_EVENTS,
    *FOCAL_POINT_EVENTS,
    *GROUP_EVENTS,
    *INTERVENTION_EVENTS,
    *CONFIRMATION_EVENTS,
    *MERGE_EVENTS,
)
