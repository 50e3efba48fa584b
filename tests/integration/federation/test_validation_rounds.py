"""A document put up for validation on one node becomes a proposal on others, and their opinions come back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.kernel.clock import rfc3339
from chassis.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.kernel.ids import new_id
from services.actors.contract.events import GROUP_CREATED
from services.meetings.contract import events
from tests.integration.federation.foreign import make_known, send, told
from tests.integration.node import Node

AHEAD = "2099-12-31"
FIRST = "https://exemple.ne/strategie-v1.pdf"


@pytest.fixture(scope="module", autouse=True)
def running(node: Node, eventually: Any) -> None:
    """The centre's actors and meetings, which know the groups; the broker knows accounts of other nodes."""
    node.run("actors", "meetings")
    make_known(node, "agadez", "tahoua", "zinder")
    eventually(lambda: node.database("meetings")["replica_group"].count_documents({}) >= 9)


@pytest.fixture(scope="module")
def regional(node: Node, eventually: Any) -> dict[str, str]:
    """A group of each region, by the node that holds it."""
    return {name: group_of(node, eventually, name) for name in ("agadez", "tahoua", "zinder")}


def group_of(node: Node, eventually: Any, origin: str) -> str:
    name = f"GTM {origin.title()}"
    event = told(GROUP_CREATED, origin, name=f"{name} {new_id()}", acronym=name, aliases=[], members=[])
    send(node, event, by=origin)
    eventually(lambda: node.database("meetings")["replica_group"].find_one({"_id": event["subject"]}))
    return str(event["subject"])


def own_group(node: Node) -> str:
    return str(node.call("actors", "list_groups", {"acronym": "GTM"})["items"][0]["id"])


def submit(node: Node, **more: Any) -> dict[str, Any]:
    body = {"title": "Stratégie de coordination", "kind": "strategy", "reference": FIRST, **more}
    return dict(node.call("meetings", "submit_document", body))


def open_round(node: Node, groups: list[str], **more: Any) -> dict[str, Any]:
    body = {"id": submit(node)["id"], "group_ids": groups, "deadline": AHEAD, **more}
    return dict(node.call("meetings", "open_round", body))


def opinion_of(origin: str, group: str, round_id: str, version: int = 1, **fields: Any) -> dict[str, Any]:
    kind = events.OPINION_GIVEN if version == 1 else events.OPINION_CHANGED
    said = {"verdict": "favourable", "given_at": rfc3339(datetime.now(UTC)), "meeting_id": None, **fields}
    return told(kind, origin, version, group_id=group, round_id=round_id, **said)


def tally(node: Node, id: str) -> dict[str, Any]:
    return dict(node.call("meetings", "get_round", {"id": id})["tally"])


def proposals(node: Node, round_id: str) -> list[dict[str, Any]]:
    return [one for one in node.every("meetings", "list_proposals") if one["round_id"] == round_id]


