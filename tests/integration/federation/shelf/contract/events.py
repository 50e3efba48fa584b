"""Papers in both releases; release 2 says their language, archives them, and has volumes too."""

import os
from dataclasses import dataclass
from typing import Any

from chassis.contract.envelope import EventType
from chassis.contract.schema import RecordSchema, Text
from chassis.contract.upcast import Upcast
from chassis.kernel.record import Record

NEWER = os.environ.get("GTM_TEST_RELEASE") == "2"


@dataclass(frozen=True, kw_only=True)
class Paper(Record):
    """`language` is of release 2; what was stored before is French."""

    title: str
    language: str = "fr"


@dataclass(frozen=True, kw_only=True)
class Volume(Record):
    """A noun of release 2."""

    title: str


class OldPaperSchema(RecordSchema):
    """Of release 1."""

    title = Text(200, required=True)


class PaperSchema(OldPaperSchema):
    """Of release 2."""

    language = Text(2, required=True)


class VolumeSchema(OldPaperSchema):
    """Of release 2."""


def _in_french(data: dict[str, Any]) -> dict[str, Any]:
    return data | {"language": "fr"}


ABOUT = "Something happened to it."
CREATED_V1 = EventType("gtm.shelf.paper.created.v1", OldPaperSchema, ABOUT)
CREATED_V2 = EventType("gtm.shelf.paper.created.v2", PaperSchema, ABOUT, (Upcast(1, _in_french),))
ARCHIVED_V1 = EventType("gtm.shelf.paper.archived.v1", PaperSchema, ABOUT)
VOLUME_V1 = EventType("gtm.shelf.volume.created.v1", VolumeSchema, ABOUT)
EVENTS = (CREATED_V2, ARCHIVED_V1, VOLUME_V1) if NEWER else (CREATED_V1,)
