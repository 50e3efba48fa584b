"""What a new JSON Schema takes away from a released one: the rule that schemas of events only grow.

Two readers must never be let down: today's code before an event of years ago (the log, a replay, parked messages), and
a node not yet upgraded before an event of today. So what was allowed stays allowed, and what was there stays there.
"""

from collections.abc import Iterator
from operator import gt, lt
from typing import Any

Json = dict[str, Any]

WORDS = ("$schema", "$id", "$defs", "$comment", "title", "description", "examples", "x-personal")
"""What takes no value away; may change."""
FLOORS = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")
CEILINGS = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
COMPARED = ("type", "enum", "properties", "required", "items", "additionalProperties", "allOf", "anyOf", "$ref")


def violations(released: Json, present: Json) -> list[str]:
    """Each thing that the present schema takes away, with its place: "agenda[].title: maxLength fell from 9 to 5"."""
    return list(_Comparison(released, present).compare(released, present, ""))


def bare(schema: Any) -> Any:
    """The schema without what only people read."""
    if not isinstance(schema, dict):
        return [bare(inner) for inner in schema] if isinstance(schema, list) else schema
    kept: Json = {}
    for key, inner in schema.items():
        if key in ("properties", "$defs"):  # names of ours, not keywords
            kept[key] = {name: bare(one) for name, one in inner.items()}
        elif key not in WORDS:
            kept[key] = bare(inner)
    return kept


class _Comparison:
    def __init__(self, released: Json, present: Json) -> None:
        self._roots = released, present
        self._open: set[tuple[int, int]] = set()

    def compare(self, old: Any, new: Any, place: str) -> Iterator[str]:
        was, now = _plain(old, self._roots[0]), _plain(new, self._roots[1])
        pair = id(_target(old, self._roots[0])), id(_target(new, self._roots[1]))
        if pair in self._open:  # a schema that holds itself
            return
        self._open.add(pair)
        yield from _kinds(was, now, place)
        yield from _limits(was, now, place)
        yield from _rest(was, now, place)
        yield from self._fields(was, now, place)
        yield from self._items(was, now, place)
        self._open.remove(pair)

    def _fields(self, was: Json, now: Json, place: str) -> Iterator[str]:
        before, after = was.get("properties", {}), now.get("properties", {})
        for name, schema in before.items():
            path = f"{place}.{name}" if place else name
            if name in after:
                yield from self.compare(schema, after[name], path)
            else:
                yield f"{path}: removed or renamed"
        owed, promised = set(was.get("required", ())), set(now.get("required", ()))
        yield from (f"{place or 'record'}: {name} became required" for name in sorted(promised - owed))
        yield from (f"{place or 'record'}: {name} is no longer always there" for name in sorted(owed - promised))

    def _items(self, was: Json, now: Json, place: str) -> Iterator[str]:
        for keyword, mark in (("items", "[]"), ("additionalProperties", ".*")):
            before, after = was.get(keyword, True), now.get(keyword, True)
            if isinstance(before, dict) and isinstance(after, dict):
                yield from self.compare(before, after, place + mark)
            elif before != after:
                yield f"{place or 'record'}: {keyword} changed"


def _kinds(was: Json, now: Json, place: str) -> Iterator[str]:
    before, after = _types(was), _types(now)
    if before != after:
        yield f"{place or 'record'}: type changed from {_said(before)} to {_said(after)}"
    if "enum" in now:
        lost = [word for word in was.get("enum", ()) if word not in now["enum"]]
        yield from (f"{place}: {word!r} is no longer among the words" for word in lost)
        if "enum" not in was:
            yield f"{place}: became a closed list of words"


def _limits(was: Json, now: Json, place: str) -> Iterator[str]:
    for keywords, narrower in ((FLOORS, gt), (CEILINGS, lt)):
        for keyword in keywords:
            if keyword in now and (keyword not in was or narrower(now[keyword], was[keyword])):
                yield f"{place}: {keyword} went from {was.get(keyword, 'none')} to {now[keyword]}"


def _rest(was: Json, now: Json, place: str) -> Iterator[str]:
    """Format, pattern, default (what absence means), whatever keyword this module does not know: the same as ever."""
    known = {*WORDS, *FLOORS, *CEILINGS, *COMPARED}
    for keyword in sorted((was.keys() | now.keys()) - known):
        if was.get(keyword, ...) != now.get(keyword, ...):
            yield f"{place or 'record'}: {keyword} changed"


def _types(schema: Json) -> frozenset[str]:
    given = schema.get("type", ())
    return frozenset([given] if isinstance(given, str) else given)


def _said(types: frozenset[str]) -> str:
    return " or ".join(sorted(types)) or "anything"


def _target(schema: Any, root: Json) -> Any:
    while isinstance(schema, dict) and "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema


def _plain(schema: Any, root: Json) -> Json:
    """The schema with references followed, and "this or null" and "this alone" said in one object."""
    found = dict(_target(schema, root))
    parts = [_plain(one, root) for one in found.pop("allOf", ())]
    choices = [_plain(one, root) for one in found.pop("anyOf", ())]
    null = {"type": "null"}
    if choices and len(left := [one for one in choices if one != null]) == 1:
        parts.append({**left[0], "type": [*sorted(_types(left[0])), "null"]})
    elif choices:
        found["one of several"] = choices
    for part in parts:
        found = {**part, **found}
    return found
