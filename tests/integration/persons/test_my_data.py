"""A person sees all that a node holds on them and who read it, asks to be erased, and is, by whoever answers."""

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

from chassis.kernel.clock import now
from chassis.kernel.ids import new_id
from chassis.process.erasures import ErasureList
from tests.integration.eventually import eventually
from tests.integration.node import ROOT, Node
from tests.integration.persons.conftest import PASSWORD, Client, focal_point, member, sign_in

NAME, EMAIL = "Oumarou Xqzwv", "oumarou.xqzwv@exemple.ne"


def gtm(node: Node, address: str, *words: str) -> tuple[int, str]:
    """`./gtm …` as who runs the node."""
    port = address.rpartition(":")[2]
    own = node.environment(GTM_HTTP_PORT=port, GTM_ADMIN_PASSWORD=PASSWORD, GTM_PUBLIC_URL=address)
    done = subprocess.run(
        [sys.executable, "-m", "launcher", *words], cwd=ROOT, env=own, capture_output=True, text=True, timeout=60,
        stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def held(node: Node) -> list[str]:
    """Where the person stands in any database of the node."""
    return [
        f"{service}.{name} {document!r}"
        for service in ("actors", "notifications", "gateway")
        for name in node.database(service).list_collection_names()
        for document in node.database(service)[name].find({})
        if "xqzwv" in repr(document).lower()
    ]


def test_from_my_data_to_nothing(node: Node, address: str, admin: Client) -> None:
    person = focal_point(admin, NAME, EMAIL, phone="+227 90 00 00 01")
    id, me = member(admin, EMAIL, person["id"])
    eventually(lambda: node.database("notifications")["replica_focal_point"].find_one({"_id": person["id"]}))
    data = me.done("GET", "/me/data")
    assert (data["node"], data["complete"], data["unavailable"]) == ("central", True, [])
    assert data["account"]["account"]["username"] == EMAIL
    assert {"link", "invite"} < {one["act"] for one in data["account"]["journal"]}
    services = {one["service"]: one for one in data["services"]}
    assert services["actors"]["records"][0]["phone"] == "+227 90 00 00 01"
    assert [one["type"].split(".")[3] for one in services["actors"]["versions"]] == ["created"]
    assert services["notifications"]["copies"][0]["email"] == EMAIL
    assert "password_hash" not in str(data)
    _read_by(me, admin, person["id"], id)
    asked = me.done("POST", "/me/erasure-request")
    assert me.done("POST", "/me/erasure-request") == asked
    wanted = [one for one in admin.done("GET", "/accounts/erasure-requests")["items"] if one["account_id"] == id]
    assert (wanted[0]["focal_point_id"], wanted[0]["done_at"]) == (person["id"], None)
    assert me.ask("GET", f"/accounts/{id}/data").status_code == 403
    assert me.ask("GET", f"/focal-points/{person['id']}/data").status_code == 403
    assert me.ask("POST", f"/accounts/{id}/erase", {"reason": "asked"}).status_code == 403
    assert json.loads(gtm(node, address, "person", "export", id)[1])["account"]["account"]["id"] == id
    code, said = gtm(node, address, "person", "erase", id)
    assert code == 130 and person["id"] in said, said  # nobody was there to say yes
    assert held(node)
    code, said = gtm(node, address, "person", "erase", id, "--yes")
    assert code == 0, said
    eventually(lambda: not held(node))
    eventually(lambda: me.ask("GET", "/me").status_code == 401)  # each worker looks once a second
    gone = admin.done("GET", f"/accounts/{id}")
    assert (gone["username"], gone["roles"], gone["status"]) == (f"erased-{id}", [], "disabled")
    for act in ("enable", "disable", "reset-password"):
        assert admin.ask("POST", f"/accounts/{id}/{act}").status_code == 409
    (done,) = [one for one in admin.done("GET", "/accounts/erasure-requests")["items"] if one["account_id"] == id]
    assert done["done_at"] is not None
    assert gtm(node, address, "person", "erase", new_id(), "--yes")[0] == 1


def _read_by(me: Client, admin: Client, focal_point_id: str, account_id: str) -> None:
    """Each reading of the one and of the other is there, in order of time, a page at a time."""
    admin.done("GET", f"/focal-points/{focal_point_id}")
    admin.done("GET", f"/accounts/{account_id}")
    items: list[dict[str, Any]] = []
    path: str | None = "/me/accesses?page_size=2"
    while path:
        page = me.done("GET", path)
        items, after = [*items, *page["items"]], page["next_cursor"]
        path = f"/me/accesses?page_size=2&cursor={after}" if after else None
    assert [one["call"] for one in items[:2]] == ["get_account", "get_focal_point"]
    assert [one["id"] for one in items] == sorted({one["id"] for one in items}, reverse=True)
    assert "export_person" in {one["call"] for one in items}
    whole = admin.done("GET", f"/focal-points/accesses?focal_point_id={focal_point_id}")["items"]
    assert whole[0]["call"] == "get_focal_point"


def test_a_restored_account_is_erased_again(node: Node, address: str, admin: Client) -> None:
    id, _ = member(admin, f"x-{new_id()}")
    database = node.database("gateway")
    before = database["accounts"].find_one({"_id": id})
    admin.done("POST", f"/accounts/{id}/erase", {"reason": "mistake"})
    assert before is not None
    database["accounts"].replace_one({"_id": id}, before)
    home = node.home / "gateway"
    assert [one["reason"] for one in ErasureList(home, "gateway.account").read() if one["record"] == id] == ["mistake"]
    own = node.environment(GTM_HOME=str(home), GTM_ADMIN_PASSWORD=PASSWORD)
    command = [sys.executable, "-m", "gateway.accounts", "ensure-admin"]
    assert subprocess.run(command, cwd=ROOT, env=own, capture_output=True, check=False).returncode == 0
    assert admin.done("GET", f"/accounts/{id}")["erased_at"] is not None


def test_the_last_administrator_stays(admin: Client) -> None:
    own = admin.done("GET", "/me")["id"]
    answer = admin.ask("POST", f"/accounts/{own}/erase", {"reason": "asked"})
    assert (answer.status_code, answer.json()["code"]) == (409, "last-admin")


def test_closed_accounts_are_erased_when_their_time_is_over(node: Node, address: str, admin: Client) -> None:
    (node.home / "gateway" / "retention.toml").write_text("[personal]\naccounts = 10\n", encoding="utf-8")
    ids = [member(admin, f"y-{new_id()}")[0] for _ in range(3)]
    database = node.database("gateway")
    for id, days in zip(ids, (11, 9, 11), strict=True):
        if id != ids[2]:
            admin.done("POST", f"/accounts/{id}/disable")
        database["accounts"].update_one({"_id": id}, {"$set": {"updated_at": now() - timedelta(days=days)}})
    database["guards"].delete_one({"_id": "personal"})
    own = {"GTM_HOME": str(node.home / "gateway")}
    code = (
        "from chassis.process.settings import Settings; from gateway.store import GatewayStore; "
        "from gateway.accounts.erasing import Erasing; Erasing(GatewayStore(Settings.from_environment())).once_a_day()"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=node.environment(**own), check=True)
    states = [admin.done("GET", f"/accounts/{id}")["erased_at"] for id in ids]
    assert (states[0] is None, states[1], states[2]) == (False, None, None)
    sign_in(address, "admin")
