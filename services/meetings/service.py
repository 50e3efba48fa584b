"""The nameko class of the meetings service: what it is made of, nothing else."""

from chassis.calls.log import LogKeeping
from chassis.calls.operators import Operators
from chassis.service import Starter
from chassis.storage.store import Store
from services.meetings.contract.events import EVENTS
from services.meetings.entrypoints.attendance import ERASING, AttendanceEntrypoints
from services.meetings.entrypoints.board import BoardEntrypoints
from services.meetings.entrypoints.calendar import CalendarEntrypoints
from services.meetings.entrypoints.consumers import Consumers
from services.meetings.entrypoints.desk import DeskEntrypoints
from services.meetings.entrypoints.document import DocumentEntrypoints
from services.meetings.entrypoints.document_files import DocumentFileEntrypoints
from services.meetings.entrypoints.evidence import EvidenceEntrypoints
from services.meetings.entrypoints.final_text import FinalTextEntrypoints
from services.meetings.entrypoints.follow_up import FollowUpEntrypoints
from services.meetings.entrypoints.invitation import InvitationEntrypoints
from services.meetings.entrypoints.meeting import MeetingEntrypoints
from services.meetings.entrypoints.minutes import MinutesEntrypoints
from services.meetings.entrypoints.papers import PaperEntrypoints
from services.meetings.entrypoints.reading import ReadingEntrypoints
from services.meetings.entrypoints.recommendation import RecommendationEntrypoints
from services.meetings.entrypoints.referral import ReferralEntrypoints
from services.meetings.entrypoints.remark import RemarkEntrypoints
from services.meetings.entrypoints.search import SearchEntrypoints
from services.meetings.entrypoints.series import SeriesEntrypoints
from services.meetings.entrypoints.validation_round import RoundEntrypoints
from services.meetings.projections.decisions import Decisions
from services.meetings.projections.files import DocumentFiles
from services.meetings.projections.group import KnownGroups
from services.meetings.projections.institution import KnownInstitutions
from services.meetings.projections.merge import KnownMerges
from services.meetings.projections.seals import Seals
from services.meetings.projections.standing import Standings
from services.meetings.repository.attendance import Attendees
from services.meetings.repository.follow_up import ProgressReports, ReferralAnswers, Referrals, Responses
from services.meetings.repository.invitation import Rsvps
from services.meetings.repository.meeting import Meetings
from services.meetings.repository.minutes import MinutesRepository, Sources
from services.meetings.repository.reading import Openings
from services.meetings.repository.recommendation import Recommendations
from services.meetings.repository.remarks import RemarkAnswers, Remarks
from services.meetings.repository.validation import Documents, Opinions, Rounds


class MeetingsService(
    MeetingEntrypoints,
    MinutesEntrypoints,
    DeskEntrypoints,
    PaperEntrypoints,
    RecommendationEntrypoints,
    BoardEntrypoints,
    FollowUpEntrypoints,
    EvidenceEntrypoints,
    ReferralEntrypoints,
    DocumentEntrypoints,
    DocumentFileEntrypoints,
    FinalTextEntrypoints,
    RoundEntrypoints,
    InvitationEntrypoints,
    AttendanceEntrypoints,
    RemarkEntrypoints,
    SeriesEntrypoints,
    CalendarEntrypoints,
    SearchEntrypoints,
    ReadingEntrypoints,
    Consumers,
    Operators,
    LogKeeping,
):
    """Meetings, their minutes and what follows from them."""

    name = "meetings"
    publishes = EVENTS
    store = Store(
        [
            Meetings,
            MinutesRepository,
            Recommendations,
            Responses,
            ProgressReports,
            Referrals,
            ReferralAnswers,
            Documents,
            Rounds,
            Opinions,
            Rsvps,
            Attendees,
            Openings,
            Remarks,
            RemarkAnswers,
        ],
        [KnownInstitutions, KnownMerges, KnownGroups],
        others=[Sources],
        followers=[Standings, DocumentFiles, Seals, Decisions],
    )
    eraser = Starter(ERASING.again)


SERVICE = MeetingsService
