"""Every field that may tell of a person is marked so, or stands below with why it does not."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields

import gateway.accounts.schemas
from chassis.contract.personal import ACT, CONTACT, MARK, blanks, fields_of, marked, marks
from chassis.kernel.erasure import tells_erasure
from chassis.process.settings import SERVICES
from launcher import event_catalogue
from services.registry import every_event, queues_for, sample

OF_PERSONS = re.compile(
    r"(?:.*_)?(?:name|names|first|last|surname|email|mail|phone|address|function|signatory|presenter|person|who|"
    r"username|contact|contacts|client|attendance|author|recipient)"
)
EXCEPTIONS = {
    "an institution, not a person": {
        "ContactsSchema.address", "ContactsSchema.phone", "ContactsSchema.email", "InstitutionFields.contacts",
        "InstitutionFields.name", "InstitutionNameSchema.name", "StandsForSchema.name",
        "AttendanceSchema.name", "MeetingFields.attendance", "MinutesFields.attendance",
    },
    "a group": {"GroupFields.name", "MeetingSchema.group_name", "MinutesSchema.group_name", "AskedGroupSchema.name",
                "HopSchema.to_group_name", "ClashSchema.group_name", "SeriesSchema.name",
                "DecisionLineSchema.group_name"},
    "a place, a list, a framework, an indicator": {
        "PlaceSchema.name", "ReferenceQuery.name", "FrameworkFields.name", "IndicatorFields.name",
    },
    "a node, a centre, a link, a transport": {
        "DescriptionSchema.address", "DescriptionSchema.name", "HeardNodeSchema.name", "HubSchema.name",
        "LinkSchema.name", "NodeSchema.address", "NodeSchema.name", "ShovelSchema.name", "StatusSchema.name",
    },
    "a file": {"SourceSchema.name"},
    "whom by id alone": {"NotificationSchema.recipient"},
    "the part that holds marked fields": {"MinutesFields.signatory"},
}  # fmt: skip


def schemas() -> Iterator[type[Schema]]:
    """Every schema that the contracts of the services and the accounts declare."""
    modules = [gateway.accounts.schemas]
    for service in SERVICES:
        contract = importlib.import_module(f"services.{service}.contract")
        names = [one.name for one in pkgutil.iter_modules(contract.__path__)]
        modules += [importlib.import_module(f"{contract.__name__}.{name}") for name in names]
    for module in modules:
        for one in vars(module).values():
            if isinstance(one, type) and issubclass(one, Schema) and one.__module__ == module.__name__:
                yield one


def own_fields(schema: type[Schema]) -> Iterator[tuple[str, "fields.Field[Any]"]]:
    """Those that no base of it declares: each is looked at once."""
    inherited = {id(field) for base in schema.__mro__[1:] if hasattr(base, "_declared_fields")
                 for field in base._declared_fields.values()}  # fmt: skip
    for name, field in fields_of(schema):
        if id(field) not in inherited:
            yield name, field


def test_what_is_named_like_something_of_a_person_is_marked() -> None:
    excepted = {name for names in EXCEPTIONS.values() for name in names}
    unmarked = {
        f"{schema.__name__}.{name}"
        for schema in schemas()
        for name, field in own_fields(schema)
        if OF_PERSONS.fullmatch(name) and MARK not in field.metadata
    }
    assert unmarked - excepted == set(), "mark it (chassis/contract/personal.py) or say here why it tells of nobody"
    assert excepted - unmarked == set(), "these exceptions are of nothing"


def test_what_reaches_a_person_lies_flat_and_can_be_emptied() -> None:
    """Reading and erasing go by the outermost fields of a record; none lies deeper, and all leave a valid record."""
    for name, event in every_event().items():
        contacts = [path for path, purpose in marks(event.schema) if purpose == CONTACT]
        assert contacts == list(marked(event.schema)), name
        emptied = blanks(event.schema)
        assert not event.schema(only=tuple(emptied) or ("id",)).validate(emptied, partial=("id",)), name


def test_every_purpose_is_one_of_two() -> None:
    found = {field.metadata[MARK] for schema in schemas() for _, field in fields_of(schema) if MARK in field.metadata}
    assert found == {CONTACT, ACT}


def test_who_can_be_reached_can_be_erased_and_never_leaves_its_node() -> None:
    """A noun with such fields has the event that tells of an erasure, and is internal in every sample."""
    persons = {event.words[:2] for event in every_event().values() if marked(event.schema)}
    assert persons == {("actors", "focal_point"), ("meetings", "attendee")}
    assert {event.words[:2] for event in every_event().values() if tells_erasure(event.name)} == persons
    for event in every_event().values():
        if event.words[:2] in persons:
            assert sample(event)["visibility"] == "internal"
            assert "erased" in event.names
            assert all(queue.hears == "own" for queue in queues_for(event)), event.name


def test_the_catalogue_says_it() -> None:
    row = next(line for line in event_catalogue.render().splitlines() if "focal_point.redacted.v1`](" in line)
    assert "**Personal data:** `name` (contact), `email` (contact), `phone` (contact), `function` (contact)." in row


def test_looking_for_marks_leaves_every_schema_its_own() -> None:
    """A nested schema kept by a declared field would be shared: a receiver's tolerance would reach the requests."""
    for event in every_event().values():
        assert list(marks(event.schema)) is not None and event.reader
    nested = [
        field.inner if isinstance(field, fields.List) else field
        for schema in schemas()
        for field in schema._declared_fields.values()
    ]
    kept = [one for one in nested if isinstance(one, fields.Nested) and one.__dict__.get("_schema") is not None]
    assert len([one for one in nested if isinstance(one, fields.Nested)]) > 20
    assert kept == []
