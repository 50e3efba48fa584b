"""Validation rounds (*tours de validation*): a version of a document, the groups asked, a deadline; and their opinions.

The round is the record of who opened it; each group's opinion is a record of the node that holds the group, whose name
the round notes when it asks: so every node knows alike whose opinion counts.
"""

from dataclasses import dataclass
from datetime import datetime

from chassis.kernel.errors import ConflictError
from chassis.kernel.record import Record

STATES = ("open", "closed")
VERDICTS = ("favourable", "favourable_with_remarks", "unfavourable", "abstention")


@dataclass(frozen=True, kw_only=True)
class AskedGroup:
    """A group that is asked, as it was called then, and the node that holds it."""

    id: str
    name: str
    node: str


@dataclass(frozen=True, kw_only=True)
class Round(Record):
    """The groups are asked for their opinion of one version of a document, by a deadline."""

    document_id: str
    document_title: str
    document_kind: str
    version_number: int
    reference: str
    groups: tuple[AskedGroup, ...]
    deadline: datetime
    opened_at: datetime
    note: str | None = None
    state: str = "open"
    outcome: str | None = None
    conclusion: str | None = None
    closed_at: datetime | None = None
    unanswered: tuple[str, ...] = ()
    """Ids of the groups that had not answered when it was closed, as far as the closing node knew."""


@dataclass(frozen=True, kw_only=True)
class Opinion(Record):
    """What a group thinks. A later opinion is a new version of the same record."""

    round_id: str
    group_id: str
    verdict: str
    remarks: str | None = None
    meeting_id: str | None = None
    given_at: datetime


def may_change(validation_round: Round) -> None:
    """Pass until it is closed. Raises: ConflictError round-closed."""
    if validation_round.state != "open":
        raise ConflictError("round-closed", "state", {"state": validation_round.state})


def asked(validation_round: Round, group_id: str) -> AskedGroup | None:
    """The group, if the round asks it."""
    return next((one for one in validation_round.groups if one.id == group_id), None)
