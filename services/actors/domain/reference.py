"""The reference lists that ship: codes with labels in both languages and the source they come from."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "reference"
LISTS = (
    "regions", "departments", "axes", "pnm_programmes", "gcm_objectives", "themes",
    "institution_kinds", "activity_types", "target_groups", "stages",
)  # fmt: skip


@cache
def reference(name: str) -> dict[str, Any]:
    """A list: {"source", "as_of", "items": [{"code", "labels": {"fr", "en"}, …}]}."""
    content: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return content


@cache
def codes(name: str) -> frozenset[str]:
    """The codes of a list."""
    return frozenset(str(item["code"]) for item in reference(name)["items"])


def unknown_codes(name: str, given: tuple[str, ...] | list[str]) -> list[str]:
    """Those of the given codes that the list does not have, in order."""
    return [code for code in given if code not in codes(name)]
