"""The events of the indicators service. Each carries the whole record after the change, and `changed`."""

from chassis.contract.envelope import EventType
from chassis.contract.withdrawal import withdrawn
from services.indicators.contract.records import FrameworkSchema, IndicatorSchema, ObservationSchema
from services.indicators.contract.verification import VerificationSchema


def _observation(participle: str, about: str) -> EventType:
    return EventType(f"gtm.indicators.observation.{participle}.v1", ObservationSchema, about)


FRAMEWORK_CREATED = EventType(
    "gtm.indicators.framework.created.v1", FrameworkSchema, "A plan or policy was entered as a tree, or shipped."
)
FRAMEWORK_CHANGED = EventType(
    "gtm.indicators.framework.changed.v1", FrameworkSchema, "The name, years or lines of a framework changed."
)
INDICATOR_CREATED = EventType(
    "gtm.indicators.indicator.created.v1", IndicatorSchema, "An indicator was defined, with what is aimed at."
)
INDICATOR_CHANGED = EventType(
    "gtm.indicators.indicator.changed.v1",
    IndicatorSchema,
    "The definition, targets, place in the plan or responsible institution of an indicator changed.",
)
OBSERVATION_SUBMITTED = _observation("submitted", "A figure was given for a period and an area; it waits for a check.")
OBSERVATION_REVISED = _observation(
    "revised", "A figure was changed, whatever it had reached: it is submitted anew. The earlier one is in the log."
)
OBSERVATION_VERIFIED = _observation("verified", "A statistician found the figure sound.")
OBSERVATION_PUBLISHED = _observation("published", "The verified figure is open to the public.")
OBSERVATION_RETURNED = _observation("returned", "The figure went back to who gave it, with the reason.")
VERIFICATION_GIVEN = EventType(
    "gtm.indicators.verification.given.v1",
    VerificationSchema,
    "Who checks the data of any node found a figure sound, or sent it back; the version that was judged is named.",
)
FRAMEWORK_WITHDRAWN, INDICATOR_WITHDRAWN, OBSERVATION_WITHDRAWN, VERIFICATION_WITHDRAWN = (
    withdrawn("indicators", noun) for noun in ("framework", "indicator", "observation", "verification")
)

FRAMEWORK_EVENTS = (FRAMEWORK_CREATED, FRAMEWORK_CHANGED, FRAMEWORK_WITHDRAWN)
INDICATOR_EVENTS = (INDICATOR_CREATED, INDICATOR_CHANGED, INDICATOR_WITHDRAWN)
OBSERVATION_EVENTS = (
    OBSERVATION_SUBMITTED,
    OBSERVATION_REVISED,
    OBSERVATION_VERIFIED,
    OBSERVATION_PUBLISHED,
    OBSERVATION_RETURNED,
    OBSERVATION_WITHDRAWN,
)
VERIFICATION_EVENTS = (VERIFICATION_GIVEN, VERIFICATION_WITHDRAWN)
EVENTS = (*FRAMEWORK_EVENTS, *INDICATOR_EVENTS, *OBSERVATION_EVENTS, *VERIFICATION_EVENTS)
