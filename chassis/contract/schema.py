"""The objects of the published contracts, made of the fields of fields.py, and their faults as field errors.

What a contract needs is imported from here, the fields too.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, validate

from chassis.contract.fields import (
    Amount,
    Choice,
    Day,
    Email,
    Hour,
    Id,
    Instant,
    Moment,
    Text,
    Whole,
    YesNo,
    code,
    messages,
)
from chassis.kernel.errors import FieldError, InvalidError
from chassis.kernel.record import SERVER_OWNED

__all__ = [
    "VISIBILITIES",
    "Amount",
    "Choice",
    "Command",
    "Day",
    "Email",
    "Hour",
    "Id",
    "Instant",
    "LabelsSchema",
    "Moment",
    "PageQuery",
    "Part",
    "RecordSchema",
    "Text",
    "VersionQuery",
    "Whole",
    "YesNo",
    "changes_of",
    "code",
    "dates_in_order",
    "faults",
    "load",
    "many",
    "maybe",
    "one",
    "visibility",
]  # fmt: skip

_CODES = {
    "required": "required",
    "null": "not-null",
    "unknown": "unknown-field",
    "type": "not-an-object",
    "invalid": "invalid",
}


def many(item: "fields.Field[Any] | type[Schema]", most: int = 500, **options: Any) -> fields.List[Any]:
    """A list of at most `most` items; absent means empty."""
    inner = item if isinstance(item, fields.Field) else one(item)
    if not options.get("required"):
        options.setdefault("load_default", list)
    return _Many(
        inner,
        error_messages=messages(invalid="not-a-list"),
        validate=validate.Length(max=most, error=code("too-many", max=most)),
        **options,
    )


class _Many(fields.List[Any]):
    """A list that is measured before its items are read: a million of them would hold up the process for a minute."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        if isinstance(value, list | tuple):
            for check in self.validators:
                if isinstance(check, validate.Length):
                    check(value)
        return super()._deserialize(value, attr, data, **kwargs)


def one(schema: "type[Schema]", **options: Any) -> fields.Nested:
    """An object inside the object."""
    return fields.Nested(schema, error_messages=messages(type="not-an-object"), **options)


def maybe(field: "type[fields.Field[Any]]", *args: Any, **options: Any) -> "fields.Field[Any]":
    """A field that may be null or absent (then null)."""
    return field(*args, allow_none=True, load_default=None, **options)


class Part(Schema):
    """An object inside a record or a command."""

    error_messages = _CODES

    class Meta:
        unknown = RAISE


class Command(Part):
    """The body of a request that changes something; unknown fields are refused."""


class LabelsSchema(Part):
    """A text in both languages."""

    fr = Text(500)
    en = Text(500)


class RecordSchema(Part):
    """What every record shows; receivers ignore fields they do not know."""

    class Meta:
        unknown = EXCLUDE

    id = Id(required=True)
    origin = Text(40, required=True)
    version = Whole(1, 2**53, required=True)
    visibility = Choice("internal", "gtm", "public", required=True)
    created_at = Instant(required=True)
    created_by = Text(80, required=True)
    updated_at = Instant(required=True)
    updated_by = Text(80, required=True)


class PageQuery(Command):
    """What every list takes: how many, and where the last page ended."""

    page_size = Whole(1, 200, load_default=50)
    cursor = maybe(Text, 2000)


class VersionQuery(Command):
    """Which record, and which version of it the caller saw (If-Match), if it says."""

    id = Id(required=True)
    version = maybe(Whole, 1, 2**53)


def changes_of(schema: type[Schema]) -> fields.Nested:
    """The fields to change, each optional, under the same rules as at creation."""
    # By name: partial=True would also make everything optional in the objects inside.
    outermost = tuple(schema._declared_fields)
    return fields.Nested(schema(partial=outermost), required=True, error_messages=messages(type="not-an-object"))


def load(schema: Schema, payload: Any) -> dict[str, Any]:
    """The payload, checked. Raises: InvalidError invalid-request, with every wrong field at once."""
    if not isinstance(payload, Mapping):
        raise InvalidError("invalid-request", None, {}, [{"field": "", "code": "not-an-object", "params": {}}])
    try:
        return dict(schema.load(payload))
    except ValidationError as error:
        errors = faults(error.messages_dict)
        raise InvalidError("invalid-request", errors[0]["field"] or None, {}, errors) from error


def faults(messages: Any, path: str = "") -> list[FieldError]:
    """marshmallow's nested messages as a flat list of field errors, in the order of the fields."""
    if isinstance(messages, Mapping):
        found: list[FieldError] = []
        for key, inner in messages.items():
            step = "" if key == "_schema" else str(key)
            found += faults(inner, f"{path}.{step}" if path and step else path or step)
        return found
    return [_fault(path.removeprefix("changes."), str(message)) for message in messages]


def _fault(path: str, message: str) -> FieldError:
    name, _, query = message.partition("?")
    last = path.rpartition(".")[2]
    if name == "unknown-field" and last in SERVER_OWNED:
        name = "server-owned-field"
    return {"field": path, "code": name, "params": dict(parse_qsl(query))}


VISIBILITIES = ("internal", "gtm", "public")


def visibility(default: str) -> Choice:
    """How far a new record travels, if the caller does not say."""
    return Choice(*VISIBILITIES, load_default=default)


def dates_in_order(data: Mapping[str, Any], first: str = "start", last: str = "end") -> None:
    """Refuse a period that ends before it starts. Raises: ValidationError ends-before-start."""
    if data.get(first) and data.get(last) and data[last] < data[first]:
        raise ValidationError({last: ["ends-before-start"]})
