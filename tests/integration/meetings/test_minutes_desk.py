"""Minutes from the agenda to the erratum over HTTP: written section by section, amended, adopted with reservations,
sealed, published, corrected; and the register of what was decided.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import requests

from chassis.kernel.clock import now
from chassis.kernel.errors import StaleError
from tests.integration.eventually import eventually
from tests.integration.gateway.children import start_gateway
from tests.integration.node import Node

PASSWORD = "a password for these tests"
AHEAD = (now().date() + timedelta(days=30)).isoformat()
AGENDA = [
    {"number": 1, "title": "Ouverture"},
    {"number": 2, "title": "Chiffres du trimestre", "presenter": "INS"},
    {"number": 3, "title": "Divers", "postponed": True},
]
TEXT = "Les chiffres ont été présentés.\n\nIls sont **provisoires**.\n- à Agadez"


class Desk:
    """The secretariat, over HTTP."""

    def __init__(self, address: str) -> None:
        self.api, self.session = f"{address}/api/v1", requests.Session()
        answer = self.session.post(f"{self.api}/auth/token", json={"username": "admin", "password": PASSWORD})
        self.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.session.get(self.api + path, headers=headers)

    def post(self, path: str, said: Any = None, code: int = 200) -> Any:
        answer = self.session.post(self.api + path, json=said or {})
        assert answer.status_code == code, answer.text
        return answer.json()

    def save(self, minutes: str, section: str, revision: int, **said: Any) -> requests.Response:
        where = f"{self.api}/minutes/{minutes}/sections/{section}"
        return self.session.patch(where, json=said, headers={"If-Match": f'"{revision}"'})

    def held(self, day: str, **more: Any) -> str:
        """A meeting that took place."""
        id = str(self.post("/meetings", {"date": day, "title": f"GTM du {day}", "agenda": AGENDA, **more}, 201)["id"])
        self.post(f"/meetings/{id}/convene")
        self.post(f"/meetings/{id}/hold")
        return id

    def drafted(self, day: str, **more: Any) -> Any:
        return self.post(f"/meetings/{self.held(day, **more)}/minutes", code=201)


@pytest.fixture(scope="module", autouse=True)
def address(node: Node) -> str:
    """Where the gateway of a node with two services answers."""
    node.run("actors", "meetings")
    eventually(lambda: node.database("meetings")["replica_institution"].count_documents({}) >= 40, within=20)
    return start_gateway(node, GTM_ADMIN_PASSWORD=PASSWORD)


@pytest.fixture(scope="module")
def desk(address: str) -> Iterator[Desk]:
    made = Desk(address)
    with made.session:
        yield made


def test_from_the_agenda_to_the_erratum(node: Node, desk: Desk) -> None:
    minutes = desk.drafted("2025-02-03")
    id, (opening, figures) = minutes["id"], minutes["sections"]
    assert [(one["number"], one["title"]) for one in minutes["sections"]] == [(1, "Ouverture"), (2, AGENDA[1]["title"])]
    assert (minutes["visibility"], minutes["state"]) == ("internal", "draft")
    again = desk.session.post(f"{desk.api}/meetings/{minutes['meeting_id']}/minutes", json={})
    assert (again.status_code, again.json()["code"]) == (409, "meeting-has-minutes")

    bad = desk.save(id, figures["id"], 0, text="<script>x</script>\n[ici](javascript:x)", number=9)
    faults = [(one["field"], one["code"], one.get("line")) for one in bad.json()["errors"]]
    assert bad.status_code == 422
    forbidden = "markdown-not-allowed"
    assert sorted(faults, key=str) == [
        ("number", "agenda-item-not-found", None),
        *[("text", forbidden, 1)] * 2,
        ("text", forbidden, 2),
    ]

    row = {"what": "Transmettre le fichier", "who": "INS"}
    said = {"text": TEXT, "actions": [row], "decisions": [{"text": "Les chiffres d’Agadez sont publiés."}]}
    saved = desk.save(id, figures["id"], 0, **said)
    assert (saved.status_code, saved.json()["revision"], saved.headers["ETag"]) == (200, 1, '"1"')
    assert desk.session.patch(f"{desk.api}/minutes/{id}/sections/{opening['id']}", json={}).status_code == 428
    assert desk.save(id, opening["id"], 0, text="Ouvert à 9 h.").json()["revision"] == 1
    stale = desk.save(id, figures["id"], 0, text="Autre chose")
    assert (stale.status_code, stale.json()["code"]) == (412, "stale-section")
    assert (stale.json()["section"]["text"], stale.json()["section"]["revision"]) == (TEXT, 1)
    assert desk.get(f"/minutes/{id}/sections/{figures['id']}").json()["text"] == TEXT

    early = desk.session.post(f"{desk.api}/minutes/{id}/adopt", json={})
    assert (early.status_code, early.json()["code"]) == (409, "minutes-state")
    without = desk.session.post(f"{desk.api}/minutes/{id}/circulate", json={"deadline": "2020-01-01"})
    assert [(one["field"], one["code"]) for one in without.json()["errors"]] == [
        ("sections.1.actions.0.due", "due-missing"),
        ("deadline", "deadline-not-ahead"),
    ]
    assert desk.save(id, figures["id"], 1, actions=[{**row, "no_due": True}]).status_code == 200
    circulated = desk.post(f"/minutes/{id}/circulate", {"deadline": AHEAD})
    assert circulated["visibility"] == "gtm"
    (task,) = desk.get(f"/recommendations?meeting_id={minutes['meeting_id']}").json()["items"]
    assert circulated["sections"][1]["actions"][0]["recommendation_id"] == task["id"]

    place = {"section_id": figures["id"], "paragraph": 2, "kind": "amendment"}
    amendment = {"text": "Ils sont définitifs.", "proposal": "Ils sont **définitifs**.", **place}
    first = desk.post(f"/minutes/{id}/remarks", amendment, 201)
    second = desk.post(f"/minutes/{id}/remarks", {**amendment, "proposal": "Ils sont faux."}, 201)
    taken = desk.post(f"/remarks/{first['id']}/answers", {"verdict": "taken_in"}, 201)
    assert desk.get(f"/minutes/{id}/sections/{figures['id']}").json()["text"] == TEXT.replace(
        "provisoires", "définitifs"
    )
    late = desk.session.post(f"{desk.api}/remarks/{second['id']}/answers", json={"verdict": "taken_in"})
    assert (late.status_code, late.json()["code"]) == (409, "paragraph-changed")
    assert "définitifs" in late.json()["detail"]
    desk.post(f"/remarks/{second['id']}/answers", {"verdict": "set_aside", "answer": "Voir l’INS."}, 201)
    undone = desk.session.patch(
        f"{desk.api}/remark-answers/{taken['id']}",
        json={"verdict": "set_aside", "answer": "Non."},
        headers={"If-Match": '"1"'},
    )
    assert (undone.status_code, undone.json()["code"]) == (409, "remark-integrated")
    diff = desk.get(f"/minutes/{id}/diff?from={circulated['version']}").json()
    changed = [one for one in diff["sections"][1]["paragraphs"] if one["change"] != "same"]
    assert [(one["before"], one["after"]) for one in changed] == [
        ("Ils sont **provisoires**.", "Ils sont **définitifs**.")
    ]

    reserve = desk.post(f"/minutes/{id}/remarks", {"text": "Diffa manque.", "section_id": figures["id"]}, 201)
    blocked = desk.session.post(f"{desk.api}/minutes/{id}/adopt", json={})
    assert (blocked.status_code, blocked.json()["code"]) == (409, "remarks-open")
    later = desk.held("2025-03-03")
    held = desk.post(f"/minutes/{id}/adopt", {"with_reservations": True, "adopted_in": later})
    assert (held["state"], held["adopted_in"], held["seal"]) == ("circulated", later, None)
    assert desk.get(f"/minutes/{id}").json()["standing"] == "adopted_with_reservations"
    assert desk.get(f"/remarks/{reserve['id']}").json()["reservation"] is True
    for act, said in (("adopt", {}), ("publish", {})):
        assert desk.session.post(f"{desk.api}/minutes/{id}/{act}", json=said).status_code == 409
    closed = desk.session.post(f"{desk.api}/minutes/{id}/remarks", json={"text": "Encore."})
    assert (closed.status_code, closed.json()["code"]) == (409, "not-open-to-remarks")
    becomes = f"{TEXT}\n- à Diffa"
    desk.post(f"/remarks/{reserve['id']}/answers", {"verdict": "taken_in", "becomes": becomes}, 201)
    adopted = desk.post(f"/minutes/{id}/adopt")
    assert (adopted["state"], adopted["adopted_on"], adopted["adopted_how"]) == ("adopted", "2025-03-03", "in_session")
    assert desk.get(f"/minutes/{id}").json()["days_to_adoption"] == 28

    seal = desk.get(f"/minutes/{id}/seal").json()
    assert sha256(seal["canonical"].encode()).hexdigest() == adopted["seal"]["sha256"] == seal["computed"]
    assert seal["holds"] is True
    assert desk.save(id, figures["id"], 3, text="…").json()["code"] == "minutes-sealed"
    desk.post(f"/minutes/{id}/publish")
    assert desk.get(f"/minutes/{id}/seal").json()["seal"] == adopted["seal"]

    erratum = desk.post(f"/minutes/{id}/errata", {"reason": "Une date était fausse."}, 201)
    assert (erratum["corrects"], erratum["state"]) == (id, "draft")
    twice = desk.session.post(f"{desk.api}/minutes/{id}/errata", json={"reason": "…"})
    assert (twice.status_code, twice.json()["code"]) == (409, "already-corrected")
    desk.save(erratum["id"], opening["id"], 1, text="Ouvert à 10 h.")
    corrected = desk.post(f"/minutes/{erratum['id']}/adopt", {"adopted_in": later})
    assert corrected["seal"]["sha256"] != adopted["seal"]["sha256"]
    old = desk.get(f"/minutes/{id}").json()
    assert (old["standing"], old["corrected_by"], old["seal"]) == ("corrected", erratum["id"], adopted["seal"])
    assert desk.get(f"/meetings/{minutes['meeting_id']}").json()["minutes_id"] == erratum["id"]
    page = desk.get(f"/minutes/{erratum['id']}/diff", Accept="text/html")
    assert "<del>Ouvert à 9 h.</del> <ins>Ouvert à 10 h.</ins>" in page.text
    assert page.headers["Content-Type"].startswith("text/html")
    assert len(desk.get(f"/recommendations?meeting_id={minutes['meeting_id']}").json()["items"]) == 1
    (line,) = desk.get(f"/decisions?meeting_id={minutes['meeting_id']}").json()["items"]
    assert (line["minutes_id"], line["section_number"]) == (erratum["id"], 2)


def test_two_people_write_at_once(node: Node, desk: Desk) -> None:
    """In two sections every word counts; in one, the second of two is told what is there."""
    minutes = desk.drafted("2025-02-04")
    id, sections = minutes["id"], [one["id"] for one in minutes["sections"]]

    def write(place: int, section: str, revision: int | None) -> Any:
        said = {"id": id, "section_id": section, "revision": revision, "changes": {"text": f"texte {place}"}}
        return node.call("meetings", "save_section", said, within=40)

    with ThreadPoolExecutor(2) as pool:
        for round in range(2):
            both = [pool.submit(write, 2 * round + at, section, round) for at, section in enumerate(sections)]
            assert [one.result()["revision"] for one in both] == [round + 1] * 2
    shown = node.call("meetings", "get_minutes", {"id": id})
    assert [one["text"] for one in shown["sections"]] == ["texte 2", "texte 3"]
    with ThreadPoolExecutor(3) as pool:
        one_section = [pool.submit(write, 10 + at, sections[0], 2) for at in range(3)]
        refused = [one.exception() for one in one_section]
    told = [one for one in refused if isinstance(one, StaleError)]
    assert (len(told), {one.code for one in told}) == (2, {"stale-section"})
    shown = node.call("meetings", "get_section", {"id": id, "section_id": sections[0]})
    assert shown["revision"] == 3
    versions = [one["recordversion"] for one in node.events("meetings", subject=id)]
    assert versions == list(range(1, 7))


def test_the_register_tells_what_was_decided_and_confirmed(node: Node, desk: Desk) -> None:
    minutes = desk.drafted("2025-02-05")
    section = minutes["sections"][0]["id"]
    text = {"id": minutes["id"], "section_id": section, "revision": None}
    decisions = [{"text": "Adopter l’annexe éthique", "to_confirm": True}, {"text": "Écrire à Bilma"}]
    node.call("meetings", "save_section", {**text, "changes": {"decisions": decisions}})
    assert desk.get(f"/decisions?meeting_id={minutes['meeting_id']}").json()["items"] == []
    desk.post(f"/minutes/{minutes['id']}/circulate", {"deadline": AHEAD})
    (found,) = desk.get("/decisions?q=ETHIQUE%20annexe&from=2025-02-05&to=2025-02-05&to_confirm=true").json()["items"]
    assert (found["title"], found["section_title"], found["minutes_state"]) == (
        minutes["title"],
        "Ouverture",
        "circulated",
    )
    desk.post(f"/minutes/{minutes['id']}/adopt")
    other = desk.drafted("2025-03-05")
    text = {"id": other["id"], "section_id": other["sections"][0]["id"], "revision": None}
    confirms = {"decisions": [{"text": "L’annexe est confirmée", "confirms": found["decision_id"]}]}
    node.call("meetings", "save_section", {**text, "changes": confirms})
    desk.post(f"/minutes/{other['id']}/circulate", {"deadline": AHEAD})
    assert len(desk.get("/decisions?q=ethique&to_confirm=true").json()["items"]) == 1
    desk.post(f"/minutes/{other['id']}/adopt")
    assert desk.get("/decisions?q=ethique&to_confirm=true").json()["items"] == []
    (kept,) = desk.get("/decisions?q=ethique").json()["items"]
    (by,) = desk.get("/decisions?q=confirmee").json()["items"]
    assert kept["confirmed_by"] == by["decision_id"]
    first = desk.get("/decisions?page_size=1").json()
    rest = desk.get(f"/decisions?page_size=50&cursor={first['next_cursor']}").json()["items"]
    days = [one["date"] for one in (*first["items"], *rest)]
    assert days == sorted(days, reverse=True)
    assert requests.get(f"{desk.api}/decisions", timeout=30).json()["items"] == []
    desk.post(f"/minutes/{other['id']}/publish")
    public = requests.get(f"{desk.api}/decisions", timeout=30).json()["items"]
    assert [one["decision_id"] for one in public] == [by["decision_id"]]
