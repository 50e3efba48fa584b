"""Personal data in the contracts: a field says itself that it tells of a person, and to what end it is kept.

The mark goes with the schema into the OpenAPI document, the schemas of events and their catalogue, and drives whatever
guards the data: reading it is noted (chassis/storage/accesses.py), erasing empties it wherever it lies
(chassis/storage/redaction.py). No list of fields is written down anywhere else.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar, cast

from marshmallow import Schema, fields

from chassis.contract.fields import Choice, Email, Instant, Text
from chassis.contract.schema import Part, many, one
from chassis.kernel.erasure import REASONS

F = TypeVar("F", bound="fields.Field[Any]")

MARK = "x-personal"
CONTACT, ACT = "contact", "official-act"
"""To reach a person: seen by few, noted when read, erased. Or named in an official act: part of what was adopted and
published, which is never changed."""

NOBODY = {Email: "efface@erased.invalid", Text: "(effacé / erased)"}
"""What stands in the place of a field that must not be empty; no mail goes to .invalid (RFC 2606)."""


def personal(field: F, purpose: str = CONTACT) -> F:
    """The field, marked as telling of a person."""
    field.metadata = {**field.metadata, MARK: purpose}
    return field


@cache
def marked(schema: type[Schema]) -> tuple[str, ...]:
    """The fields of a record by which somebody can be reached, in the order of the contract."""
    declared = schema._declared_fields
    return tuple(name for name, field in declared.items() if field.metadata.get(MARK) == CONTACT)


def marks(schema: type[Schema], path: str = "") -> Iterator[tuple[str, str]]:
    """(path, purpose) of each marked field, at every depth."""
    for name, field in fields_of(schema):
        if MARK in field.metadata:
            yield f"{path}{name}", field.metadata[MARK]
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            # As declared: asked for its schema, the field would keep one, and all readers and writers share it.
            yield from marks(cast(type[Schema], inner.nested), f"{path}{name}.")


def fields_of(schema: type[Schema]) -> Iterator[tuple[str, "fields.Field[Any]"]]:
    """A schema's fields as they are declared."""
    yield from schema._declared_fields.items()


def blank(field: "fields.Field[Any]") -> Any:
    """What stands in a field after erasing: still what its schema takes."""
    return None if field.allow_none else next(text for kind, text in NOBODY.items() if isinstance(field, kind))


@cache
def blanks(schema: type[Schema]) -> dict[str, Any]:
    """By field what stands there after erasing."""
    return {name: blank(schema._declared_fields[name]) for name in marked(schema)}


class ErasedSchema(Part):
    """That these fields were emptied for good: when, by whom (an account's id), why."""

    at = Instant(required=True)
    by = Text(80, required=True)
    reason = Choice(*REASONS, required=True)
    emptied = many(Text(60), 50)


def erased() -> "fields.Field[Any]":
    """The field of a record that may be erased."""
    return one(ErasedSchema, allow_none=True, load_default=None)
