"""Recommendations by group, by how late they are and by institution, whichever of meeting and asking came first."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chassis.kernel.clock import NIAMEY
from chassis.kernel.ids import new_id
from services.actors.contract.events import GROUP_CREATED
from services.meetings.contract import events
from services.meetings.repository.recommendation import Recommendations
from tests.integration.federation.foreign import make_known, send, told
from tests.integration.node import Node


@pytest.fixture(scope="module", autouse=True)
def running(node: Node, eventually: Any) -> None:
    node.run("actors", "meetings", "indicators")
    make_known(node, "agadez")
    eventually(lambda: node.database("meetings")["replica_institution"].count_documents({}) >= 40)


@pytest.fixture
def group(node: Node, eventually: Any) -> str:
    """One of Agadez that nothing was asked of yet."""
    event = told(GROUP_CREATED, name=f"GTM {new_id()}", acronym="GTM Agadez", aliases=[], members=[])
    send(node, event)
    eventually(lambda: node.database("meetings")["replica_group"].find_one({"_id": event["subject"]}))
    return str(event["subject"])


@pytest.fixture
def institutions(node: Node, eventually: Any) -> list[str]:
    """Three that nothing was asked of yet."""
    made = [str(node.call("actors", "create_institution", {"name": f"Institution {new_id()}"})["id"]) for _ in "123"]
    for service in ("meetings", "indicators"):
        known = node.database(service)["replica_institution"]
        eventually(lambda known=known: known.count_documents({"_id": {"$in": made}}) == 3)
    return made


def day(ago: int) -> str:
    """So many days ago, or one more where midnight passes meanwhile."""
    return (datetime.now(NIAMEY).date() - timedelta(days=ago)).isoformat()


def asked(node: Node, meeting: str, text: str, due: str | None = None, **more: Any) -> str:
    said = {"text": text, "meeting_id": meeting, "due": due, **more}
    return str(node.call("meetings", "create_recommendation", said)["id"])


def meeting_of(node: Node, group: str, **more: Any) -> str:
    return str(node.call("meetings", "create_meeting", {"date": day(100), "group_id": group, **more})["id"])


def listed(node: Node, roles: tuple[str, ...] = ("secretariat",), **filters: Any) -> list[dict[str, Any]]:
    return list(node.call("meetings", "list_recommendations", filters, roles=roles)["items"])


def texts(node: Node, roles: tuple[str, ...] = ("secretariat",), **filters: Any) -> list[str]:
    return [one["text"] for one in listed(node, roles, **filters)]


def board(node: Node, roles: tuple[str, ...] = ("secretariat",), **asked: Any) -> dict[str, Any]:
    return dict(node.call("meetings", "get_recommendations_summary", asked, roles=roles))


def test_lists_tell_how_late_each_is_and_stop_when_it_is_done(node: Node, group: str, institutions: list[str]) -> None:
    meeting, lead = meeting_of(node, group), institutions[0]
    days = {"chair": day(40), "secretariat": day(20), "overdue": day(5), "due_soon": day(-3), "ahead": day(-90)}
    ids = {name: asked(node, meeting, name, due, lead_institution_id=lead) for name, due in days.items()}
    asked(node, meeting, "no_day")
    for stage in (*days, "no_day"):
        (row,) = listed(node, group_id=group, stage=stage)
        assert (row["text"], row["timeliness"]["stage"]) == (stage, stage)
        assert row["timeliness"]["age"] in (100, 101)
    assert texts(node, group_id=group, overdue=True) == ["chair", "secretariat", "overdue"]
    assert texts(node, owner=lead, overdue=True, stage="chair") == ["chair"]
    page = node.call("meetings", "get_recommendation", {"id": ids["overdue"]})
    assert (page["timeliness"]["status"], page["timeliness"]["days"] in (5, 6)) == ("open", True)
    waiting, count = Recommendations(node.database("meetings")).open_of(group, 5)
    assert (waiting, count) == (list(ids.values()), 6), "the longest overdue first; what has no day comes last"

    counted = board(node, group_id=group)
    assert (counted["all"]["total"], counted["all"]["overdue"], counted["all"]["stages"]["chair"]) == (6, 3, 1)
    assert [(one["key"], one["label"]) for one in counted["groups"]] == [(group, "GTM Agadez")]
    assert [(one["key"], one["total"]) for one in counted["institutions"]] == [(lead, 5)]

    # Who was asked reports it done, the owner verifies another, a third is declined: nobody is waited for any more.
    focal: dict[str, Any] = {"roles": ("focal_point",), "institution_id": lead}
    node.call("meetings", "report_progress", {"id": ids["chair"], "percent": 100}, **focal)
    no = {"id": ids["secretariat"], "decision": "declined", "reason": "Hors de notre mandat"}
    node.call("meetings", "respond", no, **focal)
    node.call("meetings", "complete_recommendation", {"id": ids["overdue"]})
    node.call("meetings", "verify_recommendation", {"id": ids["overdue"]})
    assert texts(node, group_id=group, overdue=True) == []
    counted = board(node, group_id=group, since=day(200))["all"]
    assert [counted["statuses"][name] for name in ("done", "declined", "verified")] == [1, 1, 1]
    assert (counted["overdue"], counted["ages"]["up_to_180"]) == (0, 5)
    assert board(node, group_id=group, since=day(50))["all"]["statuses"]["verified"] == 0, "asked before that day"


def test_the_group_is_known_whichever_of_the_meeting_and_the_asking_came_first(
    node: Node, group: str, eventually: Any
) -> None:
    for first in ("meeting", "recommendation"):
        convened = told(events.MEETING_CONVENED, group_id=group, date=day(5), state="convened")
        fields: dict[str, Any] = {"text": f"{first} d’abord", "due": day(1), "status": "open"}
        named: dict[str, Any] = {"lead_institution_id": None, "supporting_institution_ids": []}
        asks = told(events.RECOMMENDATION_CREATED, meeting_id=convened["subject"], **fields, **named)
        for event in (convened, asks) if first == "meeting" else (asks, convened):
            send(node, event)
            stored = node.database("meetings")[f"{event['type'].split('.')[2]}s"]
            eventually(lambda stored=stored, event=event: stored.find_one({"_id": event["subject"]}))
        eventually(lambda first=first: f"{first} d’abord" in texts(node, group_id=group, overdue=True))
    other = told(GROUP_CREATED, name=f"GTM {new_id()}", acronym="GTM B", aliases=[], members=[])["subject"]
    moved = {"group_id": other, "date": day(5), "state": "convened"}
    send(node, told(events.MEETING_CHANGED, "agadez", 2, convened["subject"], **moved))
    eventually(lambda: texts(node, group_id=other) == ["recommendation d’abord"])
    assert texts(node, group_id=group) == ["meeting d’abord"]


def test_the_group_of_a_meeting_that_is_not_seen_is_not_told_by_a_list(node: Node, group: str) -> None:
    hidden = meeting_of(node, group, visibility="internal")
    asked(node, hidden, "à huis clos", day(40), visibility="public")
    assert texts(node, group_id=group) == ["à huis clos"]
    for roles in (("member",), ()):
        assert texts(node, roles, group_id=group) == []
        assert board(node, roles, group_id=group)["all"]["total"] == 0
        assert group not in {one["key"] for one in board(node, roles)["groups"]}
    shown = [row for row in listed(node, ("member",), stage="chair") if row["text"] == "à huis clos"]
    assert shown[0]["timeliness"]["age"] in (0, 1), "the day of that meeting is not told either"


def test_the_public_is_shown_how_late_it_is_by_what_it_may_see(node: Node, group: str, institutions: list[str]) -> None:
    meeting, lead = meeting_of(node, group, visibility="public"), institutions[0]
    id = asked(node, meeting, "public", day(3), lead_institution_id=lead, visibility="public")
    node.call("meetings", "report_progress", {"id": id, "institution_id": lead, "percent": 100})
    assert texts(node, group_id=group, overdue=True) == []
    assert texts(node, (), group_id=group, overdue=True) == ["public"], "acts are for members at least"
    assert board(node, (), group_id=group)["all"]["overdue"] == 1
    assert board(node, ("member",), group_id=group)["all"]["statuses"]["done"] == 1


def test_what_names_a_merged_institution_is_found_under_the_one_that_stands_for_it(
    node: Node, group: str, institutions: list[str], eventually: Any
) -> None:
    kept, merged, other = institutions
    meeting = meeting_of(node, group)
    for name, lead in (("gardée", kept), ("fondue", merged), ("autre", other)):
        id = asked(node, meeting, name, day(1), lead_institution_id=lead)
        node.call("meetings", "respond", {"id": id, "institution_id": lead, "decision": "accepted"})
    measured = {"name": "Cas traités", "unit": "cas", "kind": "count", "frequency": "year"}
    code = {"code": f"M-{new_id()[-8:]}", "responsible_institution_id": merged}
    indicator = node.call("indicators", "create_indicator", {**measured, **code})["id"]
    figure = {"indicator_id": indicator, "period": "2025", "value": "7", "institution_id": merged}
    node.call("indicators", "create_observation", figure)
    merge = node.call("actors", "merge_institutions", {"kept_id": kept, "merged_id": merged})["id"]
    for service in ("meetings", "indicators"):
        copies = node.database(service)["replica_merge"]
        eventually(lambda copies=copies: copies.find_one({"_id": merge}))
    for id in (kept, merged):
        assert texts(node, institution_id=id) == ["gardée", "fondue"]
        assert texts(node, owner=id) == ["gardée", "fondue"]
        assert len(node.call("meetings", "list_responses", {"institution_id": id})["items"]) == 2
        assert len(node.call("indicators", "list_observations", {"institution_id": id})["items"]) == 1
        assert len(node.call("indicators", "list_indicators", {"responsible_institution_id": id})["items"]) == 1
        (row,) = board(node, institution_id=id)["institutions"]
        assert (row["key"], row["total"]) == (kept, 2)
    assert texts(node, owner=other) == ["autre"]
    node.call("actors", "undo_merge", {"id": merge})
    eventually(lambda: texts(node, owner=kept) == ["gardée"])
