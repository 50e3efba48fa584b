"""What is said of recommendations: records and commands of answers, reports, referrals; and the page of one."""

from chassis.contract.files import FileSchema
from chassis.contract.schema import (
    Choice,
    Command,
    Id,
    Instant,
    PageQuery,
    Part,
    RecordSchema,
    Text,
    VersionQuery,
    Whole,
    YesNo,
    changes_of,
    many,
    maybe,
    one,
)
from chassis.kernel import turns
from services.meetings.contract.records import RecommendationSchema
from services.meetings.domain import referral, response, standing, timeliness

LINE, LONG = 500, 20_000
TURN = 0, turns.LARGEST_TURN


class ResponseFields(Part):
    """What an institution says to what it is asked."""

    decision = Choice(*response.DECISIONS, required=True)
    reason = maybe(Text, LONG, lines=True)


class ResponseSchema(RecordSchema, ResponseFields):
    """An institution accepts or declines a recommendation; the last in `turn`, then in id, is what holds."""

    recommendation_id = Id(required=True)
    institution_id = Id(required=True)
    turn = Whole(*TURN, required=True)
    given_at = maybe(Instant)


class RespondSchema(Command, ResponseFields):
    """Accept or decline, for one's own institution; the secretariat names the one it writes for."""

    id = Id(required=True)
    institution_id = maybe(Id)


class ChangeResponseSchema(VersionQuery):
    """Another decision, or other words."""

    changes = changes_of(ResponseFields)


class ActFilterSchema(PageQuery):
    """Of which recommendation, by which institution."""

    recommendation_id = maybe(Id)
    institution_id = maybe(Id)


class ProgressReportFields(Part):
    """How far it is."""

    percent = Whole(0, 100, required=True)
    note = maybe(Text, LONG, lines=True)
    evidence = maybe(Text, LONG, lines=True)
    evidence_link = maybe(Text, 2000)


class ProgressReportSchema(RecordSchema, ProgressReportFields):
    """How far a recommendation is, as told by an institution, or by the secretariat where none is named."""

    recommendation_id = Id(required=True)
    institution_id = maybe(Id)
    turn = Whole(*TURN, required=True)
    files = many(FileSchema, response.MOST_EVIDENCE)


class ReportProgressSchema(Command, ProgressReportFields):
    """Report, for one's own institution; the secretariat names the one it writes for, or speaks of the whole."""

    id = Id(required=True)
    institution_id = maybe(Id)


class ReferSchema(Command):
    """Hand a recommendation on to a group of this or another node."""

    id = Id(required=True)
    to_group_id = Id(required=True)
    reason = maybe(Text, LONG, lines=True)


class ReferralSchema(RecordSchema):
    """A recommendation was handed on; the node that holds the group answers."""

    recommendation_id = Id(required=True)
    to_group_id = Id(required=True)
    to_node = Text(40, required=True)
    reason = maybe(Text, LONG, lines=True)
    turn = Whole(*TURN, required=True)
    given_at = maybe(Instant)


class ReferralFilterSchema(PageQuery):
    """Of which recommendation, to which node."""

    recommendation_id = maybe(Id)
    to_node = maybe(Text, 40)


class AnswerFields(Part):
    """What the node that was asked makes of it; `into_id` names the recommendation that it is merged into."""

    verdict = Choice(*referral.VERDICTS, required=True)
    into_id = maybe(Id)
    reason = maybe(Text, LONG, lines=True)


class ReferralAnswerSchema(RecordSchema, AnswerFields):
    """What became of a recommendation that was handed on."""

    referral_id = Id(required=True)
    recommendation_id = Id(required=True)
    given_at = maybe(Instant)


class AnswerReferralSchema(Command, AnswerFields):
    """Accept, decline, or merge into another recommendation."""

    id = Id(required=True)


class ChangeAnswerSchema(VersionQuery):
    """Another verdict: so a merge is undone."""

    changes = changes_of(AnswerFields)


class AnswerFilterSchema(PageQuery):
    """Of which recommendation or referral."""

    recommendation_id = maybe(Id)
    referral_id = maybe(Id)


class StandingSchema(Part):
    """The state that the owner's record and the acts of all nodes make together, the same everywhere."""

    status = Choice(*standing.STATUSES, required=True)
    percent = maybe(Whole, 0, 100)
    responses = many(one(ResponseSchema))
    last_report = one(ProgressReportSchema, allow_none=True, load_default=None)


class HopSchema(Part):
    """A step of the journey: handed on by `origin` to a group of another node, and the answer if there is one."""

    referral_id = Id(required=True)
    origin = Text(40, required=True)
    to_group_id = Id(required=True)
    to_group_name = maybe(Text, LINE)
    to_node = Text(40, required=True)
    reason = maybe(Text, LONG, lines=True)
    given_at = maybe(Instant)
    answer = one(ReferralAnswerSchema, allow_none=True, load_default=None)


class ResolvedSchema(Part):
    """The recommendation that stands for one that was merged; its words are null until they have come to this node."""

    id = Id(required=True)
    via = many(Id())
    known = YesNo(required=True)
    origin = maybe(Text, 40)
    text = maybe(Text, 200_000, lines=True)
    effective = one(StandingSchema, allow_none=True, load_default=None)


class MergedFromSchema(Part):
    """One that was merged into this."""

    id = Id(required=True)
    origin = maybe(Text, 40)
    text = maybe(Text, 200_000, lines=True)
    by = Text(40, required=True)


class TimelinessSchema(Part):
    """How late it is: `stage` null where nobody is waited for; `days` overdue, negative while there are days left."""

    status = Choice(*standing.STATUSES, required=True)
    stage = maybe(Choice, *timeliness.STAGES)
    days = Whole(-4_000_000, 4_000_000, allow_none=True, load_default=None)
    age = Whole(0, 4_000_000, required=True)


class RecommendationRowSchema(RecommendationSchema):
    """A recommendation in a list, with how late it is; as of an earlier instant only its owner's words."""

    timeliness = one(TimelinessSchema, allow_none=True, load_default=None)


class RecommendationPageSchema(RecommendationRowSchema):
    """A recommendation with what all nodes said of it; as of an earlier instant only its owner's words."""

    effective = one(StandingSchema, allow_none=True, load_default=None)
    hops = many(HopSchema)
    resolved = one(ResolvedSchema, allow_none=True, load_default=None)
    merged_from = many(MergedFromSchema)
