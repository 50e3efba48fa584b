"""Who was erased: the copy, the kept mails and what waits for them go, killed anywhere on the way or not."""

import sys
from datetime import timedelta
from typing import Any

from chassis.kernel.clock import rfc3339
from services.actors.contract import events as actors
from services.actors.contract.records import FOCAL_POINT_BLANKS
from tests.integration.node import Node
from tests.integration.notifications.story import Story, mail_of, publish
from tests.integration.parked import parked_count
from tests.unit.notifications.builders import an_event

PERSON = {"name": "Hadiza Qwrtz", "email": "hadiza.qwrtz@exemple.ne", "language": "fr"}


def redacted(story: Story) -> Any:
    person = story.focal_points[0]
    at = story.happened + timedelta(seconds=1)
    erased = {"at": rfc3339(at), "by": "somebody", "reason": "asked", "emptied": list(FOCAL_POINT_BLANKS)}
    emptied = {**person, **FOCAL_POINT_BLANKS, "version": 2, "status": "ended", "erased": erased}
    return an_event(actors.FOCAL_POINT_REDACTED, emptied, at)


def left(node: Node) -> list[str]:
    """Where the person is still told of."""
    database = node.database("notifications")
    documents = [f"{name} {one!r}" for name in database.list_collection_names() for one in database[name].find({})]
    mails = [str(one) for one in (node.home / "mail").glob("*") if b"qwrtz" in one.read_bytes()]
    return [one for one in documents if "wrtz" in one] + mails


def test_all_of_it_goes_killed_again_and_again_on_the_way(node: Node, eventually: Any) -> None:
    """After the commit, with the mail still kept; before the broker knows; then at last to the end."""
    node.run("notifications")
    story = Story("erased", [PERSON])
    publish(node, *story.of_institutions(), *story.of_focal_points(), *story.of_meeting(), story.act())
    eventually(lambda: [one for one in story.notices(node) if mail_of(one)["status"] == "done"])
    assert {one.partition(" ")[0] for one in left(node)} > {"replica_focal_point"}
    node.stop()
    publish(node, redacted(story))
    for point in ("store.committed", "consumer.applied"):
        start(node, point)
        eventually(lambda: node.processes["notifications"].poll() is not None)
        assert not point.endswith("applied") or not left(node)
        node.stop()
    node.run("notifications")
    eventually(lambda: not left(node))
    assert parked_count(node, "notifications") == 0


def start(node: Node, point: str) -> None:
    """Without waiting for it to be ready: it is to die."""
    command = [sys.executable, "-m", "chassis.runner", "notifications"]
    own = node.environment(GTM_CRASH_AT=point, GTM_OPS_PORT=str(node.ports["notifications"]))
    node.spawn("notifications", command, own)
