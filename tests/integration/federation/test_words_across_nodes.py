"""Answers to invitations and remarks between two nodes: the meeting or text first, or what is said of it first."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.kernel.clock import rfc3339
from chassis.kernel.errors import ConflictError, ForbiddenError, InvalidError
from chassis.kernel.ids import new_id
from services.actors.contract.events import GROUP_CREATED, INSTITUTION_CREATED
from services.meetings.contract import events
from services.meetings.domain.paragraph import digest
from tests.integration.federation.foreign import make_known, send, told
from tests.integration.node import Node

DAY = "2099-04-01"


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    """The centre's actors and meetings; the broker knows accounts of other nodes."""
    node.run("actors", "meetings")
    make_known(node, "agadez", "zinder")


@pytest.fixture(scope="module")
def institutions(node: Node, eventually: Any) -> list[str]:
    """Three that this node knows of Agadez."""
    made = [told(INSTITUTION_CREATED, name=f"Institution {new_id()}", acronym=None, aliases=[]) for _ in range(3)]
    for one in made:
        send(node, one)
    ids = [one["subject"] for one in made]
    known = node.database("meetings")["replica_institution"]
    eventually(lambda: known.count_documents({"_id": {"$in": ids}}) == len(ids))
    return ids


@pytest.fixture(scope="module")
def group(node: Node, eventually: Any, institutions: list[str]) -> str:
    """A group of Agadez with the first two of them."""
    members = [{"institution_id": one, "role": "member", "since": None, "until": None} for one in institutions[:2]]
    event = told(GROUP_CREATED, name=f"GTM Agadez {new_id()}", acronym="GTM Agadez", aliases=[], members=members)
    send(node, event)
    eventually(lambda: node.database("meetings")["replica_group"].find_one({"_id": event["subject"]}))
    return str(event["subject"])


def convened(group: str, version: int = 1, id: str | None = None, day: str = DAY) -> dict[str, Any]:
    """A meeting of Agadez."""
    return told(events.MEETING_CONVENED, "agadez", version, id, group_id=group, date=day, state="convened")


def rsvp_of(origin: str, meeting: str, institution: str, **more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"answer": "accepted", "date": DAY, "turn": 1, "headcount": None, "reason": None, **more}
    return told(events.RSVP_GIVEN, origin, meeting_id=meeting, institution_id=institution, **fields)


def expected(node: Node, id: str, **who: Any) -> dict[str, Any]:
    return dict(node.call("meetings", "get_meeting", {"id": id}, **who)["expected"])


@pytest.mark.parametrize("meeting_first", [True, False])
def test_answers_meet_the_meeting_in_both_orders_of_arrival(
    node: Node, eventually: Any, institutions: list[str], group: str, meeting_first: bool
) -> None:
    meeting = convened(group)
    id = meeting["subject"]
    said = [rsvp_of("zinder", id, institutions[0]), rsvp_of("agadez", id, institutions[2], headcount=3)]
    for one in [meeting, *said] if meeting_first else [*said, meeting]:
        send(node, one, by=one["origin"])
    stored = node.database("meetings")
    eventually(lambda: stored["rsvps"].count_documents({"meeting_id": id}) == 2 and stored["meetings"].find_one(id))
    found = expected(node, id)
    assert (found["invited"], found["accepted"], found["people"]) == (2, 2, 4)
    assert [one["institution_id"] for one in found["silent"]] == [institutions[1]]
    assert {one["institution_id"]: one["invited"] for one in found["answered"]} == {
        institutions[0]: True,
        institutions[2]: False,
    }
    # This node's secretariat writes for the institution, knowing what it said at Zinder: this holds.
    body = {"id": id, "institution_id": institutions[0], "answer": "declined", "reason": "En mission"}
    mine = node.call("meetings", "answer_invitation", body)
    assert (mine["origin"], mine["turn"], mine["date"], mine["visibility"]) == ("central", 2, DAY, "gtm")
    with pytest.raises(ConflictError, match="rsvp-exists"):
        node.call("meetings", "answer_invitation", body)
    assert expected(node, id)["declined"] == 1
    assert expected(node, id)["sentence"]["en"].startswith("1 of 2 institutions answered: 1 coming, 1 not coming")
    # Put off to another day: nobody has answered for that yet.
    send(node, convened(group, 2, id, "2099-05-06"))
    eventually(lambda: expected(node, id)["answered"] == [])
    assert len(expected(node, id)["silent"]) == 2
    change = {"id": mine["id"], "version": 1, "changes": {"answer": "accepted"}}
    assert node.call("meetings", "change_rsvp", change)["date"] == "2099-05-06"
    assert expected(node, id)["accepted"] == 1


