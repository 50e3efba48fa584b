"""What every record has (domain.md, "Every record has")."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Record:
    """A thing with one writer: `origin` is the only node that changes it, `version` counts its changes from 1."""

    id: str
    origin: str
    version: int
    visibility: str
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


SERVER_OWNED = ("id", "origin", "version", "created_at", "created_by", "updated_at", "updated_by")
"""Fields that no caller may set."""

FEDERATED = ("gtm", "public")
"""Visibilities of records that travel to other nodes; internal ones stay on theirs."""


def narrows(before: Record, after: Record) -> bool:
    """Whether other nodes had the record, and may not have it any more."""
    return before.visibility in FEDERATED and after.visibility not in FEDERATED
