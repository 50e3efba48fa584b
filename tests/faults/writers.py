"""Writers that ask until they are answered; each request has a key of its own, so a repetition is no second act."""

import contextlib
import random
import threading
import time
from typing import Any

from amqp.exceptions import AMQPError
from kombu.exceptions import KombuError

from chassis.kernel.errors import PlatformError, UnavailableError
from chassis.kernel.ids import new_id
from tests.integration.rpc import RemoteFailure, RpcCaller

PATIENCE = 24  # answers' waits for one request in all


class Writer(threading.Thread):
    """Creates institutions and changes them, as its seed decides; remembers what was acknowledged."""

    within = 5.0  # seconds for an answer, then the same is asked again

    def __init__(self, amqp_uri: str, token: str, seed: int, number: int, over: threading.Event, tag: str = "") -> None:
        """`tag` keeps its names apart from those of writers before it."""
        super().__init__(name=f"writer-{number}")
        self.amqp_uri, self.token, self.over = amqp_uri, token, over
        self.tag = f"{tag}{number}"
        self.random = random.Random(f"{seed} writer {number}")
        self.acknowledged: dict[str, int] = {}
        self.answers = self.retries = 0
        self.failures: list[str] = []
        self._caller: RpcCaller | None = None

    def run(self) -> None:
        """Until the storm is over; the request under way ends first."""
        number = 0
        try:
            while not self.over.is_set():
                number += 1
                self.work(f"{self.tag}-{number}")
        except Exception as error:  # noqa: BLE001 (a thread tells by what it leaves)
            self.failures.append(f"{self.name}: {type(error).__name__}: {error}")
        finally:
            self._hang_up()

    def work(self, name: str) -> None:
        """One institution and its changes, a request each."""
        failing = self.random.random() < 0.02
        made = self._ask("create_institution", {"name": f"{'Échoue' if failing else 'Institution'} {name}"}, name)
        for version in range(1, self.random.randint(2, 8)):
            if self.over.is_set():
                return
            change = {"id": made["id"], "version": version, "changes": {"note": f"note {version}"}}
            self._ask("change_institution", change, f"{name}-{version}")

    def _ask(self, method: str, payload: dict[str, Any], key: str) -> dict[str, Any]:
        patience = PATIENCE * self.within
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            try:
                record = dict(self._call(method, payload, key))
            except (TimeoutError, OSError, AMQPError, KombuError, RemoteFailure, UnavailableError):
                self.retries += 1
                self._hang_up()
                time.sleep(0.2)
                continue
            except PlatformError as error:
                raise AssertionError(f"{method} {key} was carried out otherwise before: {error}") from error
            self.answers += 1
            for id, version in record.get("written") or [(record["id"], record["version"])]:
                self.acknowledged[id] = max(version, self.acknowledged.get(id, 0))
            return record
        raise AssertionError(f"{method} {key} had no answer in {patience:g} s")

    def _call(self, method: str, payload: dict[str, Any], key: str) -> Any:
        if self._caller is None:
            self._caller = RpcCaller(self.amqp_uri)
        headers = {
            "nameko.correlation_id": new_id(),
            "nameko.principal": self.token,
            "nameko.idempotency_key": key,
            "nameko.deadline": time.time() + self.within,
        }
        return self._caller.call(f"actors.{method}", payload, headers, self.within)

    def _hang_up(self) -> None:
        caller, self._caller = self._caller, None
        if caller is not None:
            with contextlib.suppress(Exception):
                caller.connection.collect(socket_timeout=1)


class ManyWriter(Writer):
    """Writes many institutions in one request (tests/faults/scribe); waits while the readers are far behind."""

    many = 10
    held: threading.Event | None = None

    @property
    def within(self) -> float:  # type: ignore[override]
        """Less, and on a busy machine each would be given up before its commit, and asked again, for ever."""
        return 12.0 + 0.3 * self.many

    def work(self, name: str) -> None:
        """Some institutions, all changed together."""
        kinds = ["Échoue" if self.random.random() < 0.002 else "Institution" for _ in range(self.many)]
        new = [{"name": f"{kind} {name}.{number}"} for number, kind in enumerate(kinds)]
        made = self._ask("write_institutions", {"new": new}, name)["written"]
        for version in range(1, self.random.randint(3, 10)):
            while self.held is not None and self.held.is_set() and not self.over.wait(0.2):
                pass
            if self.over.is_set():
                return
            note = {"note": f"note {version}"}
            changes = [{"id": id, "version": version, "changes": note} for id, _ in made]
            self._ask("write_institutions", {"changes": changes}, f"{name}-{version}")
