"""Focal points as the notifications service knows them: copies fed by the actors service's events.

Personal data: the only place of this service that holds an address; it follows the record it is a copy of.
"""

from collections.abc import Sequence
from typing import Any

from chassis.storage.replica import Replica


class KnownFocalPoints(Replica):
    """Persons who speak for institutions, and how to reach them."""

    noun = "focal_point"
    attribute = "known_focal_points"
    indexes = ("institution_id",)

    def active_for(self, institution_ids: Sequence[str]) -> list[dict[str, Any]]:
        """Those who speak for one of these institutions now, by id."""
        return self.every({"institution_id": {"$in": list(institution_ids)}, "status": "active"})
