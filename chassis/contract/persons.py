"""What is asked and told about what a service holds on a person: the schemas of chassis/calls/persons.py."""

from marshmallow import fields

from chassis.contract.schema import Command, Id, Instant, PageQuery, Part, Text, maybe


class PersonQuery(Command):
    """Whom: by the id of the focal point, of the account, or of both."""

    focal_point_id = maybe(Id)
    account_id = maybe(Text, 80)


class HeldSchema(Part):
    """Everything that a service holds on a person, as it holds it."""

    service = Text(40, required=True)
    records = fields.List(fields.Dict(), required=True, metadata={"description": "as they are today"})
    versions = fields.List(fields.Dict(), required=True, metadata={"description": "as they were before, by the log"})
    copies = fields.List(fields.Dict(), required=True, metadata={"description": "of records of other services"})
    acts = fields.Dict(required=True, metadata={"description": "noun → ids of what the account wrote"})
    accesses = fields.List(fields.Dict(), required=True, metadata={"description": "who read the person's data"})


class AccessFilter(PageQuery):
    """Which accesses: to one record, or by one account."""

    focal_point_id = maybe(Id)
    by = maybe(Text, 80)
    cursor = maybe(Id)


class AccessSchema(Part):
    """That somebody was given personal data: who, when, by what call and request, of whom."""

    id = Id(required=True)
    at = Instant(required=True)
    by = Text(80, required=True)
    call = Text(80, required=True)
    request = Text(255, required=True)
    records = fields.List(fields.String(), required=True)
