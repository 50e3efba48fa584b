"""What people do with records that matter to several nodes, as seeded walks (acts.py): here by one node alone."""

import base64
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from chassis.federation.certificates import make_request
from services.federation.domain import invitation as invitations
from services.meetings.domain import attendance
from services.meetings.domain import document as documents
from services.meetings.domain import remark as remarks
from services.meetings.domain import rsvp as rsvps
from services.meetings.domain import validation_round as rounds
from tests.integration.chassis.acts import COMPTE_RENDU, Fields, People
from tests.integration.eventually import eventually

PUT_UP = [one for one in documents.KINDS if one != documents.SHEET]  # a signed sheet is not put up for validation
DESCRIPTION = {"name": {"fr": "Région", "en": "Region"}, "body": None, "services": ["actors"], "address": None}


def follow_up(people: People) -> None:
    """Recommendations answered, reported on, taken up again, handed on, merged, and ended by their owner."""
    lead, others = people.institution(), [recommendation(people, None)["id"] for _ in range(2)]
    asked = recommendation(people, lead)["id"]
    report(people, asked, None, 10)
    respond(people, asked, lead)
    for percent in (people.random.randint(0, 99), 100):
        report(people, asked, lead, percent)
    people.do("meetings", "reopen_recommendation", {"id": asked})
    for id in (asked, *others):
        hand_on(people, id, [one for one in others if one != id])
    report(people, asked, lead, 100)
    for act in ("verify", "reopen", "cancel"):
        people.do("meetings", f"{act}_recommendation", {"id": asked})
    report(people, asked, lead, 100)  # it has ended


def recommendation(people: People, lead: str | None) -> Any:
    """One of a meeting of its own."""
    meeting = people.do("meetings", "create_meeting", {"date": "2024-04-05", "title": people.text()})
    said = {"text": people.text(), "meeting_id": meeting["id"], "lead_institution_id": lead}
    return people.do("meetings", "create_recommendation", said)


def respond(people: People, id: str, institution: str) -> None:
    """Accept or decline, and think again."""

    def change() -> Fields:
        return {"decision": people.random.choice(("accepted", "declined")), "reason": people.text()}

    given = people.do("meetings", "respond", {"id": id, "institution_id": institution, **change()})
    people.live("meetings", "response", given["id"], change, ("change", "change"))


def report(people: People, id: str, institution: str | None, percent: int) -> None:
    """Tell how far it is."""
    words = {"note": people.maybe(people.text()), "evidence": people.maybe(people.text())}
    link = {"evidence_link": people.maybe("https://exemple.ne/rapport.pdf")}
    said = {"id": id, "institution_id": institution, "percent": percent, **words, **link}
    told = people.do("meetings", "report_progress", said)
    if told is None:
        return
    content = people.text().encode()
    file = {"id": told["id"], "sha256": sha256(content).hexdigest(), "size": len(content)}
    part = {"start": 0, "content_base64": base64.b64encode(content).decode()}
    people.do("meetings", "keep_report_file_part", {**file, **part})
    people.do("meetings", "add_report_file", {**file, "name": "preuve.txt", "media_type": "text/plain"})
    people.do("meetings", "fetch_report_file", {"id": told["id"], "sha256": file["sha256"]})
    if people.random.choice((True, False)):
        people.do("meetings", "remove_report_file", {"id": told["id"], "sha256": file["sha256"]})


def hand_on(people: People, id: str, others: list[str]) -> None:
    """To a group of this node, which answers, and then answers otherwise."""
    group = people.random.choice(people.groups())
    said = {"id": id, "to_group_id": group, "reason": people.maybe(people.text())}
    referral = people.do("meetings", "refer_recommendation", said)

    def verdict() -> Fields:
        chosen = people.random.choice(("accepted", "declined", "merged"))
        into = people.random.choice(others) if chosen == "merged" else None
        return {"verdict": chosen, "into_id": into, "reason": people.text()}

    given = people.do("meetings", "answer_referral", {"id": referral["id"], "verdict": "accepted"})
    people.live("meetings", "referral_answer", given["id"], verdict, ("change", "change"))


