"""What the indicators service takes: bodies of requests and filters of lists."""

from chassis.contract.schema import (
    Choice,
    Command,
    Id,
    Moment,
    PageQuery,
    Text,
    VersionQuery,
    changes_of,
    maybe,
    visibility,
)
from services.indicators.contract.records import LONG, FrameworkFields, IndicatorFields, ObservationFields
from services.indicators.domain import indicator, observation


class CreateFrameworkSchema(Command, FrameworkFields):
    """A new framework."""

    visibility = visibility("public")


class ChangeFrameworkSchema(VersionQuery):
    """Other values for some fields of a framework, the nodes as a whole."""

    changes = changes_of(CreateFrameworkSchema)


class FrameworkFilterSchema(PageQuery):
    """Which frameworks."""

    code = maybe(Text, 40)


class CreateIndicatorSchema(Command, IndicatorFields):
    """A new indicator."""

    visibility = visibility("public")


class ChangeIndicatorSchema(VersionQuery):
    """Other values for some fields of an indicator, the targets as a whole."""

    changes = changes_of(CreateIndicatorSchema)


class IndicatorFilterSchema(PageQuery):
    """Which indicators."""

    code = maybe(Text, 40)
    framework_id = maybe(Id)
    node_code = maybe(Text, 40)
    level = maybe(Choice, *indicator.LEVELS)
    responsible_institution_id = maybe(Id)


class CreateObservationSchema(Command, ObservationFields):
    """A new observation, as submitted. It becomes public by its publication alone."""

    visibility = Choice(*observation.VISIBILITIES, load_default="gtm")


class ChangeObservationSchema(VersionQuery):
    """Other values for some fields of an observation, which is then submitted anew."""

    changes = changes_of(CreateObservationSchema)


class MoveObservationSchema(VersionQuery):
    """Verify or publish; nothing more to say."""


class ReturnObservationSchema(VersionQuery):
    """Send back to who submitted it, with the reason."""

    reason = Text(LONG, required=True, lines=True)


class ObservationFilterSchema(PageQuery):
    """Which observations."""

    indicator_id = maybe(Id)
    period = maybe(Text, 10)
    area = maybe(Text, 20)
    status = maybe(Choice, *observation.STATUSES)
    institution_id = maybe(Id)
    as_of = maybe(Moment)
