"""The nameko class of the notifications service: what it is made of, nothing else."""

from chassis.calls.log import LogKeeping
from chassis.calls.operators import Operators
from chassis.storage.store import Store
from services.notifications.contract.events import EVENTS
from services.notifications.entrypoints.consumers import Consumers
from services.notifications.entrypoints.notification import NotificationEntrypoints
from services.notifications.entrypoints.timers import Timers
from services.notifications.projections.focal_point import KnownFocalPoints
from services.notifications.projections.group import KnownGroups
from services.notifications.projections.institution import KnownInstitutions
from services.notifications.projections.meeting import KnownMeetings
from services.notifications.projections.merge import KnownMerges
from services.notifications.repository.announcement import Announcements
from services.notifications.repository.mail_lease import MailLeases
from services.notifications.repository.notification import Notifications


class NotificationsService(NotificationEntrypoints, Consumers, Timers, Operators, LogKeeping):
    """Who is told of what, and what came of it."""

    name = "notifications"
    publishes = EVENTS
    store = Store(
        [Notifications],
        [KnownInstitutions, KnownMerges, KnownFocalPoints, KnownGroups, KnownMeetings],
        others=[Announcements, MailLeases],
    )


SERVICE = NotificationsService
