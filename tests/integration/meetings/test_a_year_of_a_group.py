"""One year of a group, over HTTP: sessions, minutes, what was asked and what became of it, a strategy validated.

Twelve months by the days in the data. Each step is what a person of that role does; the last part is what each of them
can look up at the end of the year.
"""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import requests

from chassis.kernel.clock import NIAMEY
from chassis.kernel.ids import new_id
from tests.integration.gateway.children import start_gateway
from tests.integration.node import Node

AHEAD = "2099-12-31"
POSTPONED, CANCELLED = 4, 8
PROOF = b"%PDF-1.7\nla carte"
COMPTE_RENDU = """Compte-rendu de la réunion du cadre

Date\t{day:%d/%m/%Y}
Heure\t9h00 - 11h30
Lieu\tNiamey
Présence
- INS ;
- OIM ;

Points inscrits à l'ordre du jour
1- Ouverture (SP/CCM) ;
2- Chiffres du mois {month} (INS) ;

1. Ouverture (SP/CCM)
Points de discussion clés
Le Secrétaire Permanent a ouvert la séance du mois {month}.

2. Chiffres du mois {month} (INS)
Points de discussion clés
L'INS a présenté les chiffres du mois {month}.
Points d'action\tPersonnes/agences responsables\tDate limite
Transmettre le tableau du mois {month}\tINS\t{due:%d/%m/%Y}

Le Secrétaire Permanent
MOUSSA EXEMPLE
"""


class Year:
    """A group, its people, and what they ask of the platform."""

    def __init__(self, node: Node, address: str) -> None:
        self.node, self.address = node, address
        self.today = datetime.now(NIAMEY).date()
        self.secretariat = self.session("secretariat")
        found = {one: self.get("/institutions", acronym=one)["items"][0]["id"] for one in ("INS", "OIM", "CNDH")}
        self.ins, self.oim, self.cndh = found["INS"], found["OIM"], found["CNDH"]
        members = [{"institution_id": one, "role": "member"} for one in found.values()]
        members[0]["role"] = "chair"
        named = {"name": f"Cadre de l’année {new_id()}", "acronym": "CA", "kind": "thematic", "members": members}
        admin = self.session("admin", "secretariat")
        self.group = self.post("/groups", named, by=admin)["id"]
        self.of_ins, self.of_oim = (self.session("focal_point", institution_id=one) for one in (self.ins, self.oim))
        self.member = self.session("member")
        self.meetings: list[str] = []

    def session(self, *roles: str, **who: Any) -> requests.Session:
        made = requests.Session()
        made.headers["Authorization"] = f"Bearer {self.node.token(*roles, **who)}"
        return made

    def day(self, month: int, after: int = 0) -> date:
        return self.today - timedelta(days=30 * (12 - month) - after)

    def post(
        self, path: str, body: dict[str, Any] | None = None, by: requests.Session | None = None, **more: Any
    ) -> dict[str, Any]:
        more = more if "files" in more or "data" in more else {**more, "json": body or {}}
        answer = (by or self.secretariat).post(self.address + path, timeout=60, **more)
        assert answer.status_code in (200, 201), (path, answer.text)
        return dict(answer.json())

    def get(self, path: str, by: requests.Session | None = None, **query: Any) -> dict[str, Any]:
        answer = (by or self.secretariat).get(self.address + path, params=query, timeout=60)
        assert answer.status_code == 200, (path, answer.text)
        return dict(answer.json())

    def patch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        version = self.get(path)["version"]
        answer = self.secretariat.patch(
            self.address + path, json=body, headers={"If-Match": f'"{version}"'}, timeout=60
        )
        assert answer.status_code == 200, (path, answer.text)
        return dict(answer.json())

    def texts(self, by: requests.Session | None = None, **query: Any) -> list[str]:
        found = self.get("/recommendations", by, group_id=self.group, page_size=200, **query)["items"]
        return [one["text"] for one in found]

    def meet(self, month: int) -> None:
        """A month's session: convened, answered, held, its minutes circulated, remarked on and adopted."""
        agenda = [{"number": 1, "title": "Ouverture"}, {"number": 2, "title": f"Chiffres du mois {month}"}]
        body = {"date": str(self.day(month)), "group_id": self.group, "title": f"Mois {month}", "agenda": agenda}
        id = self.post("/meetings", body)["id"]
        self.meetings.append(id)
        self.convene(id, self.day(month))
        self.post(f"/meetings/{id}/rsvps", {"answer": "accepted", "headcount": 2}, by=self.of_ins)
        if month == CANCELLED:
            self.post(f"/meetings/{id}/cancel")
            return
        if month == POSTPONED:
            self.post(f"/meetings/{id}/postpone")
            self.convene(id, self.day(month, 7))
            assert self.get(f"/meetings/{id}")["expected"]["accepted"] == 0, "it was an answer to the other day"
        self.post(f"/meetings/{id}/rsvps", {"answer": "accepted"}, by=self.of_oim)
        self.post(f"/meetings/{id}/hold")
        self.write_up(month, id)

    def convene(self, id: str, day: date) -> None:
        """For a day ahead, as one must; the day in the data is of the year that is over."""
        self.post(f"/meetings/{id}/convene", {"date": str(self.today + timedelta(days=7))})
        self.patch(f"/meetings/{id}", {"date": str(day)})

    def write_up(self, month: int, id: str) -> None:
        day = date.fromisoformat(self.get(f"/meetings/{id}")["date"])
        text = COMPTE_RENDU.format(day=day, month=month, due=self.day(month, 33)).encode()
        sent: dict[str, Any] = {"data": text, "headers": {"Content-Type": "text/plain; charset=utf-8"}}
        minutes = self.post(f"/meetings/{id}/minutes/import", **sent)["minutes_id"]
        self.post(f"/minutes/{minutes}/circulate", {"deadline": AHEAD})
        remark = self.post(f"/minutes/{minutes}/remarks", {"text": "Chiffres provisoires"}, by=self.of_oim)["id"]
        self.post(f"/remarks/{remark}/answers", {"verdict": "set_aside", "answer": "Dit au point 2"})
        self.post(f"/minutes/{minutes}/adopt")
        if month % 3 == 0:
            self.post(f"/minutes/{minutes}/publish")

    def follow_up(self, month: int) -> None:
        """The INS sends what the last month asked of it, until it falls behind in the last quarter."""
        if month >= 9:
            return
        for one in self.get("/recommendations", owner=self.ins, group_id=self.group, kind="action", effective="open")[
            "items"
        ]:
            self.post(f"/recommendations/{one['id']}/progress-reports", {"percent": 100}, by=self.of_ins)
            self.post(f"/recommendations/{one['id']}/verify")


