"""A year of meetings: convened, held, told in minutes, followed up."""

from datetime import timedelta
from typing import Any

from launcher.api_client import Content
from launcher.demo.calendar import dated
from launcher.demo.catalogue import Entry, entries, minutes_text
from launcher.demo.moves import MINUTES, RECOMMENDATION, verbs
from launcher.demo.node import CENTRAL_GROUP, Node, Record

TIME_TO_READ = timedelta(days=14)  # how long circulated minutes stay open to remarks
TIME_TO_ADOPT = timedelta(days=21)  # from the meeting to the adoption of its minutes

TO_STATE = {
    "draft": [],
    "convened": ["convene"],
    "postponed": ["convene", "postpone"],
    "cancelled": ["convene", "cancel"],
}
"""The verbs that bring a new meeting to its state; one with minutes is held by their arrival."""


def load_meeting(node: Node, entry: Entry) -> bool:
    """Plan a meeting and, where it has no minutes, bring it to its state."""
    made = node.make("/meetings", _meeting(node, entry))
    meeting = node.known("/meetings")[entry["title"]]
    left = TO_STATE.get(entry["state"], [])
    if meeting["state"] == "convened":
        left = left[1:]
    elif meeting["state"] != "draft":
        left = []
    return node.move("/meetings", meeting, [(verb, {}) for verb in left]) or made


def load_minutes(node: Node, entry: Entry) -> bool:
    """Give the node the compte-rendu of a meeting, then circulate, adopt and publish it."""
    meeting = node.known("/meetings")[entry["title"]]
    imported = not meeting.get("minutes_id")
    if imported:
        text = dated(minutes_text(entry["text"]), node.meeting_day(entry))
        content = Content(data=text.encode(), media_type="text/plain; charset=utf-8")
        meeting["minutes_id"] = node.client.send("/minutes/import", content).body["minutes_id"]
    minutes = node.client.get(f"/minutes/{meeting['minutes_id']}")
    moves = [(verb, _move(node, entry, verb)) for verb in verbs(MINUTES, minutes["state"], entry["state"])]
    return node.move("/minutes", minutes, moves) or imported


def load_follow_up(node: Node, entry: Entry) -> bool:
    """Move a point of action, which the minutes have made a recommendation of, as far as it has come."""
    key = (_meeting_id(node, entry), entry["what"])
    if key not in node.known("/recommendations"):
        node.look_again("/recommendations")
    return _advance(node, node.known("/recommendations")[key], entry["status"])


def load_recommendation(node: Node, entry: Entry) -> bool:
    """Note what the group recommended besides the points of action, and how far it has come."""
    body = _recommendation(node, entry)
    made = node.make("/recommendations", body)
    record = node.known("/recommendations")[body["meeting_id"], body["text"]]
    return _advance(node, record, entry["status"]) or made


def _advance(node: Node, record: Record, wanted: str) -> bool:
    moves: list[tuple[str, dict[str, Any]]] = [(v, {}) for v in verbs(RECOMMENDATION, record["status"], wanted)]
    return node.move("/recommendations", record, moves)


def _meeting(node: Node, entry: Entry) -> dict[str, Any]:
    agenda = [{"number": n, **item} for n, item in enumerate(entry.get("agenda", []), start=1)]
    same = ("title", "kind", "start", "end", "place")
    return {
        **{name: entry[name] for name in same},
        "group_id": node.known("/groups")[CENTRAL_GROUP]["id"],
        "date": node.meeting_day(entry).isoformat(),
        "agenda": agenda,
    }


def _recommendation(node: Node, entry: Entry) -> dict[str, Any]:
    (meeting,) = [one for one in entries("meeting") if one["title"] == entry["meeting"]]
    return {
        "kind": "recommendation",
        "meeting_id": _meeting_id(node, entry),
        "text": entry["text"],
        "axis": entry["axis"],
        "priority": entry["priority"],
        "lead_institution_id": node.institution_id(entry["lead"]),
        "supporting_institution_ids": [node.institution_id(acronym) for acronym in entry["supporting"]],
        "due": (node.meeting_day(meeting) + timedelta(days=entry["due"])).isoformat(),
    }


def _meeting_id(node: Node, entry: Entry) -> str:
    return str(node.known("/meetings")[entry["meeting"]]["id"])


def _move(node: Node, entry: Entry, verb: str) -> dict[str, Any]:
    """What a verb says: a deadline lies ahead on the day of the load, the adoption followed the meeting in its time."""
    if verb == "circulate":
        return {"deadline": (node.today + TIME_TO_READ).isoformat()}
    if verb == "adopt":
        return {"adopted_on": (node.meeting_day(entry) + TIME_TO_ADOPT).isoformat()}
    return {}
