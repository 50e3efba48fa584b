"""Commands and answers of the desk where minutes are written: the draft, its sections, errata, seal and differences."""

from marshmallow import fields

from chassis.contract.schema import Choice, Command, Id, Part, Text, Whole, YesNo, changes_of, many, maybe, one
from services.meetings.contract.records import SealSchema, SectionFields, SectionSchema

DIFFERENCES = ("same", "added", "removed", "changed")


class DraftMinutesSchema(Command):
    """The draft minutes of a meeting, made of its agenda."""

    id = Id(required=True)


class SectionQuery(Command):
    """Which section of which minutes."""

    id = Id(required=True)
    section_id = Id(required=True)


class SaveSectionSchema(SectionQuery):
    """Other words in one section; `revision`: the one that was read, refused with 412 if there is another by now."""

    revision = maybe(Whole, 0, 2**53)
    changes = changes_of(SectionFields)


class SectionPageSchema(SectionSchema):
    """A section with where its minutes are: which version, in which state."""

    minutes_id = Id(required=True)
    minutes_version = Whole(1, 2**53, required=True)
    state = Text(40, required=True)


class CorrectMinutesSchema(Command):
    """An erratum: minutes that correct these, as a draft with their text, and why."""

    id = Id(required=True)
    reason = Text(5000, required=True, lines=True)


class SealPageSchema(Part):
    """The seal of minutes, and what it is over: SHA-256 of `canonical` in UTF-8. `holds` null: not sealed."""

    id = Id(required=True)
    origin = Text(40, required=True)
    version = Whole(1, 2**53, required=True)
    seal = one(SealSchema, allow_none=True)
    canonical = Text(8_000_000, required=True, lines=True)
    computed = Text(64, required=True)
    first_heard = maybe(Text, 64)
    holds = YesNo(allow_none=True)


class DiffMinutesSchema(Command):
    """With what minutes are compared: an earlier version of theirs by its number, or other minutes by their id.

    Without it: those that they correct.
    """

    id = Id(required=True)
    base = maybe(Text, 40, data_key="from")
    format = Choice("json", "html", load_default="json")
    language = Choice("fr", "en", load_default="fr")


class ParagraphDifferenceSchema(Part):
    """A paragraph as it was and as it is."""

    change = Choice(*DIFFERENCES, required=True)
    before = maybe(Text, 1_000_000, lines=True)
    after = maybe(Text, 1_000_000, lines=True)
    number_before = maybe(Whole, 1, 2**53)
    number_after = maybe(Whole, 1, 2**53)


class FieldDifferenceSchema(Part):
    """A field beside the sections that is another one, in words."""

    field = Text(100, required=True)
    before = maybe(Text, 1_000_000, lines=True)
    after = maybe(Text, 1_000_000, lines=True)


class SectionDifferenceSchema(Part):
    """A section as it was and as it is; the paragraphs of one that is the same are left out."""

    id = maybe(Id)
    title = Text(5000, shortest=0)
    number = maybe(Whole, 0, 9999)
    change = Choice(*DIFFERENCES, required=True)
    fields_changed = many(FieldDifferenceSchema, 10)
    paragraphs = many(ParagraphDifferenceSchema, 100_000)
    decisions = many(ParagraphDifferenceSchema, 10_000)
    actions = many(ParagraphDifferenceSchema, 10_000)


class ComparedSchema(Part):
    """One of the two."""

    id = Id(required=True)
    version = Whole(1, 2**53, required=True)
    title = fields.String()
    state = fields.String()


class DifferenceSchema(Part):
    """What differs between two texts of minutes."""

    id = Id(required=True)
    version = Whole(1, 2**53, required=True)
    before = one(ComparedSchema, required=True)
    after = one(ComparedSchema, required=True)
    same = YesNo(required=True)
    fields_changed = many(FieldDifferenceSchema, 50)
    sections = many(SectionDifferenceSchema, 500)
