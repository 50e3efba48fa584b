"""The frameworks that ship: the strategy of coordination and the national migration policy."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FRAMEWORKS = Path(__file__).parent.parent / "reference" / "frameworks.json"


@cache
def shipped_frameworks() -> tuple[dict[str, Any], ...]:
    """Fields of a Framework each: {code, name, labels, starts, ends, nodes}."""
    content: dict[str, Any] = json.loads(FRAMEWORKS.read_text(encoding="utf-8"))
    return tuple(content["items"])
