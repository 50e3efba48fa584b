"""Writes the golden samples that are missing: `python -m tests.contract.make_samples`. Never touches one that exists.

Each is what `chassis.contract.envelope.build` really makes of an example record (tests/contract/examples), with its id
and times set to fixed ones.
"""

import hashlib
import importlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from chassis.contract.envelope import EventType, Place, build
from chassis.contract.withdrawal import PARTICIPLE, withdrawal
from chassis.kernel.principal import Caller, Principal
from chassis.kernel.record import Record
from chassis.process.settings import SERVICES
from chassis.storage.repository import structure, unstructure
from tests.contract.examples.life import ACCOUNT, Life

ROOT = Path(__file__).resolve().parents[2]
PLACE = Place("central", "http://127.0.0.1:8080")
FIRST = datetime(2026, 2, 3, 9, tzinfo=UTC)
CALLER = Caller(
    principal=Principal(account_id=ACCOUNT, roles=frozenset({"secretariat"})),
    correlation_id="01946f2a-0000-7000-8000-0000000000c1",
    causation_id="01946f2a-0000-7000-8000-0000000000e1",
    traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
)


def declared(service: str) -> dict[str, EventType]:
    """The events that a service's contract declares, by name."""
    return {event.name: event for event in importlib.import_module(f"services.{service}.contract.events").EVENTS}


def folder(service: str) -> Path:
    """Where a service keeps its samples."""
    return ROOT / "services" / service / "contract" / "samples"


def examples(service: str) -> dict[str, dict[str, Any]]:
    """An envelope for each event that the example lives tell of; the first life that has it gives it."""
    events, found = declared(service), dict[str, dict[str, Any]]()
    for life in importlib.import_module(f"tests.contract.examples.{service}").LIVES:
        for participle, record, before in _versions(life):
            name = f"gtm.{service}.{life.noun}.{participle}.v1"
            if name not in found:
                envelope = build(events[name], record, before, CALLER, record.updated_at, PLACE)
                found[name] = {**envelope, "id": f"01946f2a-0000-7000-8000-{_twelve(name)}"}
            gone = f"gtm.{service}.{life.noun}.{PARTICIPLE}.v1"
            if gone in events and gone not in found:
                _, envelope = withdrawal(events[name], record, CALLER, record.updated_at + timedelta(days=365), PLACE)
                found[gone] = {**envelope, "id": f"01946f2a-0000-7000-8000-{_twelve(gone)}"}
    return found


def main() -> None:
    """Write what is missing and say so."""
    for service in SERVICES:
        folder(service).mkdir(exist_ok=True)
        for name, envelope in examples(service).items():
            path = folder(service) / f"{name}.json"
            if not path.exists():
                path.write_text(json.dumps(envelope, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
                print(path.relative_to(ROOT))


def _versions(life: Life) -> Iterator[tuple[str, Record, Record | None]]:
    """Participle, record and the version before it, for each step of a life."""
    before: Record | None = None
    for number, (participle, changes) in enumerate(life.steps):
        at = FIRST + timedelta(days=number)
        own = {"version": number + 1, "updated_at": at, "updated_by": ACCOUNT}
        born: dict[str, Any] = {"id": life.id, "origin": PLACE.node, "visibility": life.visibility}
        born |= {"created_at": FIRST, "created_by": ACCOUNT, **life.fields}
        record = structure(_instants({**(unstructure(before) if before else born), **changes, **own}), life.kind)
        yield participle, record, before
        before = record


def _instants(value: Any) -> Any:
    """Instants that an example writes as text, as records hold them."""
    if isinstance(value, dict):
        return {name: _instants(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_instants(inner) for inner in value]
    if isinstance(value, str) and value.endswith("Z") and value[10:11] == "T":
        return datetime.fromisoformat(value)
    return value


def _twelve(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:12]


if __name__ == "__main__":
    main()
