"""The service's unit of work in memory: the rules of the real one (versions, unique indexes, one event a change)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import Schema

from chassis.contract.envelope import EventType, Place, build
from chassis.contract.schema import load
from chassis.kernel.errors import ConflictError, NotFoundError, StaleError
from chassis.kernel.ids import new_id
from chassis.kernel.principal import Caller, Principal
from chassis.kernel.record import Record
from chassis.storage.repository import Repository, structure, unstructure
from services.indicators.repository.framework import Frameworks
from services.indicators.repository.indicator import Indicators
from services.indicators.repository.observation import Observations
from services.indicators.repository.verification import Verifications

PLACE = Place("central", "http://127.0.0.1:8080")


class FakeRecords:
    """A collection in a dict, with the noun, the documents and the unique indexes of the real repository."""

    def __init__(self, kind: type[Repository[Any]]) -> None:
        self.real = kind.__new__(kind)  # without a database: only what needs none is used
        self.rows: dict[str, Any] = {}

    def find(self, id: str) -> Any:
        return self.rows.get(id)

    def own(self, id: str, version: int | None = None) -> Any:
        return self.get(id, version)

    def get(self, id: str, version: int | None = None) -> Any:
        record = self.rows.get(id)
        if record is None:
            raise NotFoundError(f"{self.real.noun}-not-found", None, {"id": id})
        if version is not None and record.version != version:
            raise StaleError("stale-version", None, {"given": version, "current": record.version})
        return record

    def put(self, record: Record) -> None:
        for index in (index for index in self.real.indexes if index.unique):
            mine = self._at(record, index.keys)
            if any(self._at(other, index.keys) == mine for other in self.rows.values() if other.id != record.id):
                raise ConflictError(index.conflict, index.field)
        self.rows[record.id] = record

    def _at(self, record: Record, keys: tuple[tuple[str, int], ...]) -> list[Any]:
        document: Any = self.real.to_document(record)
        values = []
        for path, _ in keys:
            value = document
            for step in path.split("."):
                value = value[step]
            values.append(value)
        return values

    def find_coded(self, code: str) -> Any:
        return next((row for row in self.rows.values() if getattr(row, "code", "").casefold() == code.casefold()), None)

    def nodes_in_use(self, framework_id: str) -> set[str]:
        return {row.node_code for row in self.rows.values() if row.framework_id == framework_id and row.node_code}

    def any_of(self, indicator_id: str) -> bool:
        return any(row.indicator_id == indicator_id for row in self.rows.values())

    def current(self, ids: Sequence[str]) -> dict[str, tuple[int, int]]:
        return {id: (1, self.rows[id].version) for id in ids}

    def of(self, ids: Sequence[str]) -> list[Any]:
        return [row for row in self.rows.values() if row.observation_id in ids]


class FakeReplica:
    """The institutions that are known; nothing is on its way, so nothing is waited for."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}

    def find(self, id: str, within: float = 2.0) -> dict[str, Any] | None:
        return self.rows.get(id)


@dataclass
class World:
    """What is stored, and the events that were told of it."""

    frameworks: FakeRecords = field(default_factory=lambda: FakeRecords(Frameworks))
    indicators: FakeRecords = field(default_factory=lambda: FakeRecords(Indicators))
    observations: FakeRecords = field(default_factory=lambda: FakeRecords(Observations))
    verifications: FakeRecords = field(default_factory=lambda: FakeRecords(Verifications))
    known_institutions: FakeReplica = field(default_factory=FakeReplica)
    events: list[dict[str, Any]] = field(default_factory=list)
    now: datetime = datetime(2026, 1, 31, 8, tzinfo=UTC)
    node: str = "central"

    def perform(self, handler: Callable[..., Any], takes: Schema, payload: dict[str, Any], *roles: str) -> Any:
        """A call as an entrypoint makes it: payload checked, handler run for an account with these roles."""
        arguments = load(takes, payload)
        self.now += timedelta(minutes=1)
        return handler(FakeWork(self, roles or ("statistician",)), **arguments)

    def told(self) -> list[str]:
        """Noun and participle of each event, oldest first."""
        return [".".join(event["type"].split(".")[2:4]) for event in self.events]


class FakeWork:
    """One unit of work on the world; every `save` is stored at once, because no test here looks in between."""

    def __init__(self, world: World, roles: tuple[str, ...]) -> None:
        self.world, self.now, self.node = world, world.now, world.node
        self.caller = Caller(
            principal=Principal(account_id="-".join(roles), roles=frozenset(roles)), correlation_id=new_id()
        )
        self.before: dict[str, Record | None] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.world, name)

    def new(self, kind: type[Any], visibility: str, /, **fields: Any) -> Any:
        who, id = self.caller.principal.account_id, new_id()
        self.before[id] = None
        born = {"created_at": self.now, "created_by": who, "updated_at": self.now, "updated_by": who}
        return structure(
            {**fields, "id": id, "origin": self.node, "version": 1, "visibility": visibility, **born}, kind
        )

    def revise(self, record: Any, /, **changes: Any) -> Any:
        if record.origin != self.node:
            raise ConflictError("not-the-origin", None, {"origin": record.origin})
        changed = structure({**unstructure(record), **changes}, type(record))
        if changed == record:
            return record
        before = self.before.setdefault(record.id, record)
        version = 1 if before is None else before.version + 1
        return replace(changed, version=version, updated_at=self.now, updated_by=self.caller.principal.account_id)

    def save(self, record: Any, event: EventType) -> None:
        if record.id not in self.before:
            return
        collection: FakeRecords = getattr(self.world, f"{event.words[1]}s")
        collection.put(record)
        self.world.events.append(build(event, record, self.before[record.id], self.caller, self.now, PLACE))
