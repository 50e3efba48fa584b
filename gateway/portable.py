"""Schemas that every reader understands alike: what marshmallow means, said as JSON Schema 2020-12 means it.

1. A pattern: Python matches at the start and may end in \\Z, which no other dialect knows; ECMA 262 searches anywhere.
2. A query parameter is never null: it is there or it is not.
3. A body that changes a record has no defaults: what is left out stays as it is.
4. The length of an object: only its properties can be counted, and the keyword says so.
"""

from typing import Any, Final

_OF_OBJECTS: Final = {"minLength": "minProperties", "maxLength": "maxProperties"}


def description(spec: dict[str, Any]) -> dict[str, Any]:
    """An OpenAPI description put right by all four."""
    for name, schema in spec.get("components", {}).get("schemas", {}).items():
        if name.endswith("Changes"):
            for inner in schema.get("properties", {}).values():
                inner.pop("default", None)
    for path in spec["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()) if isinstance(operation, dict) else ():
                if parameter.get("in") == "query":
                    _without_null(parameter["schema"])
    return dict(patterns(spec))


def patterns(value: Any) -> Any:
    """The same with every pattern in ECMA 262, and objects limited in properties."""
    if isinstance(value, dict):
        limits = _OF_OBJECTS if value.get("type") == "object" else {}
        return {
            limits.get(key, key): _pattern(inner) if key == "pattern" and isinstance(inner, str) else patterns(inner)
            for key, inner in value.items()
        }
    return [patterns(inner) for inner in value] if isinstance(value, list) else value


def _pattern(python: str) -> str:
    bare = python.removeprefix("^").removesuffix("\\Z")
    return f"^(?:{bare}){'$' if python.endswith(chr(92) + 'Z') else ''}"


def _without_null(schema: dict[str, Any]) -> None:
    if isinstance(schema.get("type"), list):
        kinds = [kind for kind in schema["type"] if kind != "null"]
        schema["type"] = kinds[0] if len(kinds) == 1 else kinds
    if None in schema.get("enum", ()):
        schema["enum"] = [word for word in schema["enum"] if word is not None]
    if schema.get("default", "") is None:
        del schema["default"]
