"""A record from its first version through the changes that events tell of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.kernel.record import Record

INS = "01946f2a-0000-7000-8000-000000000001"
OIM = "01946f2a-0000-7000-8000-000000000002"
SP_CCM = "01946f2a-0000-7000-8000-000000000003"
DGECM = "01946f2a-0000-7000-8000-000000000004"
GTM = "01946f2a-0000-7000-8000-000000000010"
MEETING = "01946f2a-0000-7000-8000-000000000020"
MINUTES = "01946f2a-0000-7000-8000-000000000021"
RECOMMENDATION = "01946f2a-0000-7000-8000-000000000022"
FOCAL_POINT = "01946f2a-0000-7000-8000-000000000030"
INTERVENTION = "01946f2a-0000-7000-8000-000000000031"
FRAMEWORK = "01946f2a-0000-7000-8000-000000000040"
INDICATOR = "01946f2a-0000-7000-8000-000000000041"
OBSERVATION = "01946f2a-0000-7000-8000-000000000042"
VERIFICATION = "01946f2a-0000-7000-8000-000000000044"
NOTIFICATION = "01946f2a-0000-7000-8000-000000000050"
REPORT = "01946f2a-0000-7000-8000-000000000051"
ACCOUNT = "01946f2a-0000-7000-8000-0000000000a1"


@dataclass(frozen=True)
class Life:
    """`steps`: participle of each event with what changed, the first one being the record's birth."""

    kind: type[Record]
    noun: str
    id: str
    visibility: str
    fields: Mapping[str, Any]
    steps: Sequence[tuple[str, Mapping[str, Any]]]
