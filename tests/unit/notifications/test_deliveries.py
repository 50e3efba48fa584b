"""Attempts, waits and outcomes of a mail; who may read a notification."""

from datetime import timedelta
from typing import Any

import pytest

from chassis.kernel.errors import NotFoundError, StaleError
from chassis.kernel.principal import Caller, Principal
from services.notifications.contract import events
from services.notifications.domain.delivery import WAITS, Delivery, Outcome, after, by_mail
from services.notifications.domain.notification import Notification, waiting_mail
from services.notifications.handlers.announcement import announce_minutes
from services.notifications.handlers.notification import get_notification, note_mail, read_notification
from tests.unit.notifications.builders import NOON, a_focal_point, a_meeting, an_institution, circulated, some_minutes
from tests.unit.notifications.fake_work import FakeWork


def _told() -> tuple[Any, Notification]:
    work: Any = FakeWork()
    institution = an_institution("Mairie")
    meeting = a_meeting([{"text": "Mairie", "institution_id": institution["id"]}])
    work.known_institutions.add(institution)
    work.known_meetings.add(meeting)
    work.known_focal_points.add(a_focal_point(institution))
    announce_minutes(circulated(some_minutes(meeting, [institution])), work)
    return work, work.saved[0][1]


def _as(*roles: str, account: str = "a-9", focal_point: str | None = None) -> Caller:
    principal = Principal(account_id=account, roles=frozenset(roles), focal_point_id=focal_point)
    return Caller(principal=principal, correlation_id="c-2")


def test_waits_grow_up_to_a_day_and_then_it_is_over() -> None:
    delivery, at, waits = by_mail(NOON), NOON, []
    while delivery.status == "pending":
        delivery = after(delivery, Outcome("again", "ConnectionRefusedError"), at)
        if delivery.next_at:
            waits.append((delivery.next_at - at).total_seconds())
            at = delivery.next_at
    assert waits == list(WAITS) == sorted(waits)
    assert waits[0] == 60
    assert waits[-1] == timedelta(days=1).total_seconds()
    assert delivery == Delivery(
        channel="email", status="failed", attempts=len(WAITS) + 1, at=at, detail="ConnectionRefusedError"
    )


@pytest.mark.parametrize(("status", "attempts"), [("done", 1), ("failed", 1), ("suppressed", 0)])
def test_an_end_is_an_end(status: str, attempts: int) -> None:
    ended = after(by_mail(NOON), Outcome(status), NOON)
    assert (ended.status, ended.attempts, ended.at, ended.next_at) == (status, attempts, NOON, None)


def test_a_mail_sent_is_one_event_and_what_comes_after_changes_nothing() -> None:
    work, told = _told()
    note_mail(work, id=told.id, outcome=Outcome("again", "later"))
    note_mail(work, id=told.id, outcome=Outcome("done"))
    settled = note_mail(work, id=told.id, outcome=Outcome("failed"))
    assert waiting_mail(settled) is None
    assert [(one.status, one.attempts) for one in settled.deliveries] == [("done", 1), ("done", 2)]
    names = [name for name, _ in work.saved[2:]]
    assert names == [events.NOTIFICATION_CHANGED.name, events.NOTIFICATION_DELIVERED.name]


def test_a_mail_is_noted_on_what_was_read_meanwhile() -> None:
    work, told = _told()
    work.caller = _as("focal_point", focal_point=told.recipient.id)
    assert read_notification(work, id=told.id, version=1).read_at == NOON
    assert note_mail(work, id=told.id, outcome=Outcome("done")).read_at == NOON


def test_reading_is_noted_once() -> None:
    work, told = _told()
    work.caller = _as("focal_point", focal_point=told.recipient.id)
    first = read_notification(work, id=told.id, version=1)
    assert read_notification(work, id=told.id, version=2) == first
    assert [name for name, _ in work.saved[2:]] == [events.NOTIFICATION_READ.name]
    with pytest.raises(StaleError):
        read_notification(work, id=told.id, version=1)


@pytest.mark.parametrize(
    ("caller", "may_get"),
    [
        (_as("admin"), True),
        (_as("secretariat"), False),
        (_as("focal_point", focal_point="another"), False),
        (_as("focal_point", account="same"), False),
    ],
)
def test_nobody_reads_what_is_for_another(caller: Caller, may_get: bool) -> None:
    work, told = _told()
    work.caller = caller
    with pytest.raises(NotFoundError, match="notification-not-found"):
        read_notification(work, id=told.id, version=7)
    if may_get:
        assert get_notification(work, id=told.id) == told
    else:
        with pytest.raises(NotFoundError, match="notification-not-found"):
            get_notification(work, id=told.id)


def test_whoever_acted_reads_the_report() -> None:
    work, _ = _told()
    work.caller = _as("secretariat", account="account-of-secretariat")
    assert get_notification(work, id=work.report().id).kind == "report"
