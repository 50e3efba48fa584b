"""Documents of a meeting on a running node: their items, by when, opened by whom, seen from afar."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from chassis.kernel.clock import now
from chassis.kernel.errors import InvalidError
from tests.integration.node import Node
from tests.integration.rights.cast import Cast
from tests.unit.meetings.files import pdf

PDF = pdf([[(50.0, 700.0, "Le plan d’action")]])
ALL = {"page_size": 50, "cursor": None}


@pytest.fixture(scope="module")
def meeting(node: Node, cast: Cast, eventually: Callable[..., Any]) -> dict[str, Any]:
    members = [{"institution_id": id, "role": "member"} for id in (cast.own, cast.other)]
    group = node.call(
        "actors", "create_group", {"name": f"Lecture {cast.word}", "kind": "thematic", "members": members}
    )
    eventually(lambda: node.database("meetings")["replica_group"].find_one({"_id": group["id"]}))
    said = {"date": "2099-03-01", "group_id": group["id"], "agenda": [{"title": "Le plan"}, {"title": "Divers"}]}
    made: dict[str, Any] = node.call("meetings", "create_meeting", {**said, "visibility": "public"})
    return made


def test_an_item_keeps_its_id_and_wrong_ones_are_named(node: Node, meeting: dict[str, Any]) -> None:
    plan, other = meeting["agenda"]
    agenda = [{**other, "title": "Questions diverses"}, {"title": "Le plan"}, {"title": "Nouveau"}]
    changed = node.call("meetings", "change_meeting", {"id": meeting["id"], "changes": {"agenda": agenda}})
    assert [one["id"] for one in changed["agenda"][:2]] == [other["id"], plan["id"]]
    wrong = {"agenda": [plan, plan, {**plan, "id": meeting["id"]}]}
    with pytest.raises(InvalidError) as refused:
        node.call("meetings", "change_meeting", {"id": meeting["id"], "changes": wrong})
    assert [one["field"] for one in refused.value.errors] == ["agenda.1.id", "agenda.2.id"]


def test_what_is_wrong_with_a_document_is_said_field_by_field(node: Node, meeting: dict[str, Any]) -> None:
    said = {"title": "Plan", "reference": "joint", "meeting_id": meeting["id"]}
    for more, code in (
        ({"read_by": "2020-01-01"}, "deadline-not-ahead"),
        ({"read_by": "2099-03-02"}, "read-by-after-meeting"),
        ({"item_id": meeting["id"]}, "agenda-item-unknown"),
        ({"meeting_id": meeting["agenda"][0]["id"]}, "meeting-not-found"),
    ):
        with pytest.raises(InvalidError) as refused:
            node.call("meetings", "submit_document", said | more)
        assert [(one["field"], one["code"]) for one in refused.value.errors] == [(next(iter(more)), code)]
    found = node.call("meetings", "list_documents", {**ALL, "meeting_id": meeting["id"]})
    assert found["items"] == []


def test_a_paper_is_sent_seen_from_afar_and_counted_once_an_institution(
    node: Node, address: str, cast: Cast, meeting: dict[str, Any]
) -> None:
    place = {"meeting_id": meeting["id"], "item_id": meeting["agenda"][0]["id"], "read_by": "2099-02-20"}
    said = {"title": "Exposé", "kind": "presentation", "reference": "joint", "visibility": "public", **place}
    document = node.call("meetings", "submit_document", said)["id"]
    papers = {"id": meeting["id"], **ALL}
    (paper,) = node.call("meetings", "list_meeting_papers", papers)["items"]
    assert (paper["missing"], paper["warned"], paper["opened"], paper["asked"]) == (True, False, 0, 2)
    assert paper["days_left"] > (now().year < 2099)
    who = {"Authorization": f"Bearer {node.token('secretariat')}"}
    files = f"{address}/api/v1/documents/{document}/files"
    lie = requests.post(files, files={"file": ("plan.pdf", b"MZ\x90\x00", "application/pdf")}, headers=who, timeout=60)
    assert (lie.status_code, lie.json()["errors"][0]["field"]) == (422, "file")
    sent = requests.post(files, files={"file": ("plan.pdf", PDF, "application/pdf")}, headers=who, timeout=60)
    assert sent.status_code == 201
    sha256 = sent.json()["versions"][-1]["files"][0]["sha256"]
    seen = requests.get(f"{files}/{sha256}/preview", timeout=60)
    assert (seen.status_code, seen.json()["pages"], seen.json()["text"]) == (200, 1, "Le plan d’action")
    assert len(seen.content) < 40_000
    for institution in (cast.own, cast.own, cast.other):
        member = {"Authorization": f"Bearer {node.token('member', institution_id=institution)}"}
        assert requests.get(f"{files}/{sha256}", headers=member, timeout=60).content == PDF
        (paper,) = node.call("meetings", "list_meeting_papers", papers)["items"]
        assert paper["opened"] == (1 if institution == cast.own else 2)
    requests.get(f"{files}/{sha256}", timeout=60)  # somebody of no institution
    assert {one["institution_id"] for one in paper["opened_by"]} == {cast.own, cast.other}
    assert len(node.call("meetings", "list_openings", {**ALL, "document_id": document})["items"]) == 2
    (shown,) = requests.get(f"{address}/api/v1/meetings/{meeting['id']}/papers", timeout=60).json()["items"]
    assert (shown["title"], shown["opened"], shown["opened_by"]) == ("Exposé", None, [])
