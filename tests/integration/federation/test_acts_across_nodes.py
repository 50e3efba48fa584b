"""What other nodes say of a record counts in its state, whichever comes first (domain.md, Acts across nodes)."""

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from typing import Any

import pytest

from chassis.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.kernel.ids import new_id
from services.actors.contract.events import GROUP_CREATED
from services.meetings.contract import events
from tests.integration.federation.foreign import make_known, send, told
from tests.integration.node import Node

AHEAD = "2099-12-31"


@pytest.fixture(scope="module", autouse=True)
def running(node: Node, eventually: Any) -> None:
    """The centre's actors and meetings, which know the directory; the broker knows accounts of two regions."""
    node.run("actors", "meetings")
    make_known(node, "agadez", "zinder", "central")
    copies = node.database("meetings")
    eventually(lambda: copies["replica_institution"].count_documents({}) >= 40)
    eventually(lambda: copies["replica_group"].count_documents({}) >= 9)


@pytest.fixture(scope="module")
def institutions(node: Node) -> list[str]:
    return [one["id"] for one in node.call("actors", "list_institutions", {"page_size": 3})["items"]]


@pytest.fixture(scope="module")
def meeting(node: Node) -> str:
    return str(node.call("meetings", "create_meeting", {"date": "2026-02-26"})["id"])


def group_of(node: Node, eventually: Any, origin: str, name: str) -> str:
    """A group that another node holds, known here."""
    event = told(GROUP_CREATED, origin, name=f"{name} {new_id()}", acronym=name, aliases=[], members=[])
    send(node, event, by=origin)
    eventually(lambda: node.database("meetings")["replica_group"].find_one({"_id": event["subject"]}))
    return str(event["subject"])


def theirs(lead: str | None, origin: str = "agadez", **fields: Any) -> dict[str, Any]:
    """A recommendation of another node, as its event."""
    asked = {"lead_institution_id": lead, "supporting_institution_ids": [], "status": "open", **fields}
    return told(events.RECOMMENDATION_CREATED, origin, text="Ouvrir un centre d'accueil", **asked)


def ours(node: Node, meeting: str, lead: str | None = None) -> dict[str, Any]:
    body = {"text": "Publier la cartographie", "meeting_id": meeting, "lead_institution_id": lead}
    return dict(node.call("meetings", "create_recommendation", body))


def page(node: Node, id: str, **who: Any) -> dict[str, Any]:
    return dict(node.call("meetings", "get_recommendation", {"id": id}, **who))


def effective(node: Node, id: str) -> str | None:
    try:
        return str(page(node, id)["effective"]["status"])
    except NotFoundError:
        return None


def listed(node: Node, status: str) -> list[str]:
    return [one["id"] for one in node.every("meetings", "list_recommendations", {"effective": status})]


def await_stored(node: Node, eventually: Any, *sent: dict[str, Any]) -> None:
    for event in sent:
        collection = f"{event['type'].split('.')[2]}s"
        stored = node.database("meetings")[collection]
        wanted = {"_id": event["subject"], "version": event["recordversion"]}
        eventually(lambda stored=stored, wanted=wanted: stored.find_one(wanted))


def test_the_addressee_answers_and_reports_here_on_what_another_node_asks(
    node: Node, eventually: Any, institutions: list[str]
) -> None:
    lead, other = institutions[:2]
    event = theirs(lead)
    send(node, event)
    await_stored(node, eventually, event)
    id = event["subject"]
    focal: dict[str, Any] = {"roles": ("focal_point",), "institution_id": lead}
    with pytest.raises(ForbiddenError, match="not-addressed"):
        node.call("meetings", "respond", {"id": id, "decision": "accepted", "institution_id": other})
    with pytest.raises(ForbiddenError, match="own-institution-only"):
        node.call("meetings", "respond", {"id": id, "decision": "accepted", "institution_id": other}, **focal)
    with pytest.raises(InvalidError) as unsaid:
        node.call("meetings", "respond", {"id": id, "decision": "declined"}, **focal)
    assert unsaid.value.errors[0]["code"] == "reason-needed"
    given = node.call("meetings", "respond", {"id": id, "decision": "accepted"}, **focal)
    assert (given["origin"], given["visibility"], given["turn"], given["version"]) == ("central", "gtm", 1, 1)
    assert id in listed(node, "accepted")
    with pytest.raises(ConflictError, match="response-exists"):
        node.call("meetings", "respond", {"id": id, "decision": "accepted"}, **focal)
    report = {"id": id, "percent": 40, "note": "Terrain trouvé", "evidence_link": "https://exemple.ne/bail.pdf"}
    node.call("meetings", "report_progress", report, **focal)
    shown = page(node, id, roles=("member",))
    assert (shown["status"], shown["origin"]) == ("open", "agadez")
    assert (shown["effective"]["status"], shown["effective"]["percent"]) == ("in_progress", 40)
    assert shown["effective"]["last_report"]["origin"] == "central"
    assert [one["institution_id"] for one in shown["effective"]["responses"]] == [lead]
    assert (id in listed(node, "in_progress"), id in listed(node, "accepted")) == (True, False)
    changes = {"decision": "declined", "reason": "Le terrain est repris"}
    changed = node.call("meetings", "change_response", {"id": given["id"], "version": 1, "changes": changes}, **focal)
    assert (changed["version"], changed["turn"]) == (2, 3)
    assert effective(node, id) == "declined"
    found = node.call("meetings", "list_progress_reports", {"recommendation_id": id})["items"]
    assert [one["percent"] for one in found] == [40]
    # The owner ends it, and nothing more is said of it then.
    send(node, told(events.RECOMMENDATION_CANCELLED, version=2, id=id, **_as(event, status="cancelled")))
    eventually(lambda: effective(node, id) == "cancelled")
    with pytest.raises(ConflictError, match="recommendation-over"):
        node.call("meetings", "report_progress", report, **focal)


