"""Events of the past in today's words: one pure step a version (docs/events.md, "Versions").

The log, parked messages and nodes not yet upgraded hold events as they were once sent; a handler knows one version. In
order of time: `split` reads the version in the type's name → `lift` takes the steps from there on → `complete` adds
what the schema gained since without a new version, as its absence was always meant.
"""

import re
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, missing
from marshmallow.fields import List, Nested

Data = dict[str, Any]

_NAME = re.compile(r"(gtm\.[a-z0-9_]+\.[a-z0-9_]+\.[a-z0-9_]+)\.v([1-9][0-9]{0,3})", re.ASCII)
_MISFIT = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)
"""What a step may raise when the data are not of the version that they claim."""


class LiftError(Exception):
    """The data are not of the version that the event's type names."""


@dataclass(frozen=True)
class Upcast:
    """The step from version `since` to the one after it.

    `step` takes the data of the one and gives those of the other, `changed` told in the new names too. It reads nothing
    else (no clock, no store), so that an event means the same whenever it is read.
    """

    since: int
    step: Callable[[Data], Data]


def split(name: str) -> tuple[str, int]:
    """What happened and the version that tells it: ("gtm.meetings.minutes.adopted", 1). ("", 0) is no type of ours."""
    found = _NAME.fullmatch(name)
    return (found[1], int(found[2])) if found else ("", 0)


def check_steps(name: str, upcasts: Sequence[Upcast]) -> None:
    """Raises: ValueError unless the name is well-formed and the steps lead one by one to its version."""
    _, version = split(name)
    first = version - len(upcasts)
    if first < 1 or [upcast.since for upcast in upcasts] != list(range(first, version)):
        raise ValueError(f"{name} is not gtm.<service>.<noun>.<participle>.v<n>, or its steps do not lead there")


def lift(data: Data, steps: Sequence[Upcast]) -> Data:
    """The data after these steps; the argument stays as it is. Raises: LiftError."""
    lifted = data
    for upcast in steps:
        try:
            lifted = upcast.step(deepcopy(lifted))
        except _MISFIT as error:
            raise LiftError(f"not data of version {upcast.since}: {type(error).__name__} {error}") from error
    return lifted


def complete(data: Any, schema: Schema) -> None:
    """Add to the data, at every depth, what they lack and the schema has a value for."""
    if not isinstance(data, dict):
        return
    for name, field in schema.load_fields.items():
        if name not in data:
            if field.load_default is not missing:
                data[name] = field.load_default() if callable(field.load_default) else field.load_default
        elif isinstance(field, Nested):
            complete(data[name], field.schema)
        elif isinstance(field, List) and isinstance(field.inner, Nested) and isinstance(data[name], list):
            for item in data[name]:
                complete(item, field.inner.schema)
