"""From events to notifications and mails, over the real broker, store and an SMTP server with verified TLS.

Case numbers are those of services/notifications/handlers/announcement.py.
"""

import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from services.meetings.contract import events as meetings
from tests.integration.node import Node
from tests.integration.notifications.mail_server import PASSWORD, USER, MailServer, a_certificate
from tests.integration.notifications.story import Story, mail_of, publish
from tests.integration.parked import parked_count

FRENCH = {"name": "Aïssa Abdou", "email": "aissa@example.ne", "language": "fr"}
ENGLISH = {"name": "John Smith", "email": "john@example.org", "language": "en"}
NOBODY: dict[str, Any] = {}


@pytest.fixture(scope="module")
def mail_server(mail_port: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    """Demands TLS and a password."""
    server = MailServer(mail_port, certificate=a_certificate(tmp_path_factory.mktemp("tls")))
    yield server
    server.close()


@pytest.fixture(scope="module", autouse=True)
def running(node: Node, mail_server: MailServer, mail_port: int) -> None:
    """The notifications service alone: whatever it knows came by events."""
    url = f"smtp://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{mail_port}?starttls=1&from=gtm@example.ne"
    node.run("notifications", GTM_SMTP_URL=url, SSL_CERT_FILE=str(mail_server.certificate))


def people(story: str, *given: dict[str, Any]) -> list[dict[str, Any]]:
    """With addresses of this story's own."""
    return [one and one | {"email": f"{story}.{one['email']}"} for one in given]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_everybody_concerned_is_told_in_their_language_and_the_secretariat_is_answered(
    node: Node, mail_server: MailServer, eventually: Any
) -> None:
    story = Story("concerned", people("concerned", FRENCH, ENGLISH, NOBODY), attendance=["Comité des jeunes"])
    publish(node, *story.of_institutions(), *story.of_focal_points(), *story.of_meeting(), story.act())
    eventually(lambda: len(story.notices(node)) == 2, within=30)
    told, not_told = [one["id"] for one in story.institutions[:2]], [story.institutions[2]["id"]]

    def reported() -> bool:
        report = story.report(node) or {"told": [], "not_told": [], "text": ""}
        assert (report["told"], report["not_told"]) == (told, not_told)
        return "Comité des jeunes" in report["text"]

    eventually(reported)
    eventually(lambda: all(mail_of(one)["status"] == "done" for one in story.notices(node)))
    (french,) = mail_server.to("concerned.aissa@example.ne")
    (english,) = mail_server.to("concerned.john@example.org")
    assert french["Subject"] == "[GTM] Compte-rendu à relire : concerned"
    assert english["Subject"] == "[GTM] Minutes to review: concerned"
    assert f"/api/v1/minutes/{story.minutes['id']}" in text_of(french)
    assert french["To"] == "Aïssa Abdou <concerned.aissa@example.ne>"
    assert french["X-GTM-Correlation-ID"] == "c concerned"
    ids = {f"<{one['id']}@central.gtm>" for one in story.notices(node)}
    assert {french["Message-ID"], english["Message-ID"]} == ids


def test_each_version_has_one_event_and_no_event_carries_an_address(node: Node, eventually: Any) -> None:
    story = Story("events", people("events", FRENCH))
    publish(node, *story.of_institutions(), *story.of_focal_points(), *story.of_meeting(), story.act())
    eventually(lambda: [mail_of(one)["status"] for one in story.notices(node)] == ["done"], within=30)
    (notice,) = story.notices(node)
    log = node.events("notifications", subject=notice["id"])
    assert [(one["type"].split(".")[3], one["recordversion"]) for one in log] == [("created", 1), ("delivered", 2)]
    assert log[1]["data"] == notice | {"changed": ["deliveries"]}
    assert {one["visibility"] for one in log} == {"internal"}
    assert {one["correlationid"] for one in log} == {"c events"}
    assert "example.ne" not in str(log)
    assert "example.ne" not in node.log("notifications")
    assert "c events" in node.log("notifications")


def test_case_4_the_same_events_again_tell_and_mail_once(node: Node, mail_server: MailServer, eventually: Any) -> None:
    story = Story("again", people("again", FRENCH))
    every = [*story.of_institutions(), *story.of_focal_points(), *story.of_meeting(), story.act()]
    publish(node, *every, *every, *every)
    eventually(lambda: [mail_of(one)["status"] for one in story.notices(node)] == ["done"], within=30)
    publish(node, *every)
    marker = Story("after again", people("marker", FRENCH))
    publish(node, *marker.of_institutions(), *marker.of_focal_points(), *marker.of_meeting(), marker.act())
    eventually(lambda: len(mail_server.to("marker.aissa@example.ne")) == 1, within=30)
    assert len(story.every(node)) == 2
    assert len(mail_server.to("again.aissa@example.ne")) == 1


@pytest.mark.parametrize("last", ["institutions", "focal_points", "meeting", "act"])
def test_cases_1_and_2_whatever_comes_last_the_same_people_are_told(node: Node, eventually: Any, last: str) -> None:
    story = Story(f"order {last}", people(f"last-{last}", FRENCH, NOBODY), attendance=["Comité"])
    parts = {
        "institutions": story.of_institutions(),
        "focal_points": story.of_focal_points(),
        "meeting": story.of_meeting(),
        "act": [story.act()],
    }
    late = parts.pop(last)
    publish(node, *(event for part in parts.values() for event in part))
    if last == "focal_points":
        eventually(lambda: story.report(node), within=30)
        assert story.notices(node) == []
    publish(node, *late)
    eventually(lambda: len(story.notices(node)) == 1, within=40)
    told, not_told = [story.institutions[0]["id"]], [story.institutions[1]["id"]]
    report = eventually(
        lambda: (found := story.report(node)) and (found["told"], found["not_told"]) == (told, not_told) and found
    )
    # Each kind of event has a queue of its own: people may come last whatever was sent last.
    assert report["version"] in ((2,) if last == "focal_points" else (1, 2))


@pytest.mark.parametrize("before", [0, 6, 12])
def test_case_3_a_crowd_of_focal_points_that_come_with_the_act_is_told_whole(
    node: Node, eventually: Any, before: int
) -> None:
    name = f"crowd{before}"
    story = Story(name, [FRENCH | {"email": f"{name}.{place}@example.ne"} for place in range(12)])
    publish(node, *story.of_institutions(), *story.of_meeting())
    eventually(lambda: node.database("notifications")["replica_meeting"].find_one({"_id": story.meeting["id"]}))
    crowd = story.of_focal_points()
    publish(node, *crowd[:before], story.act(), *crowd[before:])
    eventually(lambda: len(story.notices(node)) == 12, within=60)
    eventually(lambda: len((story.report(node) or {"told": []})["told"]) == 12, within=60)
    assert len({one["recipient"]["id"] for one in story.notices(node)}) == 12


def test_archived_and_imported_minutes_tell_nobody(node: Node, eventually: Any) -> None:
    quiet = Story("quiet", people("quiet", FRENCH))
    publish(node, *quiet.of_institutions(), *quiet.of_focal_points(), *quiet.of_meeting())
    publish(node, quiet.act(meetings.MINUTES_IMPORTED), quiet.act(meetings.MINUTES_ARCHIVED, archive=True))
    publish(node, quiet.act(meetings.MINUTES_ADOPTED))
    eventually(lambda: len(quiet.notices(node)) == 1, within=30)
    assert [one["kind"] for one in quiet.notices(node)] == ["minutes_adopted"]


def test_a_mail_that_the_server_refuses_for_good_has_failed_and_one_put_off_waits(
    node: Node, mail_server: MailServer, eventually: Any
) -> None:
    story = Story("refused", people("refused", FRENCH, ENGLISH))
    answers = {"refused.aissa@example.ne": "550 no such user aissa", "refused.john@example.org": "451 later"}
    mail_server.answer = answers.get
    publish(node, *story.of_institutions(), *story.of_focal_points(), *story.of_meeting(), story.act())
    eventually(lambda: [mail_of(one)["attempts"] for one in story.notices(node)] == [1, 1], within=30)
    mails = {one["language"]: mail_of(one) for one in story.notices(node)}
    assert mails["fr"]["status"] == "failed"
    assert mails["fr"]["detail"] == "the server answered 550 to the recipient"
    assert mails["fr"]["next_at"] is None
    assert mails["en"]["status"] == "pending"
    assert mails["en"]["detail"] == "the server answered 451 to the recipient"
    assert mails["en"]["at"] < mails["en"]["next_at"]


def test_deliveries_are_counted(node: Node, mail_server: MailServer) -> None:
    address = f"http://127.0.0.1:{node.ports['notifications']}/metrics"
    with urllib.request.urlopen(address, timeout=60) as answer:
        shown = answer.read().decode()
    assert 'gtm_notification_deliveries_total{channel="email",outcome="done"}' in shown


def test_this_file_left_no_event_parked(node: Node) -> None:
    assert parked_count(node, "notifications") == 0
    assert Path(node.home / "mail").exists() is False