def test_an_institution_answers_for_itself_and_the_public_sees_no_answer(
    node: Node, eventually: Any, institutions: list[str], group: str
) -> None:
    meeting = convened(group)
    meeting["data"]["visibility"] = meeting["visibility"] = "public"
    send(node, meeting)
    eventually(lambda: node.database("meetings")["meetings"].find_one(meeting["subject"]))
    speaker: dict[str, Any] = {"roles": ["focal_point"], "institution_id": institutions[1]}
    body = {"id": meeting["subject"], "answer": "accepted"}
    with pytest.raises(ForbiddenError, match="own-institution-only"):
        node.call("meetings", "answer_invitation", {**body, "institution_id": institutions[0]}, **speaker)
    given = node.call("meetings", "answer_invitation", body, **speaker)
    assert (given["institution_id"], given["visibility"]) == (institutions[1], "gtm")
    assert node.call("meetings", "get_meeting", {"id": meeting["subject"]}, roles=())["expected"] is None
    own = node.call("meetings", "create_meeting", {"date": DAY, "title": "Projet"})
    with pytest.raises(ConflictError, match="meeting-not-convened"):
        node.call("meetings", "answer_invitation", {"id": own["id"], "institution_id": institutions[0], **ANSWER})


ANSWER = {"answer": "tentative"}
CIRCULATED, DEADLINE = datetime.now(UTC) - timedelta(days=3), datetime.now(UTC) + timedelta(days=3)


def minutes_of_agadez() -> dict[str, Any]:
    when: dict[str, Any] = {"circulated_at": rfc3339(CIRCULATED), "deadline": rfc3339(DEADLINE)}
    return told(events.MINUTES_CIRCULATED, "agadez", 2, state="circulated", **when)


def remark_of(origin: str, target: str, institution: str, **more: Any) -> dict[str, Any]:
    about: dict[str, Any] = {"target_kind": "minutes", "target_id": target, "target_version": 2}
    words: dict[str, Any] = {"text": "À préciser.", "section": None, "proposal": None}
    fields = {"filed_at": rfc3339(datetime.now(UTC)), **words}
    return told(events.REMARK_FILED, origin, institution_id=institution, **{**about, **fields, **more})