@pytest.fixture(scope="module")
def year(node: Node, eventually: Any) -> Year:
    node.run("actors", "meetings")
    copies = node.database("meetings")
    eventually(lambda: copies["replica_institution"].count_documents({}) >= 40)
    made = Year(node, f"{start_gateway(node, GTM_ADMIN_PASSWORD='a password for these tests')}/api/v1")
    eventually(lambda: copies["replica_group"].find_one({"_id": made.group}))
    return made


def recommended(year: Year) -> dict[str, str]:
    """What the second month asks: of one who proves what it did, of one who declines, of one who is silent."""
    due = {"map": year.day(4), "training": year.day(4), "centre": year.day(9), "some_day": None}
    lead = {"map": year.ins, "training": year.cndh, "centre": year.oim, "some_day": year.oim}
    ids = {}
    for name, day in due.items():
        body = {"text": name, "meeting_id": year.meetings[-1], "lead_institution_id": lead[name], "axis": "A1"}
        ids[name] = year.post("/recommendations", {**body, "due": str(day) if day else None})["id"]
    return ids


def answered(year: Year, ids: dict[str, str]) -> str:
    """The INS accepts, reports with the map itself as proof, and the secretariat verifies; the CNDH declines."""
    where = f"/recommendations/{ids['map']}"
    year.post(f"{where}/responses", {"decision": "accepted"}, by=year.of_ins)
    report = year.post(f"{where}/progress-reports", {"percent": 100, "note": "Carte jointe"}, by=year.of_ins)["id"]
    file = {"file": ("carte.pdf", PROOF, "application/pdf")}
    files = year.post(f"/progress-reports/{report}/files", files=file, by=year.of_ins)["files"]
    refused = year.of_oim.post(f"{year.address}/progress-reports/{report}/files", files=file, timeout=60)
    assert (refused.status_code, refused.json()["code"]) == (403, "own-institution-only")
    year.post(f"{where}/verify")
    over = year.of_ins.post(f"{year.address}/progress-reports/{report}/files", files=file, timeout=60)
    assert (over.status_code, over.json()["code"]) == (409, "recommendation-over")
    no = {"decision": "declined", "reason": "Hors de notre mandat", "institution_id": year.cndh}
    year.post(f"/recommendations/{ids['training']}/responses", no)
    return f"/progress-reports/{report}/files/{files[0]['sha256']}"


def put_up(year: Year) -> str:
    body = {"title": "Stratégie", "kind": "strategy", "reference": "v1", "sections": ["1. Contexte", "2. Suivi"]}
    where = f"/documents/{year.post('/documents', body)['id']}"
    year.post(f"{where}/circulate", {"deadline": AHEAD})
    year.post(f"{where}/remarks", {"text": "Dater les chiffres", "section": "1. Contexte"}, by=year.of_ins)
    year.post(f"{where}/remarks", {"text": "Citer les maires", "section": "2. Suivi"}, by=year.of_oim)
    return where


