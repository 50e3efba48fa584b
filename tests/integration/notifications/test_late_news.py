"""A parcel of another node's events changes copies; people are told of what is fresh in it, not of what is past."""

from datetime import timedelta
from typing import Any

from chassis.contract import exchange
from chassis.contract.envelope import Event, Place
from chassis.contract.parcel import packed
from chassis.kernel.clock import now
from services.meetings.contract import events as meetings
from services.notifications.contract.subscriptions import ON_MINUTES
from tests.integration.federation.foreign import make_known, send
from tests.integration.node import Node
from tests.integration.notifications.story import Story, envelope_of, publish
from tests.unit.notifications.builders import an_event

AGADEZ = Place("agadez", "0.1.0")
PERSON = {"name": "Aïssa Abdou", "email": "aissa@example.ne", "language": "fr"}


def adopted(story: Story, days: int) -> Event:
    """What Agadez says: the story's minutes were adopted that long ago."""
    data = story.minutes | {"origin": "agadez", "state": "adopted", "adopted_on": "2026-02-24"}
    at = now() - timedelta(days=days)
    return an_event(meetings.MINUTES_ADOPTED, data, at, origin="agadez", source="/nodes/agadez/meetings")


def test_of_a_parcel_only_what_is_fresh_is_told(node: Node, eventually: Any) -> None:
    node.run("notifications", GTM_MAIL="off")
    make_known(node, "agadez")
    past, fresh = Story("past", [PERSON]), Story("fresh", [PERSON])
    for story in (past, fresh):
        story.before = now() - timedelta(days=400)
        for person in story.focal_points:
            person["created_at"] = person["updated_at"] = "2025-01-01T00:00:00.000Z"
        publish(node, *story.of_institutions(), *story.of_focal_points(), *story.of_meeting())
    event = adopted(past, 10)
    (data,) = packed([envelope_of(event), envelope_of(adopted(fresh, 1))], "central")
    send(node, exchange.compose(exchange.records_sent("meetings"), AGADEZ, data))
    eventually(lambda: len(fresh.notices(node)) == 1)
    seen = node.database("notifications")["inbox"]
    eventually(lambda: seen.find_one({"_id": {"$regex": f"^{ON_MINUTES.queue} .*{event.id}"}}))
    assert past.every(node) == []
