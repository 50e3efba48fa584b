"""A mail server that is away, slow or cut off; a service that is killed, or that runs twice.

Case numbers are those of services/notifications/entrypoints/postman.py.
"""

import signal
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chassis.kernel.clock import now
from tests.integration.eventually import PATIENCE
from tests.integration.node import Node
from tests.integration.notifications.mail_server import MailServer
from tests.integration.notifications.story import Story, mail_of, publish

Listen = Callable[[], MailServer]


@pytest.fixture(scope="module", autouse=True)
def running(node: Node, mail_port: int) -> None:
    """The service, told of a server that is not there yet."""
    node.run("notifications", GTM_SMTP_URL=f"smtp://127.0.0.1:{mail_port}")


def told(node: Node, name: str, many: int) -> Story:
    """A story whose people have been told, and whose mails are due."""
    crowd = [{"name": f"P {place}", "email": f"{name}{place}@example.ne", "language": "fr"} for place in range(many)]
    story = Story(name, crowd)
    publish(node, *story.of_institutions(), *story.of_focal_points(), *story.of_meeting(), story.act())
    return story


def all_done(node: Node, story: Story, many: int) -> bool:
    mails = [mail_of(one) for one in story.notices(node)]
    return len(mails) == many and all(mail["status"] == "done" for mail in mails)


def due_now(node: Node) -> None:
    """Let the waiting end: every pending mail is due, every lease over."""
    notifications = node.database("notifications")["notifications"]
    past = now() - timedelta(seconds=1)
    for document in notifications.find({"derived.due": {"$ne": None}}):
        later = [one | {"next_at": past} if one["next_at"] else one for one in document["deliveries"]]
        values = {"deliveries": later, "derived.due": past}
        notifications.update_one({"_id": document["_id"], "version": document["version"]}, {"$set": values})
    node.database("notifications")["mail_leases"].update_many({}, {"$set": {"until": past}})


def test_case_3_while_the_server_is_away_mails_wait_and_then_leave_once(
    node: Node, listen: Listen, eventually: Any
) -> None:
    story = told(node, "away", 3)
    tried = eventually(lambda: [one for one in story.notices(node) if mail_of(one)["attempts"] == 1], within=30)
    mail = mail_of(tried[0])
    assert (mail["status"], mail["detail"]) == ("pending", "ConnectionRefusedError")
    assert mail["next_at"] > mail["at"]
    assert len([one for one in story.notices(node) if mail_of(one)["attempts"] == 0]) == 2
    server = listen()
    due_now(node)
    eventually(lambda: all_done(node, story, 3), within=40)
    assert sorted(str(one["To"]) for one in server.taken) == [
        f"P {place} <away{place}@example.ne>" for place in range(3)
    ]


def test_a_refusal_that_ends_the_dialogue_is_tried_again_and_its_words_are_not_kept(
    node: Node, listen: Listen, eventually: Any
) -> None:
    server = listen()
    server.answer = lambda address: "421 closing, ask broken0@example.ne"
    story = told(node, "broken", 1)
    (notice,) = eventually(lambda: [one for one in story.notices(node) if mail_of(one)["attempts"]], within=40)
    assert mail_of(notice)["detail"] == "the server answered 421 to the recipient"
    server.answer = lambda address: None
    due_now(node)
    eventually(lambda: all_done(node, story, 1), within=30)


def test_case_2_killed_before_noting_the_mail_goes_again_under_the_same_message_id(
    node: Node, listen: Listen, mail_port: int, eventually: Any
) -> None:
    server = listen()
    server.hang.set()
    story = told(node, "killed", 1)
    assert server.reached.wait(PATIENCE)
    node.stop("notifications", by=signal.SIGKILL)
    server.hang.clear()
    node.run("notifications", GTM_SMTP_URL=f"smtp://127.0.0.1:{mail_port}")
    # The killed process holds the lease still: nobody else sends meanwhile.
    (lease,) = node.database("notifications")["mail_leases"].find()
    assert lease["until"] > now()
    assert len(server.taken) == 1
    due_now(node)
    eventually(lambda: all_done(node, story, 1), within=30)
    first, again = server.taken
    assert first["Message-ID"] == again["Message-ID"]
    assert mail_of(story.notices(node)[0])["attempts"] == 1


def test_two_instances_send_each_mail_once(node: Node, listen: Listen, mail_port: int, eventually: Any) -> None:
    server = listen()
    second = node.environment(GTM_SMTP_URL=f"smtp://127.0.0.1:{mail_port}")
    node.spawn("second", [sys.executable, "-m", "chassis.runner", "notifications"], second)
    eventually(lambda: "service.started" in node.log("second"), within=40)
    story = told(node, "twice", 25)
    eventually(lambda: all_done(node, story, 25), within=60)
    assert len(server.taken) == 25
    assert len({one["Message-ID"] for one in server.taken}) == 25
    eventually(lambda: node.database("notifications")["mail_leases"].count_documents({}) == 0)
    eventually(lambda: len((story.report(node) or {"told": []})["told"]) == 25)
    node.stop("second")


def test_a_stop_lets_the_mail_on_its_way_end(node: Node, listen: Listen, mail_port: int, eventually: Any) -> None:
    server = listen()
    story = told(node, "stopped", 8)
    assert server.reached.wait(PATIENCE)
    node.stop("notifications")
    assert node.database("notifications")["mail_leases"].count_documents({}) == 0
    node.run("notifications", GTM_SMTP_URL=f"smtp://127.0.0.1:{mail_port}")
    eventually(lambda: all_done(node, story, 8), within=40)
    assert len(server.taken) == 8


@pytest.mark.parametrize("wrong", [{"GTM_SMTP_URL": "smtp://u:secret@host:no"}, {"GTM_MAIL": "perhaps"}])
def test_a_wrong_setting_stops_the_start_and_names_the_variable(
    make_node: Any, eventually: Any, wrong: dict[str, str]
) -> None:
    node = make_node()
    node.spawn("wrong", [sys.executable, "-m", "chassis.runner", "notifications"], node.environment(**wrong))
    eventually(lambda: node.processes["wrong"].poll() is not None, within=40)
    assert node.processes["wrong"].returncode != 0
    assert next(iter(wrong)) in node.log("wrong")
    assert "secret" not in node.log("wrong")
