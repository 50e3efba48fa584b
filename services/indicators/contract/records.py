"""What the indicators service shows and publishes: the whole record, the same in an answer and in an event."""

from chassis.contract.schema import Choice, Id, LabelsSchema, Part, RecordSchema, Text, Whole, many, maybe, one
from services.indicators.contract.fields import Categories, Dimension, Figure, SustainableGoal
from services.indicators.domain import framework, indicator, observation, periods, values

__all__ = ["FrameworkSchema", "IndicatorSchema", "ObservationSchema"]

LINE, LONG = 300, 5000
YEARS = (periods.FIRST_YEAR, periods.LAST_YEAR)


class NodeSchema(Part):
    """A line of the plan; `parent` is the code of the line above."""

    code = Text(40, required=True)
    parent = maybe(Text, 40)
    level = Choice(*framework.LEVELS, load_default="objective")
    labels = one(LabelsSchema, allow_none=True, load_default=None)


class FrameworkFields(Part):
    """What people fill in of a framework; `starts` and `ends` are years."""

    code = Text(40, required=True)
    name = Text(LINE, required=True)
    labels = one(LabelsSchema, allow_none=True, load_default=None)
    starts = Whole(*YEARS, required=True)
    ends = Whole(*YEARS, required=True)
    nodes = many(NodeSchema, 2000)


class FrameworkSchema(RecordSchema, FrameworkFields):
    """A plan or policy as a tree."""


class BaselineSchema(Part):
    """Where it stood before the plan."""

    year = Whole(*YEARS, required=True)
    value = Figure(required=True)


class TargetSchema(Part):
    """Where it should stand in a year; without an area, for the whole country."""

    year = Whole(*YEARS, required=True)
    value = Figure(required=True)
    area = maybe(Text, 20)


class IndicatorFields(Part):
    """What people fill in of an indicator."""

    code = Text(40, required=True)
    name = Text(LINE, required=True)
    labels = one(LabelsSchema, allow_none=True, load_default=None)
    definition = maybe(Text, LONG, lines=True)
    framework_id = maybe(Id)
    node_code = maybe(Text, 40)
    level = Choice(*indicator.LEVELS, load_default="output")
    unit = Text(60, required=True)
    kind = Choice(*values.KINDS, required=True)
    direction = Choice(*indicator.DIRECTIONS, load_default="up")
    frequency = Choice(*periods.FREQUENCIES, required=True)
    disaggregation = many(Dimension(), Categories.most)
    baseline = one(BaselineSchema, allow_none=True, load_default=None)
    targets = many(TargetSchema, 500)
    responsible_institution_id = maybe(Id)
    source = maybe(Text, LINE)
    gcm_objectives = many(Whole(1, 23), 23)
    sdg = many(SustainableGoal(), 30)
    over_time = Choice(*indicator.OVER_TIME, load_default="sum")
    over_space = Choice(*indicator.OVER_SPACE, load_default="sum")


class IndicatorSchema(RecordSchema, IndicatorFields):
    """What is measured, and what is aimed at."""


class ObservationFields(Part):
    """What people fill in of an observation: a value or, for a percentage, what it is a share of."""

    indicator_id = Id(required=True)
    period = Text(10, required=True, metadata={"examples": list(periods.EXAMPLES.values())})
    area = Text(20, load_default="NE")
    categories = Categories()
    value = maybe(Figure)
    numerator = maybe(Figure)
    denominator = maybe(Figure)
    source = maybe(Text, LINE)
    institution_id = maybe(Id)


class ObservationSchema(RecordSchema, ObservationFields):
    """A figure, and how far it has been checked."""

    status = Choice(*observation.STATUSES, required=True)
    reason = maybe(Text, LONG, lines=True)
