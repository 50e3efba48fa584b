"""Meetings as the notifications service knows them: copies fed by the meetings service's events."""

from chassis.storage.replica import Replica


class KnownMeetings(Replica):
    """Sessions, to name who attended without a link to the directory."""

    noun = "meeting"
    attribute = "known_meetings"
