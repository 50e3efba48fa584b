"""Finds the codes of errors in the source, with the parameters that go with them where the source shows them.

A code is a word in kebab-case: first argument of an …Error, second of `fault` or `Problem`, "code" of a dict, a fault
of chassis.contract.schema, the conflict of a unique Index, or `<noun>-not-found` for the noun of each repository.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
PLACE = {
    "InvalidError": 0, "NotFoundError": 0, "GoneError": 0, "ForbiddenError": 0, "ConflictError": 0, "StaleError": 0,
    "UnavailableError": 0, "UnreadableError": 0, "ValidationError": 0, "code": 0, "fault": 1, "Problem": 1,
}  # fmt: skip
"""Which argument of a call is the code."""
PARAMS = {"Problem": 2}
"""Which argument holds the parameters, where it is not the second after the code."""
WITH_KEYWORDS = ("code", "fault", "UnreadableError")
"""Calls whose keywords are the parameters."""
CODE_KEYWORDS = ("error", "conflict")
"""Keywords whose value is a code, whatever is called."""
TABLES = ("_CODES", "error_messages")
"""Names of dicts whose values are codes."""


@dataclass(frozen=True)
class Site:
    """A place in the source that makes an error; params is None where the source does not show them."""

    code: str
    params: frozenset[str] | None
    where: str


def sites(root: Path = ROOT) -> list[Site]:
    """Every place in the chassis, the services and the gateway."""
    found: list[Site] = []
    for path in source_files(root):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            where = f"{path.relative_to(root)}:{getattr(node, 'lineno', 0)}"
            found += [Site(code, params, where) for code, params in _of(node) if KEBAB.fullmatch(code)]
    return found


def source_files(root: Path = ROOT) -> list[Path]:
    """The Python files that make errors."""
    return sorted(path for part in ("chassis", "services", "gateway") for path in (root / part).rglob("*.py"))


def words(root: Path = ROOT) -> set[str]:
    """Every kebab-case string of the source: a text whose code is none of them is never shown."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in source_files(root))
    return {text for tree in trees for node in ast.walk(tree) for text in _texts(node) if KEBAB.fullmatch(text)}


Found = Iterator[tuple[str, frozenset[str] | None]]


def _of(node: ast.AST) -> Found:
    if isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Dict):
        yield from _of_dict(node)
    elif isinstance(node, ast.ClassDef):
        yield from _of_repository(node)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(target, ast.Name) and target.id in TABLES for target in targets):
            yield from ((text, None) for text in _values(node.value))


def _of_call(call: ast.Call) -> Found:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    place = PLACE.get(name)
    if place is not None and len(call.args) > place:
        for text in _values(call.args[place]):
            yield text, _params(name, call)
    for keyword in call.keywords:
        if keyword.arg in CODE_KEYWORDS:
            yield from ((text, frozenset() if keyword.arg == "error" else None) for text in _texts(keyword.value))
        elif keyword.arg in TABLES or name == "_messages":
            yield from ((text, frozenset()) for text in _values(keyword.value))


def _params(name: str, call: ast.Call) -> frozenset[str] | None:
    if name in WITH_KEYWORDS:
        if any(keyword.arg is None for keyword in call.keywords):
            return None
        return frozenset(str(keyword.arg) for keyword in call.keywords)
    if name == "ValidationError":
        return frozenset()
    place = PARAMS[name] if name in PARAMS else PLACE[name] + 2
    if any(keyword.arg == "params" for keyword in call.keywords):
        return None
    return _keys(call.args[place]) if len(call.args) > place else frozenset()


def _of_dict(node: ast.Dict) -> Found:
    pairs = {
        key.value: value for key, value in zip(node.keys, node.values, strict=True) if isinstance(key, ast.Constant)
    }
    if "code" in pairs and "params" in pairs:
        for text in _values(pairs["code"]):
            yield text, _keys(pairs["params"])
    if pairs.get("required") and "null" in pairs:  # a table of marshmallow's messages
        yield from ((text, frozenset()) for value in pairs.values() for text in _values(value))


def _of_repository(node: ast.ClassDef) -> Found:
    if any(kind in ast.dump(base) for base in node.bases for kind in ("Repository", "Acts")):
        for line in node.body:
            if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "noun":
                nouns = (noun.replace("_", "-") for noun in _texts(line.value))
                yield from ((f"{noun}-not-found", frozenset({"id"})) for noun in nouns)


def _keys(node: ast.AST) -> frozenset[str] | None:
    if not isinstance(node, ast.Dict) or not all(isinstance(key, ast.Constant) for key in node.keys):
        return None
    return frozenset(str(key.value) for key in node.keys if isinstance(key, ast.Constant))


def _values(node: ast.AST | None) -> Iterable[str]:
    """Texts in values: themselves, in lists, in the values of dicts, in both arms of a choice; not in calls."""
    if isinstance(node, ast.Constant):
        yield from _texts(node)
    elif isinstance(node, ast.List | ast.Tuple):
        for inner in node.elts:
            yield from _values(inner)
    elif isinstance(node, ast.Dict):
        for inner in node.values:
            yield from _values(inner)
    elif isinstance(node, ast.IfExp):
        yield from _values(node.body)
        yield from _values(node.orelse)


def _texts(node: ast.AST) -> Iterable[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
