"""Who sees and reads what, over the real broker and store."""

from typing import Any

import pytest

from chassis.kernel.errors import ForbiddenError, InvalidError, NotFoundError, StaleError
from services.meetings.contract import events as meetings
from tests.integration.node import Node
from tests.integration.notifications.story import Story, mail_of, publish

PERSON = {"name": "Aïssa Abdou", "email": "aissa@example.ne", "language": "fr"}


@pytest.fixture(scope="module")
def story(node: Node, eventually: Any) -> Story:
    node.run("notifications")
    story = Story("reading", [PERSON, PERSON | {"email": "john@example.org"}])
    publish(node, *story.of_institutions(), *story.of_focal_points(), *story.of_meeting())
    publish(node, story.act(), story.act(meetings.MINUTES_ADOPTED, state="adopted", adopted_on="2026-03-01"))
    eventually(lambda: len(story.every(node)) == 6, within=30)
    eventually(lambda: all(mail_of(one)["status"] == "done" for one in story.notices(node)), within=30)
    return story


def own(node: Node, story: Story, **filters: Any) -> list[dict[str, Any]]:
    who = {"roles": ("focal_point",), "account": "x", "focal_point_id": story.focal_points[0]["id"]}
    return node.every("notifications", "list_notifications", filters, **who)


def test_a_focal_point_has_its_own_the_newest_first(node: Node, story: Story) -> None:
    mine = own(node, story)
    assert {one["recipient"]["id"] for one in mine} == {story.focal_points[0]["id"]}
    assert len(mine) == 2
    assert mine[0]["created_at"] >= mine[1]["created_at"]
    assert own(node, story, kind="minutes_adopted") == [one for one in mine if one["kind"] == "minutes_adopted"]


def test_pages_follow_each_other(node: Node, story: Story) -> None:
    every = node.every("notifications", "list_notifications", {"all": True}, roles=("admin",))
    found, cursor = [], None
    while True:
        asked = {"all": True, "page_size": 3, "cursor": cursor}
        page = node.call("notifications", "list_notifications", asked, roles=("admin",))
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [one["id"] for one in found] == [one["id"] for one in every]


def test_everybodys_are_for_an_admin(node: Node, story: Story) -> None:
    with pytest.raises(ForbiddenError) as refused:
        node.call("notifications", "list_notifications", {"all": True}, roles=("secretariat",))
    assert refused.value.code == "role-required"


def test_the_public_has_none(node: Node, story: Story) -> None:
    with pytest.raises(ForbiddenError) as refused:
        node.call("notifications", "list_notifications", {}, roles=())
    assert refused.value.code == "sign-in-required"


def test_reading_marks_it_once(node: Node, story: Story) -> None:
    who = {"roles": ("focal_point",), "account": "x", "focal_point_id": story.focal_points[0]["id"]}
    first = own(node, story)[0]
    read = node.call("notifications", "read_notification", {"id": first["id"]}, **who)
    assert read["read_at"] is not None
    assert read["version"] == first["version"] + 1
    assert node.call("notifications", "read_notification", {"id": first["id"]}, **who) == read
    assert [one["id"] for one in own(node, story, unread=True)] == [own(node, story)[1]["id"]]
    with pytest.raises(StaleError):
        node.call("notifications", "read_notification", {"id": first["id"], "version": 1}, **who)


def test_another_cannot_read_it(node: Node, story: Story) -> None:
    first = own(node, story)[0]
    for who in ({"roles": ("focal_point",), "focal_point_id": story.focal_points[1]["id"]}, {"roles": ("admin",)}):
        with pytest.raises(NotFoundError) as refused:
            node.call("notifications", "read_notification", {"id": first["id"]}, **who)
        assert refused.value.code == "notification-not-found"
    assert node.call("notifications", "get_notification", {"id": first["id"]}, roles=("admin",)) == first


@pytest.mark.parametrize(
    ("asked", "field"), [({"all": "yes"}, "all"), ({"kind": "x"}, "kind"), ({"cursor": "?"}, "cursor")]
)
def test_a_wrong_filter_is_refused(node: Node, story: Story, asked: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidError) as refused:
        node.call("notifications", "list_notifications", asked, roles=("admin",))
    assert refused.value.errors[0]["field"] == field
