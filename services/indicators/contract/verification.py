"""What is said to figures of any node: records and commands of verifications; the page of an observation."""

from chassis.contract.schema import Choice, Command, Id, Instant, PageQuery, Part, RecordSchema, Text, Whole, maybe, one
from chassis.kernel.turns import LARGEST_TURN
from services.indicators.contract.records import LONG, ObservationSchema
from services.indicators.domain import observation, verification

VERSIONS = 1, 2**53


class VerificationFields(Part):
    """What is said."""

    judged_version = Whole(*VERSIONS, required=True)
    verdict = Choice(*verification.VERDICTS, required=True)
    reason = maybe(Text, LONG, lines=True)
    institution_id = maybe(Id)


class VerificationSchema(RecordSchema, VerificationFields):
    """A version of a figure was found sound or sent back; the last in `turn`, then in id, holds."""

    observation_id = Id(required=True)
    judged_incarnation = Whole(*VERSIONS, required=True)
    turn = Whole(0, LARGEST_TURN, required=True)
    given_at = maybe(Instant)


class JudgeObservationSchema(Command, VerificationFields):
    """Find a figure of this or another node sound, or send it back; `judged_version` is the one that was looked at."""

    id = Id(required=True)


class VerificationFilterSchema(PageQuery):
    """Of which figure, with which verdict."""

    observation_id = maybe(Id)
    verdict = maybe(Choice, *verification.VERDICTS)


class EffectiveSchema(Part):
    """The state that the owner's record and the verifications of all nodes make together, the same everywhere."""

    status = Choice(*observation.STATUSES, required=True)
    reason = maybe(Text, LONG, lines=True)
    verification = one(VerificationSchema, allow_none=True, load_default=None)


class ObservationPageSchema(ObservationSchema):
    """A figure with what all nodes said of it; as of an earlier instant only its owner's words."""

    effective = one(EffectiveSchema, allow_none=True, load_default=None)
