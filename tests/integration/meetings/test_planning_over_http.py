"""A group plans its sessions over HTTP: numbered letters, clashes, the next session with what is left, the calendar."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pypdfium2 as pdfium
import pytest
import requests

from chassis.kernel.clock import NIAMEY, now, rfc3339
from chassis.kernel.ids import new_id
from tests.integration.eventually import eventually
from tests.integration.gateway.children import start_gateway
from tests.integration.node import Node
from tests.unit.meetings.calendars import read

PASSWORD = "le fleuve porte les pirogues"
TODAY = datetime.now(NIAMEY).date()
DAY, LATER, LONG_AGO = ((TODAY + timedelta(days=days)).isoformat() for days in (60, 67, -80))


class Office:
    """The secretariat, at the gateway."""

    def __init__(self, address: str, node: Node) -> None:
        self.api, self.node, self.session = f"{address}/api/v1", node, requests.Session()
        said = {"username": "admin", "password": PASSWORD}
        self.session.headers["Authorization"] = f"Bearer {self.post('/auth/token', **said)['access_token']}"
        names = ("INS", "OIM", "HCR")
        made = [self.post("/institutions", name=f"{one} {new_id()[-6:]}", acronym=one) for one in names]
        self.ins, self.oim, self.hcr = (str(one["id"]) for one in made)

    def post(self, path: str, **said: Any) -> Any:
        answer = self.session.post(f"{self.api}{path}", json=said, timeout=60)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    def refused(self, path: str, **said: Any) -> list[tuple[str, str]]:
        """(field, code) of each fault."""
        answer = self.session.post(f"{self.api}{path}", json=said, timeout=60)
        assert answer.status_code == 422, answer.text
        return [(one["field"], one["code"]) for one in answer.json()["errors"]]

    def get(self, path: str) -> Any:
        answer = self.session.get(f"{self.api}{path}", timeout=60)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def group(self, *members: str, **said: Any) -> str:
        sits = [{"institution_id": one} for one in members]
        made = self.post("/groups", **{"name": f"Cadre {new_id()[-6:]}", "kind": "thematic", "members": sits, **said})
        copies = self.node.database("meetings")["replica_group"]
        eventually(lambda: copies.find_one({"_id": made["id"]}))
        return str(made["id"])

    def calendar(self, path: str, **asked: Any) -> requests.Response:
        """As a calendar program, which sends no token but that of its link."""
        return requests.get(f"{self.api}{path}", **asked, timeout=60)


@pytest.fixture(scope="module")
def office(node: Node) -> Iterator[Office]:
    node.run("actors", "meetings")
    yield Office(start_gateway(node, GTM_ADMIN_PASSWORD=PASSWORD), node)


def test_a_session_is_planned_convened_followed_by_the_next_and_seen_in_calendars(office: Office) -> None:
    group = office.group(office.ins, office.oim, cadence={"every": 1, "unit": "month"}, acronym="GTMX")
    other = office.group(office.oim, office.hcr)
    visible = {"visibility": "public"}
    first = office.post("/meetings", group_id=group, date=LONG_AGO, start="09:00", end="11:00", **visible,
                        agenda=[{"title": "Bilan"}, {"title": "Carte des flux", "postponed": True}])  # fmt: skip
    assert (first["number"], first["warnings"], first["convocations"]) == (1, [], [])
    for act in ("convene", "hold"):
        office.post(f"/meetings/{first['id']}/{act}")
    office.post("/recommendations", meeting_id=first["id"], text="Partager les données", kind="recommendation")
    (late,) = office.get(f"/series?group_id={group}")["items"]
    assert late["last_session"]["id"] == first["id"]
    assert late["overdue_weeks"] in (6, 7)
    assert late["sentence"]["fr"] == f"en retard de {late['overdue_weeks']} semaines"

    following = office.post(f"/meetings/{first['id']}/next", date=DAY, place="Niamey")
    assert [item["title"].split()[0] for item in following["agenda"]] == ["Adoption", "Suivi", "Carte"]
    assert len(following["agenda"][1]["links"]) == 1
    assert office.get(following["agenda"][1]["links"][0].removeprefix("/api/v1"))["text"] == "Partager les données"
    assert (following["number"], following["follows_id"], following["start"]) == (2, first["id"], "09:00")
    again = office.session.post(f"{office.api}/meetings/{first['id']}/next", json={}, timeout=60)
    assert (again.status_code, again.json()["code"]) == (409, "next-exists")
    assert office.get(f"/series?group_id={group}")["items"][0]["next_session"]["id"] == following["id"]

    id = following["id"]
    assert office.refused(f"/meetings/{id}/convene", date=LONG_AGO, reply_by="2020-01-01") == [
        ("date", "day-passed"), ("reply_by", "day-passed")]  # fmt: skip
    rival = office.post("/meetings", group_id=other, date=DAY, start="10:30", end="12:00")
    (clash,) = rival["warnings"]
    assert (clash["meeting_id"], [one["acronym"] for one in clash["institutions"]]) == (id, ["OIM"])
    called = office.post(f"/meetings/{id}/convene", reply_by=DAY)
    assert [one["meeting_id"] for one in called["warnings"]] == [rival["id"]]
    assert [(one["number"], one["year"]) for one in called["convocations"]] == [(2, TODAY.year)]  # the first had 1
    office.post(f"/meetings/{id}/postpone")
    anew = office.post(f"/meetings/{id}/convene", date=LATER)
    assert [one["number"] for one in anew["convocations"]] == [2, 3]
    assert (anew["warnings"], anew["sequence"]) == ([], 2)

    feed = office.calendar(f"/groups/{group}/calendar.ics?alarm=60")
    assert feed.headers["Content-Type"] == "text/calendar; charset=utf-8"
    events = {one.uid: one for one in read(feed.content).events}
    assert set(events) == {first["id"], id}
    assert (str(events[id].dtstart)[:10], events[id].sequence, events[id].status) == (LATER, 2, "CONFIRMED")
    tag = {"If-None-Match": feed.headers["ETag"]}
    assert office.calendar(f"/groups/{group}/calendar.ics?alarm=60", headers=tag).status_code == 304
    office.post(f"/meetings/{id}/cancel")
    changed = office.calendar(f"/groups/{group}/calendar.ics?alarm=60", headers=tag)
    (gone,) = [one for one in read(changed.content).events if one.uid == id]
    assert (gone.status, gone.sequence, gone.alarm) == ("CANCELLED", 3, [])
    told = office.post(f"/meetings/{first['id']}/next", date=LATER)
    assert told["number"] == 2  # what was called off leaves its place in the series, not its letters


def test_what_is_for_members_is_in_a_calendar_by_the_secret_of_its_link_until_that_is_revoked(office: Office) -> None:
    group = office.group(office.ins)
    shown = office.post("/meetings", group_id=group, date=DAY)
    path = f"/groups/{group}/calendar.ics"
    assert read(office.calendar(path).content).events == []
    wanted = {"name": "téléphone", "roles": ["admin"], "expires_at": rfc3339(now() + timedelta(days=300))}
    made = office.post("/me/machine-tokens", **wanted, purpose="calendar")
    assert (made["read_only"], made["services"], made["purpose"]) == (True, ["meetings"], "calendar")
    link = {"token": made["token"]}
    assert [one.uid for one in read(office.calendar(path, params=link).content).events] == [shown["id"]]
    assert office.calendar("/calendar.ics", params=link).status_code == 200
    assert office.calendar("/me/calendar.ics", params=link).json()["code"] == "no-institution"
    assert office.calendar("/me/calendar.ics").status_code == 401
    # It opens nothing else, and a token for programs is taken in no link.
    assert office.calendar("/meetings", params=link).status_code == 422
    assert office.calendar("/meetings", headers={"Authorization": f"Bearer {made['token']}"}).status_code == 401
    program = office.post("/me/machine-tokens", **wanted)["token"]
    assert office.calendar(path, params={"token": program}).status_code == 401
    assert office.calendar(path, params={"token": f"{program[:-3]}xyz"}).status_code == 401
    answer = office.session.post(f"{office.api}/me/machine-tokens/{made['id']}/revoke", timeout=60)
    assert answer.status_code == 204
    eventually(lambda: office.calendar(path, params=link).status_code == 401)


def text_of(answer: requests.Response) -> str:
    """What a person reads in a PDF."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf"), answer.text[:500]
    pages = pdfium.PdfDocument(answer.content)
    return " ".join(" ".join(page.get_textpage().get_text_bounded().split()) for page in pages)


