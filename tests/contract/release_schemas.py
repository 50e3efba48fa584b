"""Writes down the schemas of all events as released: `python -m tests.contract.release_schemas`.

A new type gets its file, a schema that grew is written anew and said so. If anything would be taken away from a schema
that was released, everything stays as it is and the exit code is 1: that needs a new version of the type.
"""

import json
import sys
from pathlib import Path
from typing import Any

from chassis.contract.envelope import EventType
from gateway.eventschemas import data_schema
from services.registry import every_event
from tests.contract.growth import bare, violations

RELEASED = Path(__file__).resolve().parent / "released"


def present(event: EventType) -> dict[str, Any]:
    """What the code publishes now, without what only people read."""
    schema: dict[str, Any] = bare(data_schema(event, ""))
    return schema


def released_file(name: str, folder: Path = RELEASED) -> Path:
    """Where the released schema of a type is."""
    return folder / f"{name}.json"


def released(name: str, folder: Path = RELEASED) -> dict[str, Any] | None:
    """The released schema of a type, None if it has none yet."""
    path = released_file(name, folder)
    found: dict[str, Any] | None = json.loads(path.read_bytes()) if path.exists() else None
    return found


def release(schemas: dict[str, dict[str, Any]], folder: Path = RELEASED) -> tuple[list[str], list[str]]:
    """Write what is new or grew, unless something was taken away: (what was written, what stands against it)."""
    written, against = [], []
    for name, schema in schemas.items():
        before = released(name, folder)
        if before is not None:
            against += [f"{name}: {found}" for found in violations(before, schema)]
        if before != schema:
            written.append(f"{'new' if before is None else 'grown'}: {name}")
    if against:
        return [], against
    for line in written:
        name = line.rpartition(" ")[2]
        released_file(name, folder).write_text(text(schemas[name]) + "\n", encoding="utf-8")
    return written, []


def text(value: Any, indent: str = "") -> str:
    """JSON in which whatever fits on a line stands on one."""
    line = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(indent) + len(line) < 120 or not isinstance(value, dict):
        return line
    inner = indent + " "
    lines = (f"{inner}{json.dumps(key)}: {text(one, inner)}" for key, one in sorted(value.items()))
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def main() -> int:
    """Release what the code publishes now."""
    written, against = release({name: present(event) for name, event in every_event().items()})
    for line in against or written or ["nothing new"]:
        print(line)
    return 1 if against else 0


if __name__ == "__main__":
    sys.exit(main())
