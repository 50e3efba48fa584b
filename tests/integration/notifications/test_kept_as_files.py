"""A node without a mail server keeps each mail as a file, and says so; one with mail off sends and keeps none."""

import shutil
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.integration.node import Node
from tests.integration.notifications.story import Story, mail_of, publish

PERSON = {"name": "Aïssa Abdou", "email": "aissa@example.ne", "language": "fr"}


@pytest.fixture(scope="module")
def told(node: Node, eventually: Any) -> dict[str, Any]:
    """A notification whose mail was dealt with, on a node that has no server."""
    node.run("notifications")
    return _told(node, eventually, "kept")


def _told(node: Node, eventually: Any, name: str) -> dict[str, Any]:
    story = Story(name, [PERSON])
    publish(node, *story.of_institutions(), *story.of_focal_points(), *story.of_meeting(), story.act())
    (notice,) = eventually(
        lambda: [one for one in story.notices(node) if mail_of(one)["status"] != "pending"], within=30
    )
    return dict(notice)


def test_the_mail_is_a_file_that_any_mail_program_reads(node: Node, told: dict[str, Any]) -> None:
    path = node.home / "mail" / f"{told['id']}.eml"
    mail = message_from_bytes(path.read_bytes(), policy=default)
    assert mail["To"] == "Aïssa Abdou <aissa@example.ne>"
    assert mail["Message-ID"] == f"<{told['id']}@central.gtm>"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_the_delivery_says_so(told: dict[str, Any]) -> None:
    mail = mail_of(told)
    assert (mail["status"], mail["attempts"]) == ("done", 1)
    assert mail["detail"] == "kept as file: no SMTP server is set"


def test_a_repeat_replaces_the_file_instead_of_doubling_it(node: Node, told: dict[str, Any], eventually: Any) -> None:
    """As after a crash between sending and noting: the state of before, and an old lease."""
    path = node.home / "mail" / f"{told['id']}.eml"
    path.write_bytes(b"half a mail")
    _forget(node, told["id"])
    eventually(lambda: path.read_bytes().endswith(b"--\r\n"))
    eventually(lambda: mail_of(_get(node, told["id"]))["status"] == "done")  # noted: the next test begins from there
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_folder_that_cannot_be_written_is_tried_again(node: Node, told: dict[str, Any], eventually: Any) -> None:
    folder = node.home / "mail"
    aside = folder.rename(node.home / "mail.aside")
    _be_in_the_way(folder)
    _forget(node, told["id"])
    shown = eventually(
        lambda: (one := _get(node, told["id"])) and mail_of(one)["status"] == "pending" and mail_of(one)["at"] and one
    )
    assert mail_of(shown)["detail"] == "mail folder: FileExistsError"
    assert mail_of(shown)["next_at"] > mail_of(shown)["at"]
    folder.unlink()
    aside.rename(folder)


def test_with_mail_off_nothing_is_sent_or_kept(make_node: Any, eventually: Any) -> None:
    node = make_node()
    node.run("notifications", GTM_MAIL="off", GTM_SMTP_URL="smtp://127.0.0.1:1")
    mail = mail_of(_told(node, eventually, "off"))
    assert (mail["status"], mail["attempts"], mail["detail"]) == ("suppressed", 0, "mail is switched off")
    assert not Path(node.home / "mail").exists()


def _be_in_the_way(folder: Path) -> None:
    """A file where the folder was; a mail that was under way may have made the folder anew."""
    while True:
        try:
            folder.touch(exist_ok=False)
            return
        except FileExistsError:
            shutil.rmtree(folder, ignore_errors=True)


def _get(node: Node, id: str) -> Any:
    return node.call("notifications", "get_notification", {"id": id}, roles=("admin",))


def _forget(node: Node, id: str) -> None:
    """Put the mail back to before its attempt, behind the service's back."""
    notifications = node.database("notifications")["notifications"]
    document = notifications.find_one({"_id": id})
    assert document is not None
    pending = {"status": "pending", "at": None, "attempts": 0, "next_at": document["created_at"]}
    deliveries = [one | pending if one["channel"] == "email" else one for one in document["deliveries"]]
    values = {"deliveries": deliveries, "derived.due": document["created_at"]}
    notifications.update_one({"_id": id}, {"$set": values})