@pytest.mark.parametrize("text_first", [True, False])
def test_remarks_and_verdicts_meet_the_text_in_both_orders_of_arrival(
    node: Node, eventually: Any, institutions: list[str], text_first: bool
) -> None:
    minutes = minutes_of_agadez()
    id = minutes["subject"]
    remark = remark_of("zinder", id, institutions[0])
    about: dict[str, Any] = {"remark_id": remark["subject"], "target_kind": "minutes", "target_id": id}
    false = told(events.REMARK_ANSWER_GIVEN, "zinder", verdict="taken_in", answer=None, **about)
    verdict = told(events.REMARK_ANSWER_GIVEN, "agadez", verdict="set_aside", answer="Hors sujet.", **about)
    arriving = [minutes, remark, false, verdict]
    for one in arriving if text_first else arriving[::-1]:
        send(node, one, by=one["origin"])
    stored = node.database("meetings")
    eventually(
        lambda: stored["remark_answers"].count_documents({"target_id": id}) == 2 and stored["minutes"].find_one(id)
    )
    eventually(lambda: stored["remarks"].find_one(remark["subject"]))
    (listed,) = node.call("meetings", "list_remarks", {"target_id": id})["items"]
    assert listed == node.call("meetings", "get_remark", {"id": remark["subject"]})
    assert (listed["state"], listed["answer"]["origin"], listed["late"]) == ("set_aside", "agadez", False)
    # This node says something too; who holds the text decides, and nobody else.
    mine = node.call("meetings", "remark_on_minutes", {"id": id, "text": "Le point 3 manque.", "section": "3"})
    assert (mine["origin"], mine["target_version"], mine["institution_id"]) == ("central", 2, None)
    with pytest.raises(ConflictError, match="remark-elsewhere"):
        node.call("meetings", "answer_remark", {"id": mine["id"], "verdict": "taken_in"})
    change = {"id": mine["id"], "version": 1, "changes": {"text": "Le point 3 manque encore."}}
    assert node.call("meetings", "change_remark", change)["version"] == 2
    about["remark_id"] = mine["id"]
    send(node, told(events.REMARK_ANSWER_GIVEN, "agadez", verdict="taken_in", answer=None, **about), by="agadez")
    eventually(lambda: node.call("meetings", "get_remark", {"id": mine["id"]})["state"] == "taken_in")
    with pytest.raises(ConflictError, match="remark-answered"):
        node.call("meetings", "change_remark", {**change, "version": 2})


@pytest.mark.parametrize("change_first", [True, False])
def test_an_amendment_meets_the_text_before_and_after_it_changed(
    node: Node, eventually: Any, institutions: list[str], change_first: bool
) -> None:
    """Two nodes want one paragraph otherwise: the first that is taken in changes it, the other is a conflict."""
    day = "2025-04-0" + ("1" if change_first else "2")
    agenda = [{"number": 1, "title": "Chiffres"}]
    meeting = node.call("meetings", "create_meeting", {"date": day, "title": f"GTM {day}", "agenda": agenda})
    for act in ("convene", "hold"):
        node.call("meetings", f"{act}_meeting", {"id": meeting["id"]})
    minutes = node.call("meetings", "draft_minutes", {"id": meeting["id"]})
    id, section = minutes["id"], minutes["sections"][0]["id"]
    said = {"id": id, "section_id": section, "revision": 0, "changes": {"text": "Un.\nDeux."}}
    node.call("meetings", "save_section", said)
    deadline = rfc3339(DEADLINE)
    node.call("meetings", "circulate_minutes", {"id": id, "deadline": deadline})
    place = {"kind": "amendment", "section_id": section, "paragraph": 2, "paragraph_sha256": digest("Deux.")}
    theirs = remark_of("zinder", id, institutions[0], **{"text": "Non.", "proposal": "2.", **place})
    mine = node.call("meetings", "remark_on_minutes", {"id": id, "text": "Non.", "proposal": "Deux !", **place})
    stored = node.database("meetings")["remarks"]

    def arrive() -> None:
        send(node, theirs, by="zinder")
        eventually(lambda: stored.find_one(theirs["subject"]))

    def take_in(remark: str) -> Any:
        return node.call("meetings", "answer_remark", {"id": remark, "verdict": "taken_in"})

    first, other = (mine["id"], theirs["subject"]) if change_first else (theirs["subject"], mine["id"])
    for step in ((lambda: take_in(first)), arrive) if change_first else (arrive, (lambda: take_in(first))):
        step()
    text = node.call("meetings", "get_section", {"id": id, "section_id": section})["text"]
    assert text == ("Un.\nDeux !" if change_first else "Un.\n2.")
    with pytest.raises(ConflictError, match="paragraph-changed"):
        take_in(other)
    with pytest.raises(ConflictError, match="remarks-open"):
        node.call("meetings", "adopt_minutes", {"id": id})
    node.call("meetings", "answer_remark", {"id": other, "verdict": "set_aside", "answer": "L’autre."})
    adopted = node.call("meetings", "adopt_minutes", {"id": id})
    # Written in time, arrived after the adoption: a reservation; the text is sealed.
    late = remark_of("zinder", id, institutions[0], **{"text": "Encore.", "proposal": "…", **place})
    send(node, late, by="zinder")
    eventually(lambda: stored.find_one(late["subject"]))
    assert node.call("meetings", "get_remark", {"id": late["subject"]})["reservation"] is True
    with pytest.raises(ConflictError, match="sealed-by-now"):
        take_in(late["subject"])
    with pytest.raises(ConflictError, match="remarks-open"):
        node.call("meetings", "publish_minutes", {"id": id})
    assert node.call("meetings", "get_seal", {"id": id})["seal"] == adopted["seal"]