def test_a_round_from_submission_to_outcome(node: Node, eventually: Any, regional: dict[str, str]) -> None:
    mine = own_group(node)
    document = submit(node)
    assert (document["state"], document["visibility"], len(document["versions"])) == ("submitted", "gtm", 1)
    revise = {"id": document["id"], "reference": "https://exemple.ne/strategie-v2.pdf"}
    assert node.call("meetings", "revise_document", revise)["versions"][1]["number"] == 2
    asked = {"id": document["id"], "group_ids": [mine, *regional.values()], "deadline": AHEAD}
    opened = node.call("meetings", "open_round", asked)
    assert (opened["version_number"], opened["reference"]) == (2, revise["reference"])
    assert [one["node"] for one in opened["groups"]] == ["central", "agadez", "tahoua", "zinder"]
    assert node.call("meetings", "get_document", {"id": document["id"]})["state"] == "under_review"
    for method, body in (("revise_document", revise), ("open_round", asked)):
        with pytest.raises(ConflictError, match="document-state"):
            node.call("meetings", method, body)
    # The centre has a group among those asked: a proposal for it too.
    assert [one["group"]["id"] for one in proposals(node, opened["id"])] == [mine]
    given = node.call("meetings", "give_opinion", {"id": opened["id"], "group_id": mine, "verdict": "abstention"})
    assert proposals(node, opened["id"]) == []
    with pytest.raises(ConflictError, match="opinion-exists"):
        node.call("meetings", "give_opinion", {"id": opened["id"], "group_id": mine, "verdict": "favourable"})
    change = {"id": given["id"], "version": 1, "changes": {"verdict": "favourable_with_remarks", "remarks": "Genre"}}
    assert node.call("meetings", "change_opinion", change)["version"] == 2
    for name in ("agadez", "zinder"):
        send(node, opinion_of(name, regional[name], opened["id"]), by=name)
    eventually(lambda: tally(node, opened["id"])["answered"] == 3)
    count = tally(node, opened["id"])
    assert (count["asked"], count["favourable"], count["favourable_with_remarks"]) == (4, 2, 1)
    assert [one["group"]["node"] for one in count["silent"]] == ["tahoua"]
    assert count["sentence"] == {
        "fr": "3 avis sur 4, GTM Tahoua n’a pas encore répondu",
        "en": "3 of 4 opinions, GTM Tahoua has not answered yet",
    }
    closing = {"id": opened["id"], "outcome": "validated_subject_to", "conclusion": "Sous réserve du volet genre"}
    closed = node.call("meetings", "close_round", closing)
    assert (closed["state"], closed["unanswered"]) == ("closed", [regional["tahoua"]])
    assert node.call("meetings", "get_document", {"id": document["id"]})["state"] == "validated_subject_to"
    with pytest.raises(ConflictError, match="round-closed"):
        node.call("meetings", "close_round", closing)
    # Too late for the outcome: kept, counted, and marked.
    late = opinion_of("tahoua", regional["tahoua"], opened["id"], given_at=rfc3339(datetime.now(UTC)))
    send(node, late, by="tahoua")
    eventually(lambda: tally(node, opened["id"])["answered"] == 4)
    assert [one["late"] for one in tally(node, opened["id"])["counted"]] == [False, False, True, False]
    types = [one["type"].split(".")[3] for one in node.events("meetings", subject=document["id"])]
    assert types == ["submitted", "revised", "circulated", "validated"]


@pytest.mark.parametrize("round_first", [True, False])
def test_a_round_of_the_centre_becomes_a_proposal_here_in_both_orders_of_arrival(
    node: Node, eventually: Any, regional: dict[str, str], round_first: bool
) -> None:
    """This node in the part of a region: Zinder asks, Agadez and this node's group answer."""
    mine, id = own_group(node), new_id()
    groups = [
        {"id": mine, "name": "GTM", "node": "central"},
        {"id": regional["agadez"], "name": "GTM Agadez", "node": "agadez"},
    ]
    opened_at, deadline = datetime.now(UTC) - timedelta(days=12, hours=1), datetime.now(UTC) + timedelta(days=9)
    fields: dict[str, Any] = {"groups": groups, "opened_at": rfc3339(opened_at), "deadline": rfc3339(deadline)}
    opened = told(events.ROUND_OPENED, "zinder", id=id, **fields)
    changed = opinion_of("agadez", regional["agadez"], id, 2, verdict="unfavourable")
    first = opinion_of("agadez", regional["agadez"], id, verdict="favourable")
    first = told(events.OPINION_GIVEN, "agadez", id=changed["subject"], **_said(first))
    forged = opinion_of("tahoua", mine, id)
    sent = [opened, first, changed, forged] if round_first else [forged, changed, first, opened]
    for event in sent:
        send(node, event, by=event["origin"])
    eventually(lambda: proposals(node, id))
    (proposal,) = proposals(node, id)
    assert (proposal["origin"], proposal["group"]["id"], proposal["overdue"]) == ("zinder", mine, False)
    stored = node.database("meetings")["opinions"]
    eventually(lambda: stored.find_one({"_id": changed["subject"], "version": 2}))
    eventually(lambda: stored.find_one({"_id": forged["subject"]}))
    count = tally(node, id)
    assert (count["answered"], count["unfavourable"], count["favourable"]) == (1, 1, 0)
    assert count["sentence"]["fr"] == "1 avis sur 2, GTM silencieux depuis 12 jours"
    # The document itself has not come; the opinion is given all the same, and leaves as an event.
    given = node.call("meetings", "give_opinion", {"id": id, "group_id": mine, "verdict": "favourable"})
    assert (given["origin"], given["visibility"]) == ("central", "gtm")
    assert [one["visibility"] for one in node.events("meetings", subject=given["id"])] == ["gtm"]
    assert proposals(node, id) == []
    assert tally(node, id)["sentence"]["en"] == "2 of 2 opinions"
    with pytest.raises(ConflictError, match="group-not-ours"):
        node.call("meetings", "give_opinion", {"id": id, "group_id": regional["agadez"], "verdict": "favourable"})
    for method, body in (("close_round", {"outcome": "rejected"}), ("change_round", {"changes": {"note": "x"}})):
        with pytest.raises(ConflictError, match="not-the-origin"):
            node.call("meetings", method, {"id": id, **body})


