"""Who may say what: an event's origin against the exchange it was published to and the account that published it."""

from dataclasses import replace

import pytest

from chassis.agreement import check_sender, node_of
from chassis.envelope import Event, UnreadableEventError

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
        ("", None, "zinder", "central"),  # our own ladder
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
