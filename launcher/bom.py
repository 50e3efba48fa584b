"""The bill of materials of what a node runs, in CycloneDX 1.6: made of the lock files, so the same for the same locks.

No moment and no chance is in it: its serial number stands for its content. A component has the digests of all the files
that the lock allows for it. Licences are those that the packages of this environment declare themselves.
"""

import re
import uuid
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

import orjson

from launcher.environments import ROOT

LOCKS: Final = {"runtime": ROOT / "locks" / "runtime.txt", "store": ROOT / "locks" / "store.txt"}
"""The programs of a node, and the embedded store, which has an environment of its own."""
NAMESPACE: Final = uuid.UUID("6f7c6a53-6b39-5a66-9d3a-6f9a5c0c3c1e")
VENDORED: Final = {"name": "rapidoc", "version": "9.3.8", "licence": "MIT", "purl": "pkg:npm/rapidoc@9.3.8"}
"""Beside the locks: the page of the description, in gateway/static/vendor."""
_PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)(?:\s*;\s*([^\\]+))?")
_DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Pinned:
    """A package as a lock has it."""

    name: str
    version: str
    digests: tuple[str, ...]
    condition: str | None = None

    @property
    def purl(self) -> str:
        """Its name among all packages of the world."""
        return f"pkg:pypi/{re.sub(r'[-_.]+', '-', self.name).lower()}@{self.version}"


def read_lock(file: Path) -> list[Pinned]:
    """The packages of a lock, in its order."""
    entries = re.sub(r"\\\n", " ", file.read_text(encoding="utf-8")).splitlines()
    found = [(_PINNED.match(entry), tuple(sorted(_DIGEST.findall(entry)))) for entry in entries]
    return [
        Pinned(named[1], named[2], digests, named[3].split("--hash")[0].strip() if named[3] else None)
        for named, digests in found
        if named
    ]


def render() -> bytes:
    """The whole document, JSON with a line feed at its end."""
    root = {"type": "application", "bom-ref": "gtm-platform", "name": "gtm-platform", "version": _version()}
    parts: dict[str, dict[str, Any]] = {}
    for lock, file in LOCKS.items():
        for one in read_lock(file):
            known = parts.setdefault(one.purl, _component(one))
            known["properties"].append({"name": "gtm:lock", "value": lock})
    parts[VENDORED["purl"]] = _vendored()
    components = [parts[purl] for purl in sorted(parts)]
    said: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": root},
        "components": components,
        "dependencies": [{"ref": "gtm-platform", "dependsOn": sorted(parts)}],
    }
    serial = uuid.uuid5(NAMESPACE, orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode())
    return orjson.dumps({**said, "serialNumber": f"urn:uuid:{serial}"}, option=orjson.OPT_INDENT_2) + b"\n"


def _component(one: Pinned) -> dict[str, Any]:
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": one.purl,
        "name": one.name,
        "version": one.version,
        "purl": one.purl,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in one.digests],
        "properties": [{"name": "gtm:only", "value": one.condition}] if one.condition else [],
    }
    licences = _licences(one)
    return {**made, "licenses": licences} if licences else made


def _vendored() -> dict[str, Any]:
    own = {name: VENDORED[name] for name in ("name", "version", "purl")}
    return {"type": "library", "bom-ref": own["purl"], **own, "licenses": [{"license": {"id": VENDORED["licence"]}}]}


def _licences(one: Pinned) -> list[dict[str, Any]]:
    """As the package says them, if that version is here: an expression, else the names of its classifiers."""
    try:
        told = metadata.distribution(one.name)
    except metadata.PackageNotFoundError:
        return []
    if told.version != one.version:
        return []
    expressions = told.metadata.get_all("License-Expression")
    if expressions:
        return [{"expression": expressions[0]}]
    classified = told.metadata.get_all("Classifier") or []
    named = sorted({one.rpartition(" :: ")[2] for one in classified if one.startswith("License ::")} - {"OSI Approved"})
    return [{"license": {"name": name}} for name in named]


def _version() -> str:
    found = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else "0"