def test_a_seal_that_its_owner_put_anew_is_seen(node: Node, eventually: Any) -> None:
    """A text that is not the sealed one is told; sealed again as it is, it differs from the first seal heard of."""
    form, false = "gtm-minutes-1", "0" * 64
    minutes = told(events.MINUTES_ADOPTED, "agadez", 4, seal={"form": form, "sha256": false})
    id, stored = minutes["subject"], node.database("meetings")["minutes"]
    send(node, minutes)
    eventually(lambda: stored.find_one(id))
    shown = node.call("meetings", "get_seal", {"id": id})
    assert (shown["holds"], shown["first_heard"]) == (False, false)
    honest = {"form": form, "sha256": shown["computed"]}
    send(node, told(events.MINUTES_ADOPTED, "agadez", 5, id, seal=honest))
    eventually(lambda: stored.find_one({"_id": id, "version": 5}))
    again = node.call("meetings", "get_seal", {"id": id})
    assert (again["seal"], again["holds"], again["first_heard"]) == (honest, False, false)


def test_remarks_on_a_document_of_this_node(node: Node, institutions: list[str]) -> None:
    body = {"title": "Stratégie", "kind": "strategy", "reference": "https://exemple.ne/v1.pdf"}
    document = node.call("meetings", "submit_document", body)
    speaker: dict[str, Any] = {"roles": ["focal_point"], "institution_id": institutions[0]}
    said = {"id": document["id"], "text": "Ajouter le genre.", "proposal": "… et le genre …"}
    remark = node.call("meetings", "remark_on_document", said, **speaker)
    assert (remark["institution_id"], remark["target_version"]) == (institutions[0], 1)
    judged = {"id": remark["id"], "verdict": "set_aside"}
    with pytest.raises(ForbiddenError):
        node.call("meetings", "answer_remark", {**judged, "answer": "Non."}, **speaker)
    with pytest.raises(InvalidError) as refused:
        node.call("meetings", "answer_remark", judged)
    assert [(one["field"], one["code"]) for one in refused.value.errors] == [("answer", "reason-needed")]
    given = node.call("meetings", "answer_remark", {**judged, "answer": "Déjà au chapitre 4."})
    with pytest.raises(ConflictError, match="remark-answered"):
        node.call("meetings", "answer_remark", {**judged, "answer": "Encore."})
    taken = {"id": given["id"], "version": 1, "changes": {"verdict": "taken_in"}}
    assert node.call("meetings", "change_remark_answer", taken)["verdict"] == "taken_in"
    assert node.call("meetings", "get_remark", {"id": remark["id"]})["state"] == "taken_in"
    changes = {"id": remark["id"], "version": 1, "changes": {"text": "…"}}
    with pytest.raises(ForbiddenError, match="own-institution-only"):
        node.call("meetings", "change_remark", changes, **{**speaker, "institution_id": institutions[1]})
