"""A group meets, over HTTP: who is expected, who has answered, who comes in at two desks, whether that is enough."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from chassis.kernel.errors import ConflictError, ForbiddenError, InvalidError
from tests.integration.gateway.children import start_gateway
from tests.integration.node import Node
from tests.integration.persons.conftest import PASSWORD, Client, sign_in

SERVICES = "actors meetings"
NAMES = {"state_body": "Ministère", "un_agency": "Agence", "ngo": "Association", "donor": "Délégation"}
DAY = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()  # nobody is called to a day that is over
TEXT = f"""Compte-rendu de la réunion du Cadre

Date\t{DAY[8:]}/{DAY[5:7]}/{DAY[:4]}
Heure\t9h00 - 11h30
Lieu\tSalle de réunion
Présence
- Collectif des Passeurs de Mémoire ;

Points inscrits à l'ordre du jour
1- Ouverture ;

1. Ouverture
Points de discussion clés
La séance est ouverte.
"""
Fields = dict[str, Any]


@pytest.fixture(scope="module")
def admin(node: Node) -> Client:
    node.run(*SERVICES.split(), GTM_SERVICES=SERVICES)
    return sign_in(start_gateway(node, GTM_ADMIN_PASSWORD=PASSWORD, GTM_SERVICES=SERVICES), "admin")


@pytest.fixture(scope="module")
def institutions(admin: Client) -> dict[str, str]:
    """One of each kind, made in an order that is neither that of protocol nor of the alphabet."""
    kinds = ("ngo", "un_agency", "donor", "state_body")
    return {kind: institution(admin, f"{NAMES[kind]} A", kind=kind) for kind in kinds}


def institution(admin: Client, name: str, **said: Any) -> str:
    return str(admin.done("POST", "/institutions", {"name": name, **said})["id"])


def convened(admin: Client, node: Node, eventually: Any, members: list[Fields], **quorum: Any) -> str:
    """A meeting of a group of its own, called for that day."""
    said = {"name": f"Cadre {members[0]['institution_id']} {quorum}", "kind": "thematic", "members": members}
    group = admin.done("POST", "/groups", said | ({"quorum": quorum} if quorum else {}))["id"]
    copies = node.database("meetings")
    eventually(lambda: copies["replica_group"].find_one({"_id": group}))
    ids = [one["institution_id"] for one in members]
    eventually(lambda: copies["replica_institution"].count_documents({"_id": {"$in": ids}}) == len(ids))
    meeting = admin.done("POST", "/meetings", {"date": DAY, "group_id": group, "title": "Réunion"})["id"]
    admin.done("POST", f"/meetings/{meeting}/convene")
    return str(meeting)


def refusal(answer: requests.Response) -> tuple[int, str, list[str]]:
    told = answer.json()
    return answer.status_code, told["code"], [one["field"] for one in told.get("errors", [])]


def test_a_meeting_from_the_list_to_an_information_session(
    admin: Client, node: Node, institutions: dict[str, str], eventually: Any
) -> None:
    state, agency, ngo, donor = (institutions[one] for one in ("state_body", "un_agency", "ngo", "donor"))
    members = [
        {"institution_id": ngo, "role": "member"},
        {"institution_id": agency, "role": "vice_chair"},
        {"institution_id": state, "role": "member"},
        {"institution_id": donor, "role": "observer"},
    ]
    id = convened(admin, node, eventually, members, numerator=1, denominator=2, more_than=True)
    admin.done("POST", f"/meetings/{id}/rsvps", {"institution_id": ngo, "answer": "declined", "reason": "en mission"})
    admin.done("POST", f"/meetings/{id}/rsvps", {"institution_id": state, "answer": "accepted", "headcount": 2})

    door = admin.done("GET", f"/meetings/{id}/attendance")
    lines = [(one["institution_id"], one["answer"], one["status"]) for one in door["institutions"]]
    assert lines == [
        (agency, None, None),
        (state, "accepted", None),
        (donor, None, None),
        (ngo, "declined", "excused"),
    ]
    assert (door["quorum"]["members"], door["quorum"]["needed"], door["quorum"]["present"]) == (3, 2, 0)
    assert refusal(admin.ask("POST", f"/meetings/{id}/hold"))[:2] == (409, "attendance-not-taken")

    come = {"institution_id": state, "name": "Hadiza Moussa", "function": "Directrice"}
    line = admin.done("POST", f"/meetings/{id}/attendance", come)
    assert line["visibility"] == "internal"
    assert refusal(admin.ask("POST", f"/meetings/{id}/attendance", {**come, "name": "hadiza  MOUSSA"}))[:2] == (
        409,
        "attendee-exists",
    )
    admin.done("POST", f"/meetings/{id}/attendance", {"institution_id": state, "name": "Une autre", "mode": "remote"})
    wrong = {"institution_id": donor, "status": "delegate"}
    assert refusal(admin.ask("POST", f"/meetings/{id}/attendance", wrong)) == (
        422,
        "invalid-request",
        ["for_institution_id"],
    )
    admin.done("POST", f"/meetings/{id}/attendance", {"institution_id": donor})
    live = admin.done("GET", f"/meetings/{id}")["attending"]
    assert [one["institution_id"] for one in live["institutions"]] == [state, donor]
    assert live["quorum"]["sentence"]["fr"] == "1 membre présent sur 3 ; il en faut 2 : quorum non atteint"
    assert [one["institution_id"] for one in live["quorum"]["missing"]] == [agency, ngo]

    officers = [{"role": "chair", "institution_id": agency, "name": "A. Chaffa", "function": "Représentant"}]
    version = admin.done("GET", f"/meetings/{id}")["version"]
    admin.ask("PATCH", f"/meetings/{id}", {"officers": officers}, If_Match=f'"{version}"').raise_for_status()
    held = admin.done("POST", f"/meetings/{id}/hold")
    assert (held["quorum"]["present"], held["quorum"]["reached"], held["information_session"]) == (1, False, True)
    assert [(one["institution_id"], one["status"]) for one in held["attendance"]] == [
        (state, "present"),
        (donor, "present"),
        (ngo, "excused"),
    ]
    assert (held["officers"][0]["ground"], "Hadiza" in str(held)) == ("vice", False)

    draft = admin.done("POST", f"/meetings/{id}/minutes", {})
    assert draft["present"] == [state, donor]
    assert draft["preamble"].startswith(
        "La réunion a été présidée par A. Chaffa, Représentant (Agence A), vice-président"
    )
    assert draft["preamble"].endswith("séance d’information ; ses décisions sont à confirmer.")

    # Somebody comes late, for another one: the list follows, what was found then stays.
    late = {"institution_id": donor, "status": "delegate", "for_institution_id": ngo, "name": "P. Tard"}
    admin.done("POST", f"/meetings/{id}/attendance", late)
    expected = [(state, "present", None), (donor, "present", None), (ngo, "delegate", donor)]

    def listed() -> list[tuple[Any, ...]]:
        now = admin.done("GET", f"/meetings/{id}")
        assert now["quorum"] == held["quorum"] and now["attending"]["quorum"]["reached"]
        return [(one["institution_id"], one["status"], one["represented_by_id"]) for one in now["attendance"]]

    assert eventually(lambda: listed() == expected)

    # The draft was begun before; what is sent out says who was there in the end; its decisions are to be confirmed.
    sections = [{"title": "Divers", "decisions": [{"text": "Écrire à Bilma"}]}]
    match = f'"{draft["version"]}"'
    admin.ask("PATCH", f"/minutes/{draft['id']}", {"sections": sections}, If_Match=match).raise_for_status()
    sent = admin.done("POST", f"/minutes/{draft['id']}/circulate", {"deadline": "2099-12-31"})
    assert sent["present"] == [state, donor, ngo]
    (line,) = admin.done("GET", f"/decisions?meeting_id={id}&to_confirm=true")["items"]
    assert (line["text"], line["confirmed_by"]) == ("Écrire à Bilma", None)

    def came(institution: str) -> tuple[int, int, int, str | None]:
        found = admin.done("GET", f"/institutions/{institution}/attendance")
        last = found["last_attended"]["meeting_id"] if found["last_attended"] else None
        return found["called"], found["attended"], found["as_guest"], last

    assert [came(one) for one in (ngo, donor, agency)] == [(1, 1, 0, id), (0, 0, 1, id), (1, 0, 0, None)]


def test_two_desks_lose_nothing_and_a_meeting_held_meanwhile_lists_them_all(
    admin: Client, node: Node, eventually: Callable[..., Any]
) -> None:
    ids = [institution(admin, f"Membre {number}", kind="cso") for number in range(16)]
    id = convened(admin, node, eventually, [{"institution_id": one, "role": "member"} for one in ids], number=2)
    node.call("meetings", "sign_in", {"id": id, "institution_id": ids[0], "name": "Personne 0"})
    node.call("meetings", "sign_in", {"id": id, "institution_id": ids[1], "name": "Personne 1"})

    def desk(mine: list[str]) -> None:
        for place, one in enumerate(mine):
            node.call("meetings", "sign_in", {"id": id, "institution_id": one, "name": f"Personne {place}"})

    with ThreadPoolExecutor(3) as people:
        desks = [people.submit(desk, ids[2::2]), people.submit(desk, ids[3::2])]
        held = people.submit(node.call, "meetings", "hold_meeting", {"id": id})
        assert [one.result() for one in desks] == [None, None]
    assert held.result()["quorum"]["reached"] is True

    def listed() -> bool:
        meeting = node.call("meetings", "get_meeting", {"id": id})
        return [one["institution_id"] for one in meeting["attendance"]] == ids

    assert eventually(listed)
    assert len(node.every("meetings", "list_attendees", {"meeting_id": id})) == len(ids)


def test_the_same_line_at_two_desks_at_once_is_there_once(admin: Client, node: Node, eventually: Any) -> None:
    one = institution(admin, "Une seule fois")
    id = convened(admin, node, eventually, [{"institution_id": one, "role": "member"}])

    def desk(_: int) -> str:
        try:
            node.call("meetings", "sign_in", {"id": id, "institution_id": one, "name": "La même"})
        except ConflictError as error:
            return str(error.code)
        return "in"

    with ThreadPoolExecutor(4) as people:
        found = sorted(people.map(desk, range(4)))
    assert found == ["attendee-exists"] * 3 + ["in"]


def test_a_line_is_put_right_taken_out_and_then_free_again(admin: Client, node: Node, eventually: Any) -> None:
    one, other = institution(admin, "Corrigée"), institution(admin, "Autre que la corrigée")
    id = convened(admin, node, eventually, [{"institution_id": each, "role": "member"} for each in (one, other)])
    line = admin.done("POST", f"/meetings/{id}/attendance", {"institution_id": other, "name": "Quelqu’un"})
    path = f"/attendees/{line['id']}"
    right = admin.ask("PATCH", path, {"institution_id": one, "mode": "remote"}, If_Match='"1"').json()
    assert (right["institution_id"], right["mode"], right["version"]) == (one, "remote", 2)
    assert admin.ask("PATCH", path, {"mode": "in_room"}, If_Match='"1"').status_code == 412
    assert admin.done("POST", f"{path}/remove")["removed"] is True
    assert refusal(admin.ask("POST", f"{path}/remove"))[:2] == (409, "attendee-removed")
    assert admin.done("GET", f"/meetings/{id}")["attending"]["institutions"] == []
    admin.done("POST", f"/meetings/{id}/attendance", {"institution_id": one, "name": "Quelqu’un"})
    # What is read in adds to the list, and takes nothing away.
    headers = {"Content-Type": "text/plain"}
    url = f"{admin.address}/api/v1/meetings/{id}/minutes/import"
    read = admin.session.post(url, data=TEXT.encode(), headers=headers, timeout=60)
    assert read.status_code in (200, 201), read.text
    held = admin.done("GET", f"/meetings/{id}")
    assert [(each["institution_id"], each["signed"]) for each in held["attendance"]] == [(one, True), (None, False)]
    assert admin.done("GET", f"/minutes/{read.json()['minutes_id']}")["present"] == [one]


def test_persons_are_for_members_and_can_be_erased(admin: Client, node: Node, eventually: Any) -> None:
    one = institution(admin, "Maison discrète")
    id = convened(admin, node, eventually, [{"institution_id": one, "role": "member"}])
    admin.ask("PATCH", f"/meetings/{id}", {"visibility": "public"}, If_Match='"2"').raise_for_status()
    said = {"institution_id": one, "name": "Ramatou Qzvx", "function": "Qzvx"}
    line = admin.done("POST", f"/meetings/{id}/attendance", said)
    admin.done("POST", f"/meetings/{id}/hold")

    public = Client(admin.address)
    for path in (f"/meetings/{id}/attendance", f"/attendees/{line['id']}", f"/attendees?meeting_id={id}"):
        assert public.ask("GET", path).status_code == 401, path
    assert "Qzvx" not in public.ask("GET", f"/meetings/{id}").text + public.ask("GET", "/events?page_size=200").text
    member: Fields = {"roles": ("member",)}
    shown = node.call("meetings", "get_attendance", {"id": id}, **member)
    assert shown["institutions"][0]["attendees"][0]["name"] == "Ramatou Qzvx"
    assert node.call("meetings", "get_attendee", {"id": line["id"]}, **member)["function"] == "Qzvx"
    assert [one["id"] for one in node.every("meetings", "list_attendees", {"meeting_id": id}, **member)] == [line["id"]]
    assert node.every("meetings", "list_attendees", **member) == []
    for roles in (("member",), ("focal_point",)):
        with pytest.raises(ForbiddenError):
            node.call("meetings", "sign_in", {"id": id, **said}, roles=roles, institution_id=one)

    read = node.database("meetings")["accesses"]
    assert read.count_documents({"records": line["id"], "call": "get_attendance"}) == 1
    admin.done("POST", f"/attendees/{line['id']}/erase", {"reason": "asked"})
    assert "Qzvx" not in str(list(node.database("meetings")["outbox"].find({"subject": line["id"]})))
    assert "Qzvx" not in str(list(node.database("meetings")["attendees"].find({})))
    still = admin.done("GET", f"/meetings/{id}")
    assert [one["status"] for one in still["attendance"]] == ["present"]
    with pytest.raises(ConflictError):
        node.call("meetings", "change_attendee", {"id": line["id"], "version": None, "changes": {"name": "Encore"}})


def test_the_signed_sheet_is_a_document_of_the_meeting_that_never_leaves(
    admin: Client, node: Node, eventually: Any
) -> None:
    id = convened(admin, node, eventually, [{"institution_id": institution(admin, "Signataire"), "role": "member"}])
    said = {"title": "Feuille de présence", "kind": "attendance_sheet", "reference": "classeur 3"}
    assert refusal(admin.ask("POST", "/documents", said))[2] == ["meeting_id", "visibility"]
    assert refusal(admin.ask("POST", "/documents", {**said, "meeting_id": node.name}))[0] == 422
    sheet = admin.done("POST", "/documents", {**said, "meeting_id": id, "visibility": "internal"})
    scan = {"file": ("feuille.pdf", b"%PDF-1.4 ...", "application/pdf")}
    path = f"{admin.address}/api/v1/documents/{sheet['id']}/files"
    assert admin.session.post(path, files=scan, headers={"If-Match": '"1"'}, timeout=30).status_code == 201
    wider = admin.ask("PATCH", f"/documents/{sheet['id']}", {"visibility": "gtm"}, If_Match='"2"')
    assert refusal(wider) == (422, "invalid-request", ["visibility"])
    assert [one["id"] for one in admin.done("GET", f"/documents?meeting_id={id}")["items"]] == [sheet["id"]]
    assert node.every("meetings", "list_documents", {"meeting_id": id}, roles=("member",)) == []
    assert {one["visibility"] for one in node.events("meetings", subject=sheet["id"])} == {"internal"}


def test_a_rule_says_a_share_or_a_number(node: Node, admin: Client) -> None:
    def field(**quorum: Any) -> list[str]:
        with pytest.raises(InvalidError) as refused:
            node.call("actors", "create_group", {"name": f"Cadre {quorum}", "quorum": quorum})
        return [str(one["field"]) for one in refused.value.errors]

    assert field(numerator=1) == ["quorum.denominator"]
    assert field(numerator=1, denominator=2, number=3) == ["quorum.numerator", "quorum.denominator"]
    assert field(numerator=3, denominator=2) == ["quorum.numerator"]
    assert field() == ["quorum.numerator", "quorum.denominator"]
