"""A document on its way to the final text that proves what became of each remark, through the gateway and from afar."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from chassis.kernel.clock import now, rfc3339
from chassis.kernel.errors import ConflictError
from services.meetings.contract import events
from tests.integration.federation.foreign import make_known, send, told
from tests.integration.gateway.children import start_gateway
from tests.integration.node import Node

PASSWORD = "a password for these tests"
HEADINGS = ["1. Contexte", "2. Volet genre", "3. Calendrier"]
AHEAD = "2099-12-31"


@pytest.fixture(scope="module")
def address(node: Node, eventually: Any) -> str:
    node.run("actors", "meetings")
    make_known(node, "agadez")
    eventually(lambda: node.database("meetings")["replica_group"].count_documents({}) >= 9)
    return f"{start_gateway(node, GTM_ADMIN_PASSWORD=PASSWORD)}/api/v1"


@pytest.fixture(scope="module")
def admin(address: str) -> Iterator[requests.Session]:
    with requests.Session() as session:
        answer = session.post(f"{address}/auth/token", json={"username": "admin", "password": PASSWORD})
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield session


def post(admin: requests.Session, where: str, body: dict[str, Any] | None = None, status: int = 201) -> dict[str, Any]:
    answer = admin.post(where, json=body or {}, headers={"Accept-Language": "fr"})
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def states(admin: requests.Session, where: str) -> dict[str, str]:
    return {row["text"]: row["state"] for row in admin.get(f"{where}/handled").json()["rows"]}


def test_the_final_text_proves_what_became_of_each_remark(
    admin: requests.Session, address: str, node: Node, eventually: Any
) -> None:
    body: dict[str, Any] = {
        "title": "Stratégie <2027>",
        "kind": "strategy",
        "reference": "au secrétariat",
        "sections": HEADINGS,
    }
    where = f"{address}/documents/{post(admin, f'{address}/documents', body)['id']}"
    out = post(admin, f"{where}/circulate", {"deadline": AHEAD}, 200)["versions"][0]
    assert (out["deadline"], out["circulated_at"] is not None) == (f"{AHEAD}T22:59:59.000Z", True)
    nowhere = post(admin, f"{where}/remarks", {"text": "…", "section": "4. Budget"}, 422)
    assert [one["code"] for one in nowhere["errors"]] == ["section-not-found"]
    first = post(admin, f"{where}/remarks", {"text": "Chiffres à dater", "section": "1. contexte"})
    second = post(admin, f"{where}/remarks", {"text": "Citer la société civile", "section": HEADINGS[1]})
    assert (first["section"], post(admin, f"{where}/finalise", {}, 409)["code"]) == (HEADINGS[0], "document-state")
    listed = admin.get(f"{address}/remarks", params={"target_id": where[-36:], "section": HEADINGS[1]}).json()["items"]
    assert [(one["id"], one["late"]) for one in listed] == [(second["id"], False)]

    group = admin.get(f"{address}/groups", params={"acronym": "GTM"}).json()["items"][0]
    asked = post(admin, f"{where}/rounds", {"group_ids": [group["id"]], "deadline": "2099-01-01"})
    assert admin.get(where).json()["versions"][0]["deadline"] == f"{AHEAD}T22:59:59.000Z", "the later day stands"
    said: dict[str, Any] = {
        "group_id": group["id"],
        "verdict": "favourable_with_remarks",
        "remarks": "Revoir le calendrier",
    }
    opinion = post(admin, f"{address}/rounds/{asked['id']}/opinions", said)
    post(admin, f"{address}/rounds/{asked['id']}/close", {"outcome": "validated_subject_to"}, 200)
    assert post(admin, f"{where}/finalise", {}, 409)["code"] == "text-not-integrated"
    final: dict[str, Any] = {"reference": "au secrétariat, v2", "sections": HEADINGS}
    post(admin, f"{where}/integrate", final, 200)
    added = admin.post(f"{where}/files", files={"file": ("final.txt", b"le texte final", "text/plain")})
    assert added.status_code == 201, added.text
    refused = post(admin, f"{where}/finalise", {}, 409)
    assert (refused["code"], "3 observation" in refused["detail"]) == ("remarks-not-handled", True)

    answers = f"{address}/remarks/{first['id']}/answers"
    wrong = post(admin, answers, {"verdict": "set_aside", "answer": "Non", "place": "page 1"}, 422)
    assert [one["code"] for one in wrong["errors"]] == ["only-for-taken-in"]
    wrong = post(admin, answers, {"verdict": "taken_in", "in_version": 3}, 422)
    assert [one["code"] for one in wrong["errors"]] == ["text-not-found"]
    taken = post(admin, answers, {"verdict": "taken_in"})
    post(admin, f"{address}/remarks/{second['id']}/answers", {"verdict": "set_aside", "answer": "Déjà au point 2.3"})
    post(admin, f"{address}/opinions/{opinion['id']}/answers", {"verdict": "taken_in", "place": "chapitre 3"})
    assert states(admin, where) == {
        "Chiffres à dater": "to_integrate",
        "Citer la société civile": "set_aside",
        "Revoir le calendrier": "integrated",
    }
    assert first["id"] in post(admin, f"{where}/finalise", {}, 409)["detail"]
    verdict = f"{address}/remark-answers/{taken['id']}"
    told_where = admin.patch(verdict, json={"place": "page 4", "in_version": 2}, headers={"If-Match": '"1"'})
    assert told_where.status_code == 200, told_where.text
    sealed = post(admin, f"{where}/finalise", {}, 200)
    assert (sealed["state"], len(sealed["versions"][1]["handled"])) == ("validated", 3)

    for path, body, code in (
        ("finalise", {}, "document-final"),
        ("integrate", final, "document-state"),
        ("revise", final, "document-state"),
        ("remarks", {"text": "Encore"}, "not-open-to-remarks"),
    ):
        assert post(admin, f"{where}/{path}", body, 409)["code"] == code
    changed = admin.patch(verdict, json={"verdict": "set_aside", "answer": "…"}, headers={"If-Match": '"2"'})
    assert (changed.status_code, changed.json()["code"]) == (409, "document-final")

    table = admin.get(f"{where}/handled")
    assert table.json()["sentence"]["fr"] == "3 observations : 2 intégrées, 1 écartée"
    assert [row["answer"]["place"] for row in table.json()["rows"]] == ["page 4", None, "chapitre 3"]
    again = admin.get(f"{where}/handled", headers={"If-None-Match": table.headers["ETag"]})
    assert again.status_code == 304
    page = admin.get(f"{where}/handled", headers={"Accept": "text/html", "Accept-Language": "en"})
    assert "Stratégie &lt;2027&gt;" in page.text
    assert "Final version 2, of" in page.text
    text = admin.get(f"{where}/handled", headers={"Accept": "text/plain"}).text
    assert "Suite : Écartée – Déjà au point 2.3" in text
    assert requests.get(f"{where}/handled", timeout=60).status_code == 404  # the document is for those who sign in

    late = told(
        events.REMARK_FILED, "agadez", target_kind="document", target_id=where[-36:], target_version=1, section=None,
        institution_id=None, text="Parvenue après", proposal=None, filed_at=rfc3339(now()),
    )  # fmt: skip
    send(node, late)
    eventually(lambda: "Parvenue après" in states(admin, where))
    shown = admin.get(f"{where}/handled").json()
    assert {row["text"]: row["after_final"] for row in shown["rows"]}["Parvenue après"] is True
    assert (shown["final"], shown["open"], shown["hidden"]) == (True, 1, 0)
    with pytest.raises(ConflictError, match="remark-answered"):
        node.call("meetings", "answer_opinion", {"id": opinion["id"], "verdict": "taken_in"})