def test_the_letter_the_sheet_and_the_minutes_are_printed(office: Office) -> None:
    """As PDF, of what the records say at that moment: with what is to be read before, and who is expected."""
    group = office.group(office.ins, office.oim, acronym="GTMP")
    meeting = office.post("/meetings", group_id=group, date=DAY, start="09:00", agenda=[{"title": "Carte des flux"}])
    path, item = f"{office.api}/meetings/{meeting['id']}", meeting["agenda"][0]["id"]
    paper = {"title": "Note de cadrage", "kind": "report", "reference": "https://exemple.ne/note.pdf"}
    office.post("/documents", **paper, meeting_id=meeting["id"], item_id=item, read_by=TODAY.isoformat())
    assert "PROJET" in text_of(office.session.get(f"{path}/convocation.pdf", timeout=120)).upper()
    office.post(f"/meetings/{meeting['id']}/convene")
    letter = text_of(office.session.get(f"{path}/convocation.pdf", timeout=120))
    assert all(words in letter for words in (f"001/GTMP/{TODAY.year}", "Carte des flux", "Note de cadrage"))
    sheet = text_of(office.session.get(f"{path}/attendance.pdf", timeout=120))
    assert "INS" in sheet and "OIM" in sheet
    assert office.calendar(f"/meetings/{meeting['id']}/attendance.pdf").status_code == 401  # nobody is signed in
    draft = office.post(f"/meetings/{meeting['id']}/minutes")
    wanted = {"Accept": "application/pdf"}
    assert "Carte des flux" in text_of(
        office.session.get(f"{office.api}/minutes/{draft['id']}", headers=wanted, timeout=120)
    )


def test_letters_written_at_the_same_moment_have_different_numbers(office: Office) -> None:
    group = office.group(office.ins)
    ids = [office.post("/meetings", group_id=group, date=DAY, title=f"n{n}")["id"] for n in range(6)]
    letters: list[int] = []

    def convene(id: str) -> None:
        token = office.session.headers["Authorization"]
        answer = requests.post(f"{office.api}/meetings/{id}/convene", headers={"Authorization": token}, timeout=60)
        letters.append(answer.json()["convocations"][0]["number"])

    threads = [Thread(target=convene, args=(id,)) for id in ids]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(letters) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ({"number": 1}, [("number", "session-number-taken")]),
        ({"last_day": LONG_AGO}, [("last_day", "ends-before-start")]),
        ({"last_day": "2199-01-01"}, [("last_day", "too-many-days")]),
        ({"agenda": [{"title": "x", "links": ["javascript:alert(1)"]}]}, [("agenda.0.links.0", "not-a-record")]),
    ],
)
def test_bad_plans_are_refused_by_field(office: Office, said: dict[str, Any], faults: list[tuple[str, str]]) -> None:
    group = office.group(office.ins)
    office.post("/meetings", group_id=group, date=DAY)
    assert office.refused("/meetings", group_id=group, date=DAY, **said) == faults
