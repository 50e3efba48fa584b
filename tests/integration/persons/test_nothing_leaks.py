"""Whatever is done with a person's data, right, wrong or failing: no log, metric, header or refusal repeats it."""

from typing import Any

import orjson
import pytest
import requests
from kombu import Connection

from chassis.contract.envelope import CONTENT_TYPE
from chassis.kernel.ids import new_id
from tests.integration.eventually import eventually
from tests.integration.node import Node
from tests.integration.persons.conftest import SERVICES, Client, focal_point, member

MARK = "Qvxzkj"
NAME, EMAIL, PHONE = f"Salamatou {MARK}", f"{MARK.lower()}@exemple.ne", f"+227 {MARK}"
QUEUE = "notifications.on_focal_point"


def told(texts: list[str]) -> list[str]:
    """Around each place where the person is named."""
    places = [(one, one.lower().find(MARK.lower())) for one in texts]
    return [one[max(0, at - 200) : at + 100] for one, at in places if at >= 0]


@pytest.fixture(scope="module")
def refusals(node: Node, admin: Client) -> list[str]:
    """All that was refused, after everything was tried."""
    person = focal_point(admin, NAME, EMAIL, phone=PHONE, function=NAME)
    _, me = member(admin, EMAIL, person["id"])
    me.done("GET", "/me/data")
    stranger = Client(admin.address)
    _tried_wrongly(admin, person)
    stranger.ask("POST", "/auth/token", {"username": EMAIL, "password": NAME})
    stranger.ask("POST", "/auth/token", {"username": NAME * 50, "password": PHONE})
    stranger.ask("GET", f"/focal-points?q={MARK}")
    admin.ask("POST", "/accounts", {"username": EMAIL, "roles": ["member"]})
    admin.ask("POST", "/accounts", {"username": f"{NAME} !", "roles": ["member"]})
    admin.ask("PATCH", f"/focal-points/{person['id']}", {"name": NAME}, If_Match='"77"')
    _failing(node, person)
    admin.done("GET", "/admin/parked")
    admin.done("POST", f"/focal-points/{person['id']}/erase", {"reason": "asked"})
    admin.ask("PATCH", f"/focal-points/{person['id']}", {"name": NAME}, If_Match='"2"')
    return [*admin.refused, *stranger.refused, *me.refused]


def _tried_wrongly(admin: Client, person: dict[str, Any]) -> None:
    """Every field in every wrong form; each refusal names the field, never what stood in it."""
    fine = {"institution_id": person["institution_id"], "name": NAME, "email": EMAIL}
    for wrong in (
        {}, {"email": NAME}, {"email": [EMAIL]}, {"name": {"of": NAME}}, {"name": NAME * 90}, {"name": f"{NAME}\x07"},
        {"phone": PHONE * 9}, {"phone": [PHONE]}, {"function": {"$gt": NAME}}, {"language": NAME}, {"status": EMAIL},
        {"consent": NAME}, {"institution_id": EMAIL}, {"visibility": NAME}, {"created_by": NAME}, {"nickname": NAME},
    ):  # fmt: skip
        answer = admin.ask("POST", "/focal-points", {**fine, **wrong})
        assert answer.status_code in (409, 422), (wrong, answer.text)
        if wrong:
            admin.ask("PATCH", f"/focal-points/{person['id']}", wrong, If_Match='"1"')
    for body in (f'{{"name": "{NAME}", "email": {EMAIL}', f'{{"name": "{NAME}", "name": "{EMAIL}"}}', NAME):
        headers = {"Content-Type": "application/json"}
        url = f"{admin.address}/api/v1/focal-points"
        answer = admin.session.post(url, data=body.encode(), headers=headers, timeout=30)
        admin.refused.append(answer.text)
    for query in (f"status={MARK}", f"institution_id={EMAIL}", f"cursor={MARK}", f"page_size={MARK}"):
        assert not admin.ask("GET", f"/focal-points?{query}").ok


def _failing(node: Node, person: dict[str, Any]) -> None:
    """Messages that no consumer can handle: of another version, misfitting, cut short."""
    (event,) = node.events("actors", subject=person["id"])[:1]
    wrong = {"email": f"{MARK} no address", "created_at": MARK, "status": MARK, "name": {"of": NAME}}
    bodies = [
        orjson.dumps({**event, "id": new_id(), "type": event["type"].replace(".v1", ".v9")}),
        orjson.dumps(event)[:-30],
        *(orjson.dumps({**event, "id": new_id(), "data": {**event["data"], name: one}}) for name, one in wrong.items()),
        orjson.dumps({**event, "id": new_id(), "time": NAME}),
    ]
    before = node.database("notifications")["parked"].count_documents({})
    with Connection(node.amqp_uri, transport_options={"confirm_publish": True}) as connection:
        for body in bodies:
            connection.Producer(auto_declare=False).publish(
                body, exchange="", routing_key=QUEUE, content_type=CONTENT_TYPE, content_encoding="utf-8",
                headers={"x-origin-routing-key": "central.internal.actors.focal_point.created"}, delivery_mode=2,
            )  # fmt: skip
    eventually(lambda: node.database("notifications")["parked"].count_documents({}) == before + len(bodies))


def test_refusals_repeat_nothing(refusals: list[str]) -> None:
    assert len(refusals) > 40
    assert told(refusals) == []


def test_logs_repeat_nothing(node: Node, refusals: list[str]) -> None:
    logs = [node.log(name) for name in (*SERVICES.split(), "gateway")]
    assert all('"process"' in one for one in logs)
    assert told(logs) == []


def test_metrics_repeat_nothing(node: Node, address: str, refusals: list[str]) -> None:
    pages = [requests.get(f"http://127.0.0.1:{node.ports[name]}/metrics", timeout=10).text for name in SERVICES.split()]
    pages.append(requests.get(f"{address}/metrics", timeout=10).text)
    assert all("gtm_" in one for one in pages)
    assert told(pages) == []


def test_what_tells_why_a_message_failed_repeats_nothing(node: Node, refusals: list[str]) -> None:
    """Reason, traceback and headers, which go through the broker and to operators: not the body."""
    found = [
        str({name: one for name, one in document.items() if name not in ("body", "table")})
        for name in ("parked", "dropped", "replayed")
        for document in node.database("notifications")[name].find({})
    ]
    assert len(found) >= 6
    assert told(found) == []
