"""From an act to the people concerned: one notification for each focal point, and a report to whoever acted.

In order of time: the event of the act → which institutions it concerns → an announcement, the notifications of the
focal points known by now, and the report, in one commit (telling.py). Events of several queues have no order between
them, so (numbers are cited by tests):
1. an institution, group or meeting that the event names is not known yet: the event is tried again later.
2. a focal point's event comes after the act's, though the person was there before: told then, the report completed.
3. both are handled at the same moment, and neither sees the other: each looks once more after its commit
   (`complete`, `catch_up`), and the later of the two looks sees both.
4. the same event twice, replayed, or two looks at once: one notification for an event and a recipient (unique index).
5. news of an act comes late from another node: told if it still matters (domain/lateness.py), else the copies change
   and nobody is told.
6. what is internal is told to nobody: those who would be cannot see it.
7. a merge of institutions comes after an act that happened later: the people of the merged one are told then.
"""

from datetime import datetime
from typing import Any

from chassis.contract.envelope import Event
from chassis.kernel.record import FEDERATED
from services.actors.contract.merges import meaning
from services.meetings.contract import events as meetings
from services.notifications.domain.announcement import Announcement, Facts, sitting_on, unlinked
from services.notifications.domain.lateness import TELL_DAYS, patience, still_matters
from services.notifications.domain.ports import Work
from services.notifications.handlers.telling import announce, concerned, known, not_known_yet, tell_missed

MINUTES_ACTS = {
    meetings.MINUTES_CIRCULATED.name: "minutes_circulated",
    meetings.MINUTES_ADOPTED.name: "minutes_adopted",
}
MEETING_ACTS = {
    meetings.MEETING_CONVENED.name: "meeting_convened",
    meetings.MEETING_POSTPONED.name: "meeting_postponed",
    meetings.MEETING_CANCELLED.name: "meeting_cancelled",
    meetings.MEETING_CHANGED.name: "meeting_changed",
}


def announce_minutes(event: Event, work: Work, tell_days: int = TELL_DAYS) -> None:
    """Tell the institutions present of minutes circulated or adopted; other events of minutes tell nobody.

    Raises: UnavailableError not-known-yet (case 1).
    """
    if event.type not in MINUTES_ACTS or event.data.get("archive") or event.visibility not in FEDERATED:
        return
    minutes, act = event.data, MINUTES_ACTS[event.type]
    facts = {name: minutes.get(name) for name in ("title", "date", "group_name", "deadline", "adopted_on")}
    if _past(event, act, facts, work, tell_days):
        return
    meeting = known("meeting", work.known_meetings, minutes["meeting_id"])
    if meeting["updated_at"] < minutes["created_at"]:
        # Minutes and attendance are stored in one commit: that event of the meeting is still on its way.
        raise not_known_yet("meeting", minutes["meeting_id"])
    present = tuple(dict.fromkeys(minutes["present"]))
    announce(
        work,
        Announcement(
            act=act,
            link=f"/api/v1/minutes/{event.subject}",
            institutions=present,
            unmatched=unlinked(meeting.get("attendance", ()), present),
            facts=facts,
            **_of(event),
        ),
    )


def announce_meeting(event: Event, work: Work, tell_days: int = TELL_DAYS) -> None:
    """Tell the members of the group of a meeting convened, postponed or cancelled; nobody where it has no group.

    Also of one that is convened and has another day, hour or place now: `sequence` counts these changes.

    Raises: UnavailableError not-known-yet (case 1).
    """
    meeting = event.data
    if event.type not in MEETING_ACTS or meeting.get("group_id") is None or event.visibility not in FEDERATED:
        return
    act = MEETING_ACTS[event.type]
    if act == "meeting_changed" and not _concerns_who_comes(meeting):
        return
    facts = {name: meeting.get(name) for name in ("title", "date", "group_name", "start", "place")}
    if _past(event, act, facts, work, tell_days):
        return
    group = known("group", work.known_groups, meeting["group_id"])
    items = [f"\n- {item['title']}" for item in meeting.get("agenda", ()) if not item.get("postponed")]
    announce(
        work,
        Announcement(
            act=act,
            link=f"/api/v1/meetings/{event.subject}",
            institutions=sitting_on(group.get("members", ()), meeting["date"]),
            facts={**facts, "agenda": "".join(items)},
            **_of(event),
        ),
    )


def complete(work: Work, event_id: str) -> None:
    """Tell those who became known while the announcement was being made (case 3)."""
    announcement = work.announcements.find(event_id)
    if announcement is not None:
        tell_missed(work, announcement, concerned(work, announcement))


def catch_up(work: Work, event: Event) -> None:
    """Tell a focal point of the acts that happened since this version of its record was made (cases 2 and 3)."""
    person = work.known_focal_points.find(event.subject, within=0)
    if person is None or person["status"] != "active" or event.data["status"] != "active":
        return
    if person["institution_id"] != event.data["institution_id"]:
        return
    since = datetime.fromisoformat(event.data["updated_at"])
    same = meaning(work.known_merges.every())(person["institution_id"])
    for announcement in work.announcements.concerning(same, since):
        tell_missed(work, announcement, [one for one in concerned(work, announcement) if one["_id"] == person["_id"]])


def catch_up_merge(work: Work, event: Event) -> None:
    """Tell the people of merged institutions of the acts that happened since the merge was made (case 7)."""
    same = meaning(work.known_merges.every())(event.data["kept_id"])
    since = datetime.fromisoformat(event.data["created_at"])
    for announcement in work.announcements.concerning(same, since):
        tell_missed(work, announcement, concerned(work, announcement))


def _concerns_who_comes(meeting: dict[str, Any]) -> bool:
    return meeting.get("state") == "convened" and "sequence" in meeting.get("changed", ())


def _past(event: Event, act: str, facts: Facts, work: Work, tell_days: int) -> bool:
    """Whether news of the act comes too late to tell of it (case 5)."""
    if event.origin == work.node and not event.in_parcel:
        return False
    days = patience(tell_days, in_parcel=event.in_parcel)
    return not still_matters(act, facts, datetime.fromisoformat(event.time), work.now, days)


def _of(event: Event) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "subject": event.subject,
        "actor": event.actor,
        "correlation_id": event.correlationid,
        "happened_at": datetime.fromisoformat(event.time),
    }
