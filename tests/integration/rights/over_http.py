"""People as they come to the gateway, with accounts and tokens of their own, and what they ask there."""

import re
import threading
import time
from dataclasses import dataclass
from typing import Any

import requests

from chassis.kernel.clock import now, rfc3339
from chassis.kernel.ids import new_id
from tests.integration.node import Node
from tests.integration.rights import oracle
from tests.integration.rights.asking import ABOUT, HIDDEN, IN, LISTS, REFUSED, STALE, payload
from tests.integration.rights.cast import COLLECTIONS, FILE, PROOF, Cast, Made
from tests.integration.rights.oracle import SERVICES, Person

API = "/api/v1"
PASSWORD = "le sable garde les traces"
# Operations that are not named as the call that they make.
CALLS = {
    "import_minutes_of_meeting": "import_minutes",
    "get_file": "read_file",
    "get_report_file": "read_file_of_report",
    "get_group_calendar": "get_calendar",
    "show_links": "status",
    "show_lag": "lag",
    "show_log": "log_status",
    "replay_all_parked": "replay_parked",
    "export_events": "begin_export",
    "import_events": "open_import",
}
# Of an account, so for a person's session and for no machine.
PERSONAL = re.compile(r"account|session|machine_token|change_password")
TEXTS = {"import_minutes", "import_minutes_of_meeting", "import_events"}
_own = threading.local()


@dataclass(frozen=True)
class Operation:
    """One address with one method, as the description has it."""

    name: str
    method: str
    path: str

    @property
    def service(self) -> str | None:
        """Who decides: a service, or the gateway; None: nobody knows."""
        if self.name in oracle.TABLE["gateway"]:
            return "gateway"
        if self.name.endswith("_history"):
            return COLLECTIONS[self.name[5:-8]][0]
        return next((one for one in SERVICES if self.call in oracle.calls(one)), None)

    @property
    def call(self) -> str:
        """The call of the service."""
        return "list_history" if self.name.endswith("_history") else CALLS.get(self.name, self.name)

    @property
    def noun(self) -> str | None:
        """Of what records one is asked about, if of one."""
        if self.name.endswith("_history"):
            return self.name[5:-8]
        return ABOUT[self.call].noun if self.call in ABOUT else None


def operations(address: str) -> list[Operation]:
    """All that the running gateway describes."""
    described = requests.get(f"{address}{API}/openapi.json", timeout=30).json()
    return [
        Operation(operation["operationId"], method.upper(), path)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        if method in ("get", "post", "patch", "delete", "put")
    ]


