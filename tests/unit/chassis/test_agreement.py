"""Who may say what: an event's origin against the exchange it was published to and the account that published it."""

from dataclasses import replace

import pytest

from chassis.broker.agreement import check, check_passed_on, check_sender, node_of
from chassis.contract.envelope import Event, UnreadableEventError

EVENT = Event(
    id="01946f2a-0000-7000-8000-000000000001",
    type="gtm.meetings.minutes.adopted.v1",
    source="/nodes/agadez/meetings",
    subject="01946f2a-0000-7000-8000-000000000002",
    time="2026-02-03T09:00:00Z",
    origin="agadez",
    recordversion=3,
    incarnation=1,
    visibility="gtm",
    actor="a",
    correlationid="c",
    data={},
)


@pytest.mark.parametrize(
    ("exchange", "user", "node", "hub"),
    [
        ("gtm.events", None, "agadez", None),  # of this node
        ("gtm.events", "agadez.meetings", "agadez", "central"),
        ("gtm.shared.agadez", "agadez", "central", None),  # a region speaks to the centre
        ("gtm.inbound", "agadez", "zinder", "central"),  # its own account vouches, two hops on
        ("gtm.inbound", "central", "zinder", "central"),  # the centre passes on what it kept
        ("", None, "zinder", "central"),  # our own ladder, of an earlier release
        ("gtm.inbound", "agadez.meetings", "zinder", "central"),  # a service says what is its own
        ("gtm.inbound", "agadez.carried", "zinder", "central"),  # of no service: a file, carried by hand
    ],
)
def test_what_agrees_passes(exchange, user, node, hub):
    check_sender(EVENT, exchange, user, node, hub)


@pytest.mark.parametrize(
    ("exchange", "user", "node", "hub", "why"),
    [
        ("gtm.events", "agadez", "central", None, "published on gtm.events of central"),
        ("gtm.shared.zinder", "agadez", "central", None, "published on gtm.shared.zinder"),
        ("gtm.shared.agadez", "zinder", "central", None, "sent by zinder"),
        ("gtm.shared.agadez", None, "central", None, "sent by nobody"),
        ("gtm.inbound", "tahoua", "zinder", "central", "sent by tahoua"),
        ("gtm.inbound", "agadezx", "zinder", "central", "sent by agadezx"),
        ("gtm.inbound", "central", "zinder", None, "sent by central"),
        ("gtm.inbound", "central", "agadez", "central", "in this node's own name"),
    ],
)
def test_what_does_not_agree_is_forged(exchange, user, node, hub, why):
    with pytest.raises(UnreadableEventError, match="forged") as refused:
        check_sender(EVENT, exchange, user, node, hub)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("by", "taker", "passes"),
    [
        ("notifications", "notifications", True),  # its own ladder, replays, parcels
        ("meetings", "notifications", True),  # the service whose event it is sends it again
        ("actors", "notifications", False),
        ("actors", "actors", True),
    ],
)
def test_what_is_put_into_a_queue_is_its_services_or_of_the_service_that_said_it(by, taker, passes):
    if passes:
        check_sender(EVENT, f"{by}.again", None, "zinder", "central", taker)
    else:
        with pytest.raises(UnreadableEventError, match="put here by actors"):
            check_sender(EVENT, f"{by}.again", None, "zinder", "central", taker)


@pytest.mark.parametrize("exchange", ["gtm.events", "gtm.inbound", "notifications.again"])
def test_the_account_of_a_service_speaks_for_that_service_alone(exchange):
    with pytest.raises(UnreadableEventError, match=r"said by agadez\.actors"):
        check_sender(EVENT, exchange, "agadez.actors", "zinder", "agadez", "notifications")


def test_an_internal_event_from_elsewhere_is_refused():
    with pytest.raises(UnreadableEventError, match="internal"):
        check_sender(replace(EVENT, visibility="internal"), "gtm.inbound", "agadez", "zinder", "central")


def test_an_account_belongs_to_the_node_that_its_name_begins_with():
    assert [node_of(name) for name in ("agadez", "agadez.meetings", "agadezx", None, "")] == [
        "agadez",
        "agadez",
        "agadezx",
        None,
        None,
    ]


PASSED_ON = [
    # whose event, sent by, read on, its centre
    ("agadez", "agadez", "central", None),
    ("agadez", "central", "zinder", "central"),
    ("central", "central", "zinder", "central"),
]


@pytest.mark.parametrize(("origin", "sender", "node", "hub"), PASSED_ON)
def test_a_parcel_brings_the_senders_own_and_from_the_centre_all(
    origin: str, sender: str, node: str, hub: str | None
) -> None:
    check_passed_on(replace(EVENT, origin=origin), sender, node, hub, 1)


REFUSED_INSIDE = [
    ("zinder", "agadez", "central", None, "sent by agadez"),  # one region for another
    ("zinder", "central", "agadez", None, "sent by central"),  # a centre that is not ours
    ("central", "agadez", "central", None, "in this node's own name"),  # the centre takes nothing of its own back
    ("zinder", "agadez", "zinder", "central", "in this node's own name"),
]


@pytest.mark.parametrize(("origin", "sender", "node", "hub", "why"), REFUSED_INSIDE)
def test_a_parcel_brings_nothing_of_anybody_else(
    origin: str, sender: str, node: str, hub: str | None, why: str
) -> None:
    with pytest.raises(UnreadableEventError, match=f"forged.*{why}"):
        check_passed_on(replace(EVENT, origin=origin), sender, node, hub, 9)


@pytest.mark.parametrize(("incarnation", "taken"), [(1, True), (2, False), (3, False)])
def test_its_own_records_come_back_only_from_before_it_was_restored(incarnation: int, taken: bool) -> None:
    event = replace(EVENT, origin="zinder", incarnation=incarnation)
    if taken:
        check_passed_on(event, "central", "zinder", "central", 2)
    else:
        with pytest.raises(UnreadableEventError, match="in this node's own name"):
            check_passed_on(event, "central", "zinder", "central", 2)


def test_an_internal_event_is_in_no_parcel() -> None:
    with pytest.raises(UnreadableEventError, match="internal"):
        check_passed_on(replace(EVENT, visibility="internal"), EVENT.origin, "central", None, 1)


KEY = "agadez.gtm.meetings.minutes.adopted"


@pytest.mark.parametrize("key", [KEY, f"{KEY}.central"])
def test_a_key_may_name_whom_alone_it_is_for(key):
    check(EVENT, key)


@pytest.mark.parametrize(
    "key", [f"zinder{KEY[6:]}", f"zinder{KEY[6:]}.central", f"{KEY}.central.more", f"central.{KEY}", KEY[:-8], ""]
)
def test_any_other_key_does_not_agree(key):
    with pytest.raises(UnreadableEventError, match="routing key"):
        check(EVENT, key)