def validated(year: Year, where: str) -> None:
    """In session, subject to remarks; each has its verdict, and the final text says where."""
    asked = year.post(f"{where}/rounds", {"group_ids": [year.group], "deadline": AHEAD})["id"]
    said = {"group_id": year.group, "verdict": "favourable_with_remarks", "remarks": "Chiffrer le suivi"}
    year.post(f"/rounds/{asked}/opinions", {**said, "meeting_id": year.meetings[-1]})
    year.post(f"/rounds/{asked}/close", {"outcome": "validated_subject_to"})
    year.post(f"{where}/integrate", {"reference": "v2", "sections": ["1. Contexte", "2. Suivi"]})
    for row in year.get(f"{where}/handled")["rows"]:
        home = "opinions" if row["kind"] == "opinion" else "remarks"
        year.post(f"/{home}/{row['id']}/answers", {"verdict": "taken_in", "place": "page 2", "in_version": 2})
    year.post(f"{where}/finalise")


def test_a_year_of_a_group(year: Year) -> None:
    for month in range(12):
        year.meet(month)
        if month == 1:
            ids = recommended(year)
        if month == 3:
            proof = answered(year, ids)
        if month == 5:
            document = put_up(year)
        if month == 6:
            validated(year, document)
        year.follow_up(month)

    met = year.get("/meetings", group_id=year.group, page_size=50)["items"]
    assert sorted(one["state"] for one in met) == ["cancelled", *["closed"] * 11]
    moved = year.get(f"/meetings/{year.meetings[POSTPONED]}")
    assert (moved["date"], moved["expected"]["accepted"]) == (str(year.day(POSTPONED, 7)), 1)
    minutes = [year.get(f"/minutes/{one['minutes_id']}")["state"] for one in met if one["minutes_id"]]
    assert (minutes.count("adopted"), minutes.count("published")) == (7, 4)
    what_is_late(year, ids)
    what_was_proved(year, ids, proof, document)


def what_is_late(year: Year, ids: dict[str, str]) -> None:
    """What opens the next session, and the board."""
    late = year.texts(overdue="true")
    assert late == ["centre", "Transmettre le tableau du mois 9", "Transmettre le tableau du mois 10"]
    assert year.texts(stage="chair") == ["centre", "Transmettre le tableau du mois 9"]
    assert year.texts(owner=year.oim) == ["centre", "some_day"]
    assert year.texts(effective="declined") == ["training"]
    page = year.get(f"/recommendations/{ids['training']}")
    assert page["effective"]["responses"][0]["reason"] == "Hors de notre mandat"
    board = year.get("/recommendations/summary", group_id=year.group, since=str(year.day(-1)))
    assert (board["all"]["total"], board["all"]["overdue"]) == (15, 3)
    assert {name: number for name, number in board["all"]["statuses"].items() if number} == {
        "open": 5,
        "declined": 1,
        "verified": 9,
    }
    assert {one["label"]: one["overdue"] for one in board["institutions"]} == {"INS": 2, "OIM": 1, "CNDH": 0}
    assert [one["key"] for one in board["axes"]] == ["A1"]


def what_was_proved(year: Year, ids: dict[str, str], proof: str, document: str) -> None:
    """What is over stays so, and shows why; who does not sign in sees none of it."""
    done = year.get(f"/recommendations/{ids['map']}", by=year.member)
    assert (done["status"], done["effective"]["last_report"]["files"][0]["name"]) == ("verified", "carte.pdf")
    told = year.member.get(year.address + proof, timeout=60)
    assert (told.status_code, told.content) == (200, PROOF)
    assert requests.get(year.address + proof, timeout=60).status_code == 404
    for path in (f"/recommendations/{ids['map']}/reopen", f"{document}/revise", f"/meetings/{year.meetings[0]}/hold"):
        refused = year.secretariat.post(
            year.address + path, json={"reference": "x"} if "doc" in path else {}, timeout=60
        )
        assert refused.status_code == 409, path
    table = year.get(f"{document}/handled", by=year.member)
    assert (table["final"], table["integrated"], table["open"]) == (True, 3, 0)
    assert [(row["text"], row["institution"] or row["group"]) for row in table["rows"]] == [
        ("Dater les chiffres", "INS"),
        ("Citer les maires", "OIM"),
        ("Chiffrer le suivi", "CA"),
    ]
    assert all(row["answer"]["place"] == "page 2" for row in table["rows"])
    assert year.texts(by=requests.Session()) == [], "of members"
