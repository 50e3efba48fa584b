"""Focal points: persons who speak for an institution. Personal data: always internal to the node."""

from dataclasses import dataclass

from chassis.kernel.record import Record

VISIBILITY = "internal"


@dataclass(frozen=True, kw_only=True)
class FocalPoint(Record):
    """A person and how to reach them, with their consent to be listed."""

    institution_id: str
    name: str
    email: str
    phone: str | None = None
    function: str | None = None
    language: str = "fr"
    consent: bool = False
    status: str = "active"
