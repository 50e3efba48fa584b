"""Without quorum a meeting is an information session (*séance d'information*): what it decides is to be confirmed."""

from services.meetings.domain.meeting import Meeting

OVER = ("held", "closed")


def to_confirm(meeting: Meeting) -> bool:
    """Whether what the meeting decides stands only once a later meeting confirms it."""
    return meeting.information_session


def may_confirm(earlier: Meeting, later: Meeting) -> bool:
    """Whether the later meeting can confirm what the earlier one decided: of the same group, held, and with quorum.

    Where the group has no quorum rule any more, any meeting of it decides.
    """
    return (
        to_confirm(earlier)
        and later.id != earlier.id
        and earlier.group_id is not None
        and later.group_id == earlier.group_id
        and later.state in OVER
        and later.date >= earlier.date
        and not later.information_session
    )