def verification(people: People) -> None:
    """A figure is judged in the version that is current, twice; then the owner publishes what was found sound."""
    code = f"V{people.seed}-{people.random.randrange(10**9)}"
    measured = {"unit": "personnes", "kind": "count", "frequency": "year"}
    indicator = people.do("indicators", "create_indicator", {"code": code, "name": people.text(), **measured})
    figure = {"indicator_id": indicator["id"], "period": "2024", "value": "7", "source": people.text()}
    id = people.do("indicators", "create_observation", figure)["id"]
    for verdict in ("returned", "verified"):
        said = {"verdict": verdict, "reason": people.text(), "institution_id": people.maybe(people.institution())}
        people.do("indicators", "judge_observation", {"id": id, "judged_version": 1, **said})
    people.do("indicators", "publish_observation", {"id": id})


def directory(people: People) -> None:
    """An intervention is confirmed by its lead and the secretariat; institutions are merged, in a row, and one not."""
    made = [people.do("actors", "create_institution", {"name": people.text()})["id"] for _ in range(3)]
    fields = {"title": people.text(), "lead_institution_id": made[0], "partner_ids": made[1:2]}
    id = people.do("actors", "create_intervention", fields)["id"]
    for institution in (None, *made[:2]):
        said = {"institution_id": institution, "note": people.maybe(people.text())}
        people.do("actors", "confirm_intervention", {"id": id, **said})
    ids: list[str] = []
    for kept, merged in ((made[1], made[0]), (made[2], made[1]), (made[0], made[2])):  # the last one makes a ring
        said = {"kept_id": kept, "merged_id": merged, "reason": people.maybe(people.text())}
        ids += [one["id"] for one in (people.do("actors", "merge_institutions", said),) if one]
    for merge in (ids[-1], ids[-1]):  # the second time there is nothing to undo
        people.do("actors", "undo_merge", {"id": merge, "reason": people.text()})


def validation(people: People) -> None:
    """Documents put up and put right, asked about in a round with each outcome, and then revised or superseded."""
    for outcome in documents.OUTCOMES:
        fields = {"title": people.text(), "kind": people.random.choice(PUT_UP)}
        id = people.do("meetings", "submit_document", {**fields, **text_of(people)})["id"]
        people.live("meetings", "document", id, lambda: document(people), ("change", "change"))
        people.do("meetings", "revise_document", {"id": id, **text_of(people)})
        people.do("meetings", "circulate_document", {"id": id, "deadline": "2098-12-31"})
        files(people, id)
        validation_round(people, id, outcome)
        final_text(people, id)
        # One of these is refused, whatever the outcome.
        people.do("meetings", "supersede_document", {"id": id})
        people.do("meetings", "revise_document", {"id": id, **text_of(people)})


def final_text(people: People, id: str) -> None:
    """What was said of it is taken in, in a text that becomes the final one; refused where there is no such text."""
    people.do("meetings", "integrate_document", {"id": id, **text_of(people)})
    people.do("meetings", "finalise_document", {"id": id})
    for row in people.do("meetings", "get_handled", {"id": id})["rows"]:
        said = {"id": row["id"], "verdict": "taken_in", "place": people.text()}
        people.do("meetings", "answer_opinion", said)
    people.do("meetings", "finalise_document", {"id": id})


def files(people: People, id: str) -> None:
    """Two files are added, one of them again; one is taken away, and asked for in vain."""
    for name in ("un.txt", "deux.csv", "deux.csv"):
        content = f"{name} {people.text()}".encode()
        file = {"id": id, "sha256": sha256(content).hexdigest(), "size": len(content)}
        part = {"start": 0, "content_base64": base64.b64encode(content).decode()}
        people.do("meetings", "keep_file_part", {**file, **part})
        people.do("meetings", "add_file", {**file, "name": name, "media_type": "text/plain"})
        people.do("meetings", "fetch_file", {"id": id, "sha256": file["sha256"]})
    people.do("meetings", "remove_file", {"id": id, "sha256": file["sha256"]})


