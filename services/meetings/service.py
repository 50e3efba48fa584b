"""The nameko class of the meetings service: what it is made of, nothing else."""

from chassis.operators import Operators
from chassis.store import Store
from services.meetings.entrypoints.consumers import Consumers
from services.meetings.entrypoints.meeting import MeetingEntrypoints
from services.meetings.entrypoints.minutes import MinutesEntrypoints
from services.meetings.entrypoints.recommendation import RecommendationEntrypoints
from services.meetings.projections.group import KnownGroups
from services.meetings.projections.institution import KnownInstitutions
from services.meetings.repository.meeting import Meetings
from services.meetings.repository.minutes import MinutesRepository, Sources
from services.meetings.repository.recommendation import Recommendations


class MeetingsService(MeetingEntrypoints, MinutesEntrypoints, RecommendationEntrypoints, Consumers, Operators):
    """Meetings, their minutes and what follows from them."""

    name = "meetings"
    store = Store([Meetings, MinutesRepository, Recommendations], [KnownInstitutions, KnownGroups], others=[Sources])


SERVICE = MeetingsService
