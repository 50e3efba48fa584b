"""What the handlers need of the store, as protocols."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from chassis.kernel import work
from services.meetings.domain.attendance import Attendee
from services.meetings.domain.decision import DecisionLine
from services.meetings.domain.document import Document
from services.meetings.domain.meeting import Meeting
from services.meetings.domain.minutes import Minutes
from services.meetings.domain.reading import Opening
from services.meetings.domain.recommendation import Recommendation
from services.meetings.domain.referral import Referral, ReferralAnswer
from services.meetings.domain.remark import Remark, RemarkAnswer
from services.meetings.domain.response import ProgressReport, Response
from services.meetings.domain.rsvp import Rsvp
from services.meetings.domain.standing import Standing
from services.meetings.domain.validation_round import Opinion, Round


class Meetings(work.Records[Meeting], Protocol):
    """The meetings of this node and the copies of others."""

    def on_day(self, group_id: str, day: str) -> list[Meeting]:
        """The group's meetings on a day."""

    def highest_convocation(self, group_id: str | None, year: int) -> int:
        """The last number given in that year; 0 if none."""

    def sessions(self, group_id: str, kind: str, before: str, most: int) -> list[Meeting]:
        """Those of the series until that day, the latest first."""

    def session(self, group_id: str, kind: str, number: int) -> Meeting | None:
        """The one that has this place in the series."""

    def next_of(self, id: str) -> Meeting | None:
        """The session that was made the next of this one."""

    def beginning(self, since: str, until: str, states: Sequence[str], most: int) -> list[Meeting]:
        """Those that begin on one of these days."""


class MinutesRecords(work.Records[Minutes], Protocol):
    """Minutes of all nodes."""

    def erratum_of(self, minutes: Minutes) -> Minutes | None:
        """The minutes that correct these, as a draft too."""


class Recommendations(work.Records[Recommendation], Protocol):
    """Recommendations and action points."""

    def of_minutes(self, minutes_id: str) -> list[Recommendation]:
        """Those that came from these minutes."""

    def open_of(self, group_id: str, most: int) -> tuple[list[str], int]:
        """Ids of those of a group that are not carried out, the latest first, and how many there are."""


class Opinions(work.Records[Opinion], Protocol):
    """What groups think."""

    def of_rounds(self, ids: Sequence[str]) -> list[Opinion]:
        """Every opinion in these rounds."""


class Rounds(work.Records[Round], Protocol):
    """Groups are asked."""

    def of_document(self, id: str) -> list[Round]:
        """Every round on a document."""


class Remarks(work.Records[Remark], Protocol):
    """What is said of texts."""

    def of_target(self, id: str) -> list[Remark]:
        """Every remark on a text."""


class Rsvps(work.Records[Rsvp], Protocol):
    """Answers to invitations."""

    def of_meeting(self, id: str) -> list[Rsvp]:
        """Every answer to this meeting."""


class Attendees(work.Records[Attendee], Protocol):
    """Lines of the lists of meetings."""

    def of_meeting(self, id: str) -> list[Attendee]:
        """Every line of this meeting, of any day."""

    def has_twin(self, attendee: Attendee) -> bool:
        """Whether another line says the same."""

    def is_full(self, meeting_id: str) -> bool:
        """Whether the meeting has as many lines as it may have."""


class RemarkAnswers(work.Records[RemarkAnswer], Protocol):
    """Verdicts on remarks."""

    def of_remarks(self, ids: Sequence[str]) -> list[RemarkAnswer]:
        """Every verdict on these."""

    def of_target(self, id: str) -> list[RemarkAnswer]:
        """Every verdict on what was said of a text."""


class Decisions(Protocol):
    """The register of decisions."""

    def of_decision(self, id: str) -> DecisionLine | None:
        """The line of a decision, None if it is of no minutes that left the desk."""


class Standings(Protocol):
    """How recommendations stand, by what all nodes said of them."""

    def of(self, record: Recommendation) -> Standing:
        """How it stands."""

    def in_charge(self, record: Recommendation) -> frozenset[str]:
        """The nodes whose secretariat may speak of the whole."""

    def turns(self, id: str) -> list[int]:
        """The turns of all acts on it that are known here."""

    def resolve(self, id: str) -> tuple[str, tuple[str, ...]]:
        """The recommendation that stands for this one, and those passed on the way."""


class Copies(Protocol):
    """Read-only copies of another service's records."""

    def find(self, id: str) -> dict[str, Any] | None:
        """The copy, or None."""

    def every(self, conditions: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """All copies that fit."""


class Sources(Protocol):
    """The texts that minutes were read from, by their SHA-256."""

    def find(self, sha256: str) -> dict[str, Any] | None:
        """{_id, text, meeting_id, minutes_id, result} or None."""


class Work(work.Work, Protocol):
    """The unit of work of this service."""

    meetings: Meetings
    minutes: MinutesRecords
    recommendations: Recommendations
    responses: work.Records[Response]
    progress_reports: work.Records[ProgressReport]
    referrals: work.Records[Referral]
    referral_answers: work.Records[ReferralAnswer]
    standings: Standings
    documents: work.Records[Document]
    rounds: Rounds
    opinions: Opinions
    rsvps: Rsvps
    attendees: Attendees
    remarks: Remarks
    openings: work.Records[Opening]
    remark_answers: RemarkAnswers
    sources: Sources
    decisions: Decisions
    known_institutions: Copies
    known_merges: Copies
    known_groups: Copies
