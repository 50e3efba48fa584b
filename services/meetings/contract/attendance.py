"""Who is at a meeting: records and commands of attendees, the list at the door, how often an institution comes."""

from chassis.contract.personal import blanks, erased, personal
from chassis.contract.schema import (
    Choice,
    Command,
    Day,
    Id,
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
from chassis.kernel.erasure import REASONS
from services.meetings.contract.invitation import MOST_INSTITUTIONS, InstitutionNameSchema, QuorumCountSchema
from services.meetings.contract.records import LINE
from services.meetings.domain import attendance, protocol, rsvp


class AttendeeFields(Part):
    """An institution at a meeting, and perhaps who is there for it; a delegate says for which other one it speaks."""

    institution_id = Id(required=True)
    name = personal(maybe(Text, LINE))
    function = personal(maybe(Text, LINE))
    status = Choice(*attendance.STATUSES, load_default="present")
    mode = Choice(*attendance.MODES, load_default="in_room")
    for_institution_id = maybe(Id)


class AttendeeSchema(RecordSchema, AttendeeFields):
    """One line of the list of a day; it tells of a person, and is internal to its node."""

    meeting_id = Id(required=True)
    date = Day(required=True)
    removed = YesNo(load_default=False)
    erased = erased()


ATTENDEE_BLANKS = blanks(AttendeeSchema)
"""What stands in the place of what tells who somebody was."""


class SignInSchema(Command, AttendeeFields):
    """Sign somebody in."""

    id = Id(required=True)


class ChangeAttendeeSchema(VersionQuery):
    """Put a line right."""

    changes = changes_of(AttendeeFields)


class RemoveAttendeeSchema(VersionQuery):
    """Take a line away; nothing more to say."""


class EraseAttendeeSchema(VersionQuery):
    """Why the person's data is erased, for good."""

    reason = Choice(*REASONS, required=True)


class AttendeeFilterSchema(PageQuery):
    """Of which meeting, or of which institution. Members see those of a meeting that they name."""

    meeting_id = maybe(Id)
    institution_id = maybe(Id)


class WhoseSchema(Part):
    """Of which record."""

    id = Id(required=True)


class DoorLineSchema(InstitutionNameSchema):
    """An institution of the list, in protocol order; `status` is null as long as nobody of it has come."""

    kind = maybe(Text, 40)
    role = maybe(Choice, *protocol.GROUP_ROLES)
    answer = maybe(Choice, *rsvp.ANSWERS)
    headcount = maybe(Whole, 1, 1000)
    status = maybe(Choice, *attendance.STATUSES)
    mode = maybe(Choice, *attendance.MODES)
    represented_by_id = maybe(Id)
    attendees = many(AttendeeSchema, attendance.MOST)


class DoorSchema(Part):
    """The list at the door of a meeting, with its live count; `version` is the meeting's."""

    id = Id(required=True)
    origin = Text(40, required=True)
    version = Whole(0, 2**53, required=True)
    institutions = many(DoorLineSchema, MOST_INSTITUTIONS)
    quorum = one(QuorumCountSchema, allow_none=True, load_default=None)


class LastAttendedSchema(Part):
    """The last meeting at which an institution was."""

    meeting_id = Id(required=True)
    title = Text(LINE, required=True)
    date = Day(required=True)


class ParticipationSchema(Part):
    """How often an institution comes: in the last twelve months, of the meetings it was called to; and when last.

    Meetings whose attendance nobody wrote down count for nothing. `version` is the institution's.
    """

    id = Id(required=True)
    origin = Text(40, required=True)
    version = Whole(0, 2**53, required=True)
    since = Day(required=True)
    called = Whole(0, 2**53, required=True)
    attended = Whole(0, 2**53, required=True)
    as_guest = Whole(0, 2**53, required=True)
    last_attended = one(LastAttendedSchema, allow_none=True, load_default=None)
