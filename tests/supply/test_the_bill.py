"""The bill of materials: valid, the same each time, with each package of the locks."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from launcher import bom
from launcher.cli import main


@pytest.fixture(scope="module")
def bill() -> Any:
    return json.loads(bom.render())


def test_it_is_as_the_standard_wants_it() -> None:
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(bom.render().decode())
    assert fault is None, str(fault)[:500]


def test_it_names_each_package_of_the_locks_with_its_digests(bill: Any) -> None:
    named = {one["purl"]: one for one in bill["components"]}
    for lock, file in bom.LOCKS.items():
        text = file.read_text(encoding="utf-8")
        pinned = bom.read_lock(file)
        assert len(pinned) == len(re.findall(r"^[a-z0-9][^ =]*==", text, re.MULTILINE | re.IGNORECASE))
        for one in pinned:
            assert one.digests, one.name
            found = named[one.purl]
            assert found["version"] == one.version
            assert {each["content"] for each in found["hashes"]} >= set(one.digests)
            assert {"name": "gtm:lock", "value": lock} in found["properties"]
    assert {one["purl"] for one in bill["components"]} == set(bill["dependencies"][0]["dependsOn"])


def test_it_says_the_licences_that_are_known_here(bill: Any) -> None:
    known = {one["name"]: one.get("licenses") for one in bill["components"]}
    assert known["flask"] == [{"expression": "BSD-3-Clause"}]
    assert known["rapidoc"] == [{"license": {"id": "MIT"}}]
    runtime = [one.name for one in bom.read_lock(bom.LOCKS["runtime"])]
    assert sum(known[name] is not None for name in runtime) > 0.8 * len(runtime)


def test_twice_is_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bom", str(tmp_path / "one.json")]) == main(["bom", str(tmp_path / "two.json")]) == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes() == bom.render()


def test_other_packages_make_another_bill(monkeypatch: pytest.MonkeyPatch, bill: Any) -> None:
    monkeypatch.setattr(bom, "LOCKS", {"runtime": bom.LOCKS["runtime"]})
    assert json.loads(bom.render())["serialNumber"] != bill["serialNumber"]