def _said(event: dict[str, Any]) -> dict[str, Any]:
    return {name: event["data"][name] for name in ("group_id", "round_id", "verdict", "given_at", "meeting_id")}


def test_a_closed_round_is_proposed_no_more(node: Node, eventually: Any) -> None:
    groups = [{"id": own_group(node), "name": "GTM", "node": "central"}]
    opened = told(events.ROUND_OPENED, "zinder", groups=groups)
    send(node, opened, by="zinder")
    eventually(lambda: proposals(node, opened["subject"]))
    end: dict[str, Any] = {"groups": groups, "state": "closed"}
    send(node, told(events.ROUND_CLOSED, "zinder", version=2, id=opened["subject"], **end), by="zinder")
    eventually(lambda: not proposals(node, opened["subject"]))


def test_what_is_wrong_is_told_and_nothing_is_half_done(node: Node, regional: dict[str, str]) -> None:
    document = submit(node)
    before = node.events("meetings")
    unknown = new_id()
    body = {
        "id": document["id"],
        "group_ids": [unknown, regional["agadez"], regional["agadez"]],
        "deadline": "2020-01-01",
    }
    with pytest.raises(InvalidError) as refused:
        node.call("meetings", "open_round", body)
    told_of = {one["field"]: one["code"] for one in refused.value.errors}
    assert told_of == {"group_ids.0": "group-not-found", "group_ids.2": "given-twice", "deadline": "deadline-not-ahead"}
    with pytest.raises(InvalidError):
        node.call("meetings", "open_round", {"id": document["id"], "group_ids": [], "deadline": AHEAD})
    with pytest.raises(NotFoundError, match="document-not-found"):
        node.call("meetings", "open_round", {**body, "id": new_id()})
    with pytest.raises(NotFoundError, match="round-not-found"):
        node.call("meetings", "give_opinion", {"id": new_id(), "group_id": unknown, "verdict": "favourable"})
    with pytest.raises(ForbiddenError):
        node.call("meetings", "open_round", body, roles=("member",))
    assert node.call("meetings", "get_document", {"id": document["id"]})["state"] == "submitted"
    hidden = submit(node, visibility="internal")
    with pytest.raises(ConflictError, match="record-internal"):
        node.call(
            "meetings", "open_round", {**body, "id": hidden["id"], "group_ids": [own_group(node)], "deadline": AHEAD}
        )
    asked = open_round(node, [regional["agadez"]])
    with pytest.raises(InvalidError) as unasked:
        node.call("meetings", "give_opinion", {"id": asked["id"], "group_id": own_group(node), "verdict": "favourable"})
    assert unasked.value.errors[0]["code"] == "group-not-asked"
    with pytest.raises(NotFoundError):
        node.call("meetings", "get_round", {"id": asked["id"]}, roles=())
    written = [one["type"] for one in node.events("meetings")[len(before) :]]
    assert [one.split(".")[2] for one in written] == ["document", "document", "document", "round"]
