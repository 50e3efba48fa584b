"""No command of any service takes an operator of the database for a value, or a field that is the server's to set."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import Schema, ValidationError, fields

from chassis.contract.schema import Command, RecordSchema
from chassis.kernel.record import SERVER_OWNED
from chassis.process.settings import SERVICES
from gateway.accounts import schemas as of_accounts

OPERATORS: list[Any] = [{"$gt": ""}, {"$ne": None}, {"$where": "sleep(1000)"}, {"$regex": ".*"}, [{"$gt": ""}]]
KEYS = ("$where", "$or", "a.b", "a.$.b", "\0", "", "__proto__", "__class__", "_id")
ROLES = ("roles", "role", "account_id", "incarnation", "derived", "disputed", "visibility ")


def commands() -> Iterator[type[Schema]]:
    """Every object that callers send, in whole or as a part of one."""
    for name in SERVICES:
        package = importlib.import_module(f"services.{name}.contract")
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(found.name)
    waiting: list[type[Schema]] = [Command]
    seen: set[type[Schema]] = set()
    while waiting:
        one = waiting.pop()
        inner = [field.inner if isinstance(field, fields.List) else field for field in one().load_fields.values()]
        nested = [type(field.schema) for field in inner if isinstance(field, fields.Nested)]
        new = {kind for kind in (*one.__subclasses__(), *nested) if not issubclass(kind, RecordSchema)} - seen
        seen |= new
        waiting += new
        yield from (one for one in new if one.__module__.startswith(("services.", "chassis.", of_accounts.__name__)))


COMMANDS = sorted(commands(), key=lambda one: f"{one.__module__}.{one.__name__}")


def faults(schema: Schema, payload: dict[str, Any]) -> dict[str, Any]:
    try:
        schema.load(payload)
    except ValidationError as error:
        return error.messages_dict
    return {}


def test_there_are_commands() -> None:
    assert len(COMMANDS) > 60


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda one: one.__name__)
def test_an_operator_is_no_value(kind: type[Schema]) -> None:
    schema = kind()
    for name, field in schema.load_fields.items():
        for operator in OPERATORS:
            assert (field.data_key or name) in faults(schema, {field.data_key or name: operator}), (name, operator)


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda one: one.__name__)
def test_a_name_that_nobody_declared_is_refused(kind: type[Schema]) -> None:
    schema = kind()
    for name in (*KEYS, *ROLES, *SERVER_OWNED):
        if name not in schema.load_fields:
            assert name in faults(schema, {name: "x"}), name


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda one: one.__name__)
def test_what_is_the_servers_to_set_is_nobody_elses(kind: type[Schema]) -> None:
    schema = kind()
    assert not {"origin", "created_at", "created_by", "updated_at", "updated_by"} & set(schema.load_fields)
    if "changes" in schema.load_fields:
        inner = schema.load_fields["changes"].schema  # type: ignore[attr-defined]
        assert not set(SERVER_OWNED) & set(inner.load_fields)
