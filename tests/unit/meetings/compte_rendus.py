"""What the tests of the importer share: the layouts in tests/fixtures, and records made from what was read."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from services.meetings.domain.compte_rendu import Extracted, extracted_as_json, read_compte_rendu, warnings_as_json

ROOT = Path(__file__).resolve().parents[3]
FIXTURES = ROOT / "tests" / "fixtures" / "compte_rendus"
SAMPLES = ROOT.parent / "shared" / "samples"
LAYOUTS = sorted(path.stem for path in FIXTURES.glob("*.txt"))
_WORD = re.compile(r"\w+")


def layout(name: str) -> str:
    """The text of a layout."""
    return (FIXTURES / f"{name}.txt").read_text(encoding="utf-8")


def as_expected(text: str) -> dict[str, Any]:
    """What a layout's JSON file holds: the extracted fields and the warnings."""
    extracted = read_compte_rendu(text)
    return {**extracted_as_json(extracted), "warnings": warnings_as_json(extracted.warnings)}


def written(expected: dict[str, Any]) -> str:
    """The JSON of a layout, an item a line, so that a change shows as the line it concerns."""
    parts = []
    for key, value in expected.items():
        shown = json.dumps(value, ensure_ascii=False)
        if isinstance(value, list) and value:
            shown = "[\n  " + ",\n  ".join(json.dumps(item, ensure_ascii=False) for item in value) + "\n]"
        parts.append(f"{json.dumps(key)}: {shown}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def verbatim(extracted: Extracted) -> list[str]:
    """The texts of the fields that hold every word of the source (see extracted.py)."""
    texts = [extracted.title or "", extracted.preamble]
    texts += [text for entry in extracted.header for text in (entry.label, entry.text)]
    texts += [present.text for present in extracted.attendance] + [item.text for item in extracted.agenda]
    for section in extracted.sections:
        texts += [section.heading, section.text]
        texts += [f"{one.text} (à confirmer)" if one.to_confirm else one.text for one in section.decisions]
        texts += [text or "" for action in section.actions for text in (action.what, action.who, action.due)]
    texts += [text for _, text in (*extracted.page_headers, *extracted.labels)]
    return [*texts, extracted.signatory.text if extracted.signatory else ""]


def counted(texts: list[str]) -> Counter[str]:
    """How often each word stands in some texts."""
    return Counter(word for text in texts for word in _WORD.findall(text))


def claimed_lines(extracted: Extracted) -> set[int]:
    """The source lines that some field says it came from."""
    return set(_numbers(extracted_as_json(extracted)["lines"]))


def record_of(extracted: Extracted) -> dict[str, Any]:
    """The minutes record that the extracted fields become, as the contract shows it."""
    given = extracted_as_json(extracted)
    kept = {name: given[name] for name in ("title", "date", "start", "end", "place")}
    return {
        **kept,
        "group_name": given["group"],
        "preamble": given["preamble"] or None,
        "attendance": [entry["text"] for entry in given["attendance"]],
        "agenda": [_only(item, "number", "title", "presenter", "postponed") for item in given["agenda"]],
        "sections": [
            _only(section, "number", "title", "text")
            | ({"decisions": section["decisions"]} if "decisions" in section else {})
            | {"actions": [_only(action, "what", "who", "due", "due_date") for action in section["actions"]]}
            for section in given["sections"]
        ],
        "signatory": given["signatory_parts"],
    }


def _only(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names}


def _numbers(value: Any) -> list[int]:
    if isinstance(value, int):
        return [value]
    inner = value.values() if isinstance(value, dict) else value
    return [number for item in inner for number in _numbers(item)]
