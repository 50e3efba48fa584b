"""Use cases of opinions: given by the secretariat of the node that holds the group, in a round of any node."""

from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.errors import ConflictError
from services.meetings.contract import events
from services.meetings.domain.ports import Work
from services.meetings.domain.validation_round import Opinion, asked


def give_opinion(work: Work, *, id: str, group_id: str, **said: Any) -> Opinion:
    """What a group of this node thinks; also after the deadline, then marked late.

    Raises: NotFoundError; InvalidError group-not-asked; ConflictError group-not-ours, opinion-exists.
    """
    known = work.rounds.get(id)
    group = asked(known, group_id)
    if group is None:
        refuse([{"field": "group_id", "code": "group-not-asked", "params": {"id": group_id}}])
    elif group.node != work.node:
        raise ConflictError("group-not-ours", "group_id", {"node": group.node})
    _check_meeting(work, said)
    opinion = work.new(Opinion, "gtm", round_id=id, group_id=group_id, given_at=work.now, **said)
    work.save(opinion, events.OPINION_GIVEN)
    return opinion


def change_opinion(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Opinion:
    """The group thinks otherwise now. Raises: NotFoundError; StaleError; ConflictError not-the-origin."""
    opinion = work.opinions.own(id, version)
    _check_meeting(work, changes)
    if work.revise(opinion, **changes) is opinion:
        return opinion
    changed = work.revise(opinion, given_at=work.now, **changes)
    work.save(changed, events.OPINION_CHANGED)
    return changed


def _check_meeting(work: Work, said: dict[str, Any]) -> None:
    id = said.get("meeting_id")
    if id is not None and work.meetings.find(id) is None:
        refuse([{"field": "meeting_id", "code": "meeting-not-found", "params": {"id": id}}])