def _as(event: dict[str, Any], **changed: Any) -> dict[str, Any]:
    kept = {name: event["data"][name] for name in ("lead_institution_id", "supporting_institution_ids", "text")}
    return kept | changed


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_target_and_acts_in_every_order_of_arrival_give_one_state(
    node: Node, eventually: Any, institutions: list[str], order: tuple[int, ...]
) -> None:
    lead = institutions[0]
    target = theirs(lead)
    id = target["subject"]
    of = {"recommendation_id": id, "institution_id": lead}
    declined = told(events.RESPONSE_GIVEN, "zinder", decision="declined", reason="Non", turn=1, **of)
    accepted = told(
        events.RESPONSE_CHANGED, "zinder", version=2, id=declined["subject"], decision="accepted", turn=2, **of
    )
    report = told(events.PROGRESS_REPORT_FILED, "zinder", percent=100, turn=3, **of)
    sent = [target, declined, accepted, report]
    for place in order:
        send(node, sent[place], by=sent[place]["origin"])
        if place != 1:  # the older version may come after the newer, and is then left aside
            await_stored(node, eventually, sent[place])
    send(node, sent[order[0]], by=sent[order[0]]["origin"])  # and once more
    eventually(lambda: id in listed(node, "done"))
    shown = page(node, id)["effective"]
    assert (shown["status"], shown["percent"]) == ("done", 100)
    assert [(one["decision"], one["version"]) for one in shown["responses"]] == [("accepted", 2)]


def test_what_other_nodes_say_counts_on_ours_and_the_owner_judges_it(
    node: Node, eventually: Any, institutions: list[str], meeting: str
) -> None:
    lead = institutions[0]
    mine = ours(node, meeting, lead)
    of = {"recommendation_id": mine["id"], "institution_id": lead}
    done = told(events.PROGRESS_REPORT_FILED, percent=100, turn=1, **of)
    send(node, done)
    eventually(lambda: mine["id"] in listed(node, "done"))
    assert page(node, mine["id"])["version"] == 1, "an act changes no version of its target"
    reopened = node.call("meetings", "reopen_recommendation", {"id": mine["id"]})
    assert (reopened["status"], reopened["reopened_after"]) == ("in_progress", 1)
    assert mine["id"] in listed(node, "in_progress")
    with pytest.raises(ConflictError, match="recommendation-status"):
        node.call("meetings", "verify_recommendation", {"id": mine["id"]})
    node.call("meetings", "report_progress", {"id": mine["id"], "percent": 100})
    assert node.call("meetings", "verify_recommendation", {"id": mine["id"]})["status"] == "verified"
    late = told(events.PROGRESS_REPORT_FILED, percent=10, turn=9, **of)
    send(node, late)
    await_stored(node, eventually, late)
    assert effective(node, mine["id"]) == "verified"


def test_acts_at_once_all_count_in_the_list(node: Node, meeting: str) -> None:
    mine = ours(node, meeting)

    def report(percent: int) -> Any:
        return node.call("meetings", "report_progress", {"id": mine["id"], "percent": percent})

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(report, [10, 20, 30, 40, 50, 60, 70, 100]))
    last = max(reports, key=lambda one: (one["turn"], one["id"]))
    shown = page(node, mine["id"])["effective"]
    assert shown["percent"] == last["percent"]
    assert mine["id"] in listed(node, shown["status"])
    kept = node.database("meetings")["recommendations"].find_one({"_id": mine["id"]})
    assert kept is not None
    assert kept["derived"]["effective"]["percent"] == last["percent"]


def test_standings_of_an_older_rule_are_derived_anew_at_the_start(node: Node, eventually: Any, meeting: str) -> None:
    mine = ours(node, meeting)
    node.call("meetings", "report_progress", {"id": mine["id"], "percent": 100})
    stored = node.database("meetings")["recommendations"]
    stored.update_one({"_id": mine["id"]}, {"$unset": {"derived.effective": ""}})
    assert mine["id"] not in listed(node, "done")
    node.stop("meetings")
    node.run("meetings")
    eventually(lambda: mine["id"] in listed(node, "done"))