def validation_round(people: People, id: str, outcome: str) -> None:
    """Groups are asked for an opinion; one has one, and another one when the round is closed."""

    def words() -> Fields:
        day = f"20{people.random.randint(70, 99)}-12-31"
        return {"deadline": people.random.choice((day, f"{day}T08:00:00Z")), "note": people.maybe(people.text())}

    def opinion() -> Fields:
        return {"verdict": people.random.choice(rounds.VERDICTS), "remarks": people.maybe(people.text())}

    groups = people.random.sample(people.groups(), 2)
    asked = people.do("meetings", "open_round", {"id": id, "group_ids": groups, **words()})
    people.live("meetings", "round", asked["id"], words, ("change", "change"))
    given = people.do("meetings", "give_opinion", {"id": asked["id"], "group_id": groups[0], **opinion()})
    people.live("meetings", "opinion", given["id"], opinion, ("change",))
    closing = {"id": asked["id"], "outcome": outcome, "conclusion": people.maybe(people.text())}
    for _ in range(2):
        people.do("meetings", "close_round", closing)
    people.live("meetings", "opinion", given["id"], opinion, ("change",))
    people.live("meetings", "round", asked["id"], words, ("change",))


def invitations_answered(people: People) -> None:
    """A meeting is convened, answered, put off, convened for another day, answered again, and held."""

    def answer() -> Fields:
        told = {"headcount": people.maybe(people.random.randint(1, 9)), "reason": people.maybe(people.text())}
        return {"answer": people.random.choice(rsvps.ANSWERS), **told}

    fields = {"date": "2024-04-05", "title": people.text(), "group_id": people.maybe(people.groups()[0])}
    id = people.do("meetings", "create_meeting", fields)["id"]
    early = {"id": id, "institution_id": people.institution(), **answer()}
    people.do("meetings", "answer_invitation", early)  # nobody was asked yet
    people.do("meetings", "convene_meeting", {"id": id})
    given = [people.do("meetings", "answer_invitation", {**early, "institution_id": one}) for one in _two(people)]
    people.live("meetings", "rsvp", given[0]["id"], answer, ("change", "change"))
    for act, said in (("postpone", {}), ("convene", {"date": "2099-06-07"})):
        people.do("meetings", f"{act}_meeting", {"id": id, **said})
        people.live("meetings", "rsvp", given[1]["id"], answer, ("change",))
    people.do("meetings", "hold_meeting", {"id": id})
    people.live("meetings", "rsvp", given[1]["id"], answer, ("change",))


def attendance_kept(people: People) -> None:
    """A list at the door: people come, are put right, taken out, and come late; one asks to be forgotten."""

    def line() -> Fields:
        chosen = people.random.choice(attendance.STATUSES)
        other = people.institution() if chosen == "delegate" else None
        told = {"name": people.maybe(people.text()), "function": people.maybe(people.text())}
        return {"status": chosen, "for_institution_id": other, "mode": people.random.choice(attendance.MODES), **told}

    members = [{"institution_id": one, "role": "member"} for one in _two(people)]
    rule = {"numerator": people.random.randint(1, 2), "denominator": 2, "more_than": False}
    group = people.do("actors", "create_group", {"name": people.text(), "members": members, "quorum": rule})["id"]
    eventually(lambda: people.node.database("meetings")["replica_group"].find_one({"_id": group}))
    leads = {"role": "chair", "institution_id": members[0]["institution_id"], "name": people.maybe(people.text())}
    fields = {"date": "2099-04-05", "title": people.text(), "group_id": group, "officers": [leads]}
    id = people.do("meetings", "create_meeting", fields)["id"]
    early = {"id": id, "institution_id": people.institution(), "name": people.text()}
    people.do("meetings", "sign_in", early)  # nobody was called yet
    for act in ("convene", "hold"):
        people.do("meetings", f"{act}_meeting", {"id": id})
        came = [people.do("meetings", "sign_in", {"id": id, **one, **line()}) for one in members]
        came.append(people.do("meetings", "sign_in", {**early, "name": people.text()}))
        for one in filter(None, came):
            people.live("meetings", "attendee", one["id"], line, ("change", "change"))
        people.do("meetings", "hold_meeting", {"id": id})
    people.do("meetings", "remove_attendee", {"id": came[-1]["id"]})
    for _ in range(2):
        people.do("meetings", "erase_attendee", {"id": came[-1]["id"], "reason": "asked"})


