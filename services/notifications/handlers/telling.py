"""Writing the notifications of an announcement, and the report of who was told."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from chassis.kernel.errors import UnavailableError
from services.actors.contract.merges import meaning
from services.notifications.contract import events
from services.notifications.domain import wording
from services.notifications.domain.announcement import Announcement, parted
from services.notifications.domain.delivery import by_mail, in_app
from services.notifications.domain.notification import REPORT, VISIBILITY, Notification
from services.notifications.domain.ports import Copies, Work


def announce(work: Work, announcement: Announcement) -> None:
    """Keep the announcement, tell the focal points known by now, and report; nothing where it was made before.

    Raises: UnavailableError not-known-yet.
    """
    if work.announcements.find(announcement.event_id) is not None:
        return  # an operator replays the event
    names = _names(work, announcement.institutions)
    people = concerned(work, announcement)
    work.keep("announcements", work.announcements.to_document(announcement))
    for person in people:
        _tell(work, announcement, person)
    reached = _meant(work, announcement, people)
    fields = _report(announcement, names, reached)
    recipient = {"kind": "account", "id": announcement.actor}
    report = _new(work, announcement, recipient, REPORT, deliveries=[asdict(in_app(work.now))], **fields)
    work.save(report, events.NOTIFICATION_CREATED)


def tell_missed(work: Work, announcement: Announcement, people: Sequence[dict[str, Any]]) -> None:
    """Tell those of these people who were not told, and complete the report; nothing where all were."""
    told = work.notifications.of_event(announcement.event_id)
    reached = {one.recipient.id for one in told}
    missed = [person for person in people if person["_id"] not in reached]
    for person in missed:
        _tell(work, announcement, person)
    report = next((one for one in told if one.kind == REPORT), None)
    if missed and report is not None:
        institutions = {*report.told, *_meant(work, announcement, missed)}
        fields = _report(announcement, _names(work, announcement.institutions), institutions)
        work.save(work.revise(report, **fields), events.NOTIFICATION_CHANGED)


def concerned(work: Work, announcement: Announcement) -> list[dict[str, Any]]:
    """The active focal points that were there when it happened: the same people in whatever order events arrive.

    Also of institutions that had been merged by then with one that it concerns, whichever name they are kept under.
    """
    same = meaning(_merges_until(work, announcement.happened_at))
    active = work.known_focal_points.active_for(sorted({one for id in announcement.institutions for one in same(id)}))
    return [one for one in active if datetime.fromisoformat(one["created_at"]) <= announcement.happened_at]


def _meant(work: Work, announcement: Announcement, people: Iterable[dict[str, Any]]) -> set[str]:
    """The institutions of an announcement for which these people speak, by whatever id."""
    same = meaning(_merges_until(work, announcement.happened_at))
    spoken_for = {person["institution_id"] for person in people}
    return {id for id in announcement.institutions if not spoken_for.isdisjoint(same(id))}


def _merges_until(work: Work, at: datetime) -> list[dict[str, Any]]:
    return [one for one in work.known_merges.every() if datetime.fromisoformat(one["created_at"]) <= at]


def known(noun: str, copies: Copies, id: str) -> dict[str, Any]:
    """The copy of a record. Raises: UnavailableError not-known-yet, so that the event is tried again later."""
    # No waiting here: the retry ladder does it without holding a worker.
    found = copies.find(id, within=0)
    if found is None:
        raise not_known_yet(noun, id)
    return found


def not_known_yet(noun: str, id: str) -> UnavailableError:
    """What an event fails with that came before one it needs."""
    return UnavailableError("not-known-yet", None, {"noun": noun, "id": id})


def _tell(work: Work, announcement: Announcement, person: dict[str, Any]) -> None:
    words = wording.notice(announcement, person["language"])
    notification = _new(
        work,
        announcement,
        {"kind": "focal_point", "id": person["_id"]},
        announcement.act,
        institution_id=person["institution_id"],
        language=person["language"],
        title=words.title,
        text=words.text,
        deliveries=[asdict(in_app(work.now)), asdict(by_mail(work.now))],
    )
    work.save(notification, events.NOTIFICATION_CREATED)


def _report(announcement: Announcement, names: dict[str, str], reached: Iterable[str]) -> dict[str, Any]:
    told, not_told = parted(announcement.institutions, reached)
    words = wording.report(announcement, [names[id] for id in told], [names[id] for id in not_told])
    return {"title": words.title, "text": words.text, "told": told, "not_told": not_told}


def _new(work: Work, announcement: Announcement, recipient: dict[str, str], kind: str, **fields: Any) -> Notification:
    return work.new(
        Notification,
        VISIBILITY,
        recipient=recipient,
        kind=kind,
        link=announcement.link,
        subject=announcement.subject,
        event_id=announcement.event_id,
        correlation_id=announcement.correlation_id,
        **fields,
    )


def _names(work: Work, ids: Iterable[str]) -> dict[str, str]:
    """What each institution is called. Raises: UnavailableError not-known-yet."""
    return {id: _name(known("institution", work.known_institutions, id)) for id in ids}


def _name(institution: dict[str, Any]) -> str:
    acronym = institution.get("acronym")
    return f"{institution['name']} ({acronym})" if acronym else str(institution["name"])