class Door:
    """The gateway, as these people come to it."""

    def __init__(self, address: str, node: Node, cast: Cast, password: str) -> None:
        self.address, self.node, self.cast = address, node, cast
        self._admin = self._sign_in("admin", password)
        self.people = cast.people()
        self._tokens = {one.name: self._account(one) for one in self.people if one.roles}
        machine = Person("machine", ("secretariat",), read_only=True)
        self._tokens["machine"] = self._machine(self._tokens["secretariat"])
        reader = Person(cast.reader, ("secretariat",))
        self._tokens[reader.name] = node.token("secretariat", account=reader.name)
        self.people += [machine, reader]

    def ask(self, person: Person, method: str, path: str, **said: Any) -> requests.Response:
        """An answer; who is told to come later does."""
        token = self._tokens.get(person.name)
        return self._send(method, path, token, **said)

    def send(self, person: Person, case: Any) -> requests.Response:
        """What schemathesis made of the description, sent by a person."""
        token = self._tokens.get(person.name)
        answer: requests.Response = case.call(headers={"Authorization": f"Bearer {token}"} if token else {}, timeout=60)
        return answer

    def operate(self, person: Person, operation: Operation, made: Made | None = None) -> requests.Response:
        """Ask for an operation about a record, or about nothing that exists."""
        ids: dict[str, str] = {
            "id": made.id if made else new_id(),
            "service": "actors",
            "noun": "institution",
            "name": "regions",
        }
        file = PROOF if "report_file" in operation.name else FILE
        ids |= {"sha256": str(file["sha256"]), "type": "gtm.actors.group.created.v1", "code": "not-found"}
        ids["section_id"] = self.cast.sections.get(ids["id"], new_id())
        path = re.sub(r"\{(\w+)\}", lambda found: ids.get(found[1], new_id()), operation.path)
        return self.ask(person, operation.method, path, **self._said(person, operation, made))

    def _said(self, person: Person, operation: Operation, made: Made | None) -> dict[str, Any]:
        headers: dict[str, str] = {"If-Match": f'"{STALE}"'}
        if operation.method in ("GET", "DELETE") and operation.call not in ABOUT:
            return {"headers": headers}
        if made is None or operation.call not in ABOUT:
            text = operation.name in TEXTS
            form: dict[str, Any] = {"data": "x", "headers": {"Content-Type": "text/plain"}}
            return form if text else {"json": {"nonsense": 1}, "headers": headers}
        said = payload(operation.call, person, made, self.cast)
        if "version" in said:
            headers = {"If-Match": f'"{said["version"]}"'}
        if operation.name in ("add_file", "add_report_file"):
            return {"files": {"file": ("plan.txt", b"autre chose", "text/plain")}, "headers": headers}
        if operation.method in ("GET", "DELETE"):
            return {"headers": headers}
        body = said.get("changes") or {
            name: one for name, one in said.items() if name not in ("id", "version", "sha256")
        }
        return {"json": body, "headers": headers}

    def _send(self, method: str, path: str, token: str | None, **said: Any) -> requests.Response:
        if not hasattr(_own, "session"):
            _own.session = requests.Session()
        headers = {**said.pop("headers", {}), **({"Authorization": f"Bearer {token}"} if token else {})}
        _own.session.cookies.clear()
        for _ in range(200):
            answer: requests.Response = _own.session.request(
                method, f"{self.address}{path}", headers=headers, timeout=60, **said
            )
            if answer.status_code != 429:
                break
            time.sleep(float(answer.headers.get("Retry-After", "0.2")))
        return answer

    def _account(self, person: Person) -> str:
        """Invite somebody with these roles, let them choose a password, and sign in."""
        invited: dict[str, Any] = {"username": f"{person.name}.{new_id()[-8:]}", "roles": list(person.roles)}
        made = self._send("POST", f"{API}/accounts", self._admin, json=invited).json()
        chosen = {"link": made["link"], "password": PASSWORD}
        assert self._send("POST", f"{API}/auth/accept", None, json=chosen).status_code == 200
        if person.institution:
            linked = f"{API}/accounts/{made['account']['id']}/link"
            said = {"institution_id": person.institution}
            assert self._send("POST", linked, self._admin, json=said).status_code == 200
        return self._sign_in(invited["username"], PASSWORD)

    def _sign_in(self, username: Any, password: str) -> str:
        said = {"username": username, "password": password}
        answer = self._send("POST", f"{API}/auth/token", None, json=said)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def _machine(self, token: str) -> str:
        """A token that only reads, of the secretariat's account."""
        until = rfc3339(now().replace(year=now().year + 1, day=1))
        said = {"name": "lecture", "roles": ["secretariat"], "read_only": True, "expires_at": until}
        answer = self._send("POST", f"{API}/me/machine-tokens", token, json=said)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])


def outcome(answer: requests.Response, exists: bool = True) -> str:
    """How it ended, in a word; `exists`: whether it was asked about something that is there for somebody."""
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.text[:200]}"
    if answer.status_code in (401, 403):
        return REFUSED
    return HIDDEN if exists and answer.status_code == 404 else IN


def lists(operation: Operation) -> str | None:
    """The noun of whose records it is a list."""
    noun = LISTS.get(operation.name)
    return noun if operation.method == "GET" and noun != "notification" else None