def remarks_answered(people: People) -> None:
    """Remarks on a document: filed, put in other words, judged, judged otherwise."""

    def words() -> Fields:
        told = {"section": people.maybe(people.text()), "proposal": people.maybe(people.text())}
        return {"text": people.text(), **told}

    def verdict() -> Fields:
        return {"verdict": people.random.choice(remarks.VERDICTS), "answer": people.maybe(people.text())}

    id = people.do("meetings", "submit_document", {"title": people.text(), **text_of(people)})["id"]
    for institution in (people.institution(), None):
        filed = people.do("meetings", "remark_on_document", {"id": id, "institution_id": institution, **words()})
        people.live("meetings", "remark", filed["id"], words, ("change", "change"))
        said = {"id": filed["id"], "verdict": "set_aside", "answer": people.text()}
        given = people.do("meetings", "answer_remark", said)
        people.live("meetings", "remark_answer", given["id"], verdict, ("change", "change"))
        people.live("meetings", "remark", filed["id"], words, ("change",))
    remarks_on_minutes(people, words)


def remarks_on_minutes(people: People, words: Callable[[], Fields]) -> None:
    """Before they are circulated, while they are, and once they are adopted."""
    compte_rendu = COMPTE_RENDU.format(day=people.random.randint(1, 28), year=1980 + people.seed)
    content = base64.b64encode(compte_rendu.encode()).decode()
    id = people.do("meetings", "import_minutes", {"content_base64": content})["minutes_id"]
    people.do("meetings", "remark_on_minutes", {"id": id, **words()})
    for act in ("circulate", "adopt"):
        people.do("meetings", f"{act}_minutes", {"id": id, **people.said(act)})
        people.do("meetings", "remark_on_minutes", {"id": id, "institution_id": people.institution(), **words()})


def _two(people: People) -> list[str]:
    return [str(one) for one in people.random.sample(people.institutions, 2)]


def document(people: People) -> Fields:
    """What may change of one."""
    kind = people.random.choice(PUT_UP)
    return {"title": people.text(), "kind": kind, "summary": people.maybe(people.text())}


def text_of(people: People) -> Fields:
    """A text of a document."""
    number = people.random.randrange(10**9)
    return {"reference": f"https://exemple.ne/texte-{number}.pdf", "note": people.maybe(people.text())}


def federation(people: People) -> None:
    """Regions are invited, join, are suspended, join anew, and are removed: at the end none has an account."""
    # The accounts are the broker's, which other nodes of the tests use too: so nobody else's name.
    node = f"s{people.seed}_{people.node.prefix}{people.random.randrange(10**9)}"
    why = {"id": node, "reason": people.text()}
    for act in ("resume", "suspend", "resume", "suspend", "suspend", "remove"):
        if act != "remove":
            join(people, node)
        people.do("federation", f"{act}_node", {**why, "force": True} if act == "remove" else why)
    people.do("federation", "create_invitation", {"node": node})
    people.do("federation", "remove_node", {**why, "force": True})


def join(people: People, node: str) -> None:
    """Join, perhaps anew with another key; enrol twice with the same one."""
    invited = people.do(
        "federation", "create_invitation", {"node": node, "replace": people.random.choice((True, False))}
    )
    if invited is None:
        return
    asked = {"node": node, "csr": make_request(node)[1], "description": DESCRIPTION}
    secret = invitations.read(invited["invitation"]).secret
    for _ in range(2):
        proof = invitations.proof(secret, invitations.REQUEST, asked)
        people.do("federation", "enrol_node", {**asked, "proof": proof})
