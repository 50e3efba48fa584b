"""Areas: the country, or a region or department by its p-code (COD-AB of Niger: NE001 is Agadez)."""

import re

from chassis.kernel.errors import FieldError
from services.indicators.domain.faults import fault

COUNTRY = "NE"

# The eight regions are settled by law; departments come and go, so a well-formed code that is new is taken.
_AREA = re.compile(r"NE(?:00[1-8](?:\d{3})?)?", re.ASCII)


def area_faults(area: str, field: str = "area") -> list[FieldError]:
    """Whether this is NE, NE001 to NE008, or a department of one of these, such as NE001001."""
    return [] if _AREA.fullmatch(area) else [fault(field, "not-an-area", value=area)]