def test_an_act_needs_a_target_that_is_known_and_seen(node: Node, meeting: str) -> None:
    for method in ("respond", "report_progress"):
        body = {"decision": "accepted"} if method == "respond" else {"percent": 1}
        with pytest.raises(NotFoundError, match="recommendation-not-found"):
            node.call("meetings", method, {"id": new_id(), "institution_id": new_id(), **body})
    body = {"text": "Interne", "meeting_id": meeting, "visibility": "internal"}
    hidden = node.call("meetings", "create_recommendation", body)
    with pytest.raises(NotFoundError):
        node.call(
            "meetings",
            "report_progress",
            {"id": hidden["id"], "percent": 1},
            roles=("focal_point",),
            institution_id="x",
        )
    report = node.call("meetings", "report_progress", {"id": hidden["id"], "percent": 1})
    assert report["visibility"] == "internal", "what is said of an internal record stays here with it"


@pytest.mark.parametrize("target_first", [True, False])
def test_a_region_hands_on_and_the_centre_merges_and_undoes_it(
    node: Node, eventually: Any, meeting: str, target_first: bool
) -> None:
    target = theirs(None)
    id = target["subject"]
    gtm = node.call("actors", "list_groups", {"acronym": "GTM"})["items"][0]
    of = {"recommendation_id": id, "to_group_id": gtm["id"], "to_node": "central"}
    handed = told(events.REFERRAL_MADE, reason="Dépasse la région", turn=1, **of)
    for event in (target, handed) if target_first else (handed, target):
        send(node, event)
        await_stored(node, eventually, event)
    (waiting,) = node.call("meetings", "list_referrals", {"recommendation_id": id, "to_node": "central"})["items"]
    into = ours(node, meeting)
    with pytest.raises(InvalidError):
        node.call("meetings", "answer_referral", {"id": waiting["id"], "verdict": "merged"})
    with pytest.raises(ConflictError, match="merge-in-circle"):
        node.call("meetings", "answer_referral", {"id": waiting["id"], "verdict": "merged", "into_id": id})
    body = {"id": waiting["id"], "verdict": "merged", "into_id": into["id"], "reason": "Deux régions le demandent"}
    answer = node.call("meetings", "answer_referral", body)
    with pytest.raises(ConflictError, match="referral-answered"):
        node.call("meetings", "answer_referral", body)
    shown = page(node, id)
    (hop,) = shown["hops"]
    assert (hop["origin"], hop["to_node"], hop["to_group_name"]) == ("agadez", "central", "GTM")
    assert (hop["answer"]["verdict"], hop["answer"]["origin"]) == ("merged", "central")
    assert (shown["effective"]["status"], id in listed(node, "merged")) == ("merged", True)
    assert (shown["resolved"]["id"], shown["resolved"]["text"]) == (into["id"], into["text"])
    assert [(one["id"], one["origin"]) for one in page(node, into["id"])["merged_from"]] == [(id, "agadez")]
    undo = {"id": answer["id"], "version": 1, "changes": {"verdict": "accepted"}}
    undone = node.call("meetings", "change_referral_answer", undo)
    assert (undone["version"], undone["into_id"]) == (2, None)
    shown = page(node, id)
    assert (shown["effective"]["status"], shown["resolved"]) == ("open", None)
    assert page(node, into["id"])["merged_from"] == []
    # Taken on: the centre's secretariat speaks of the whole, and may hand it on in its turn.
    node.call("meetings", "report_progress", {"id": id, "percent": 20})
    assert effective(node, id) == "in_progress"
    ccm = node.call("actors", "list_groups", {"acronym": "CCM"})["items"][0]
    node.call("meetings", "refer_recommendation", {"id": id, "to_group_id": ccm["id"]})
    assert [one["origin"] for one in page(node, id)["hops"]] == ["agadez", "central"]


def test_what_the_centre_was_not_handed_it_neither_answers_nor_hands_on(node: Node, eventually: Any) -> None:
    target = theirs(None)
    elsewhere = told(
        events.REFERRAL_MADE, recommendation_id=target["subject"], to_group_id=new_id(), to_node="zinder", turn=1
    )
    stolen = told(
        events.REFERRAL_ANSWER_GIVEN,
        "agadez",
        referral_id=elsewhere["subject"],
        recommendation_id=target["subject"],
        verdict="merged",
        into_id=new_id(),
    )
    for event in (stolen, elsewhere, target):
        send(node, event)
        await_stored(node, eventually, event)
    with pytest.raises(ConflictError, match="referral-not-to-us"):
        node.call("meetings", "answer_referral", {"id": elsewhere["subject"], "verdict": "accepted"})
    gtm = node.call("actors", "list_groups", {"acronym": "GTM"})["items"][0]
    with pytest.raises(ConflictError, match="referral-not-ours"):
        node.call("meetings", "refer_recommendation", {"id": target["subject"], "to_group_id": gtm["id"]})
    # Agadez answered in Zinder's place: that counts for nothing.
    assert page(node, target["subject"])["hops"][0]["answer"] is None
    assert effective(node, target["subject"]) == "open"
