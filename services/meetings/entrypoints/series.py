"""Calls on a group's series: the next session, and where groups stand in their rhythm."""

from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING

from chassis.contract.schema import load
from chassis.kernel.clock import NIAMEY
from chassis.kernel.principal import Caller
from chassis.service import Service, rpc
from services.meetings.contract import series as contract
from services.meetings.domain.series import TO_COME, TOOK_PLACE, cadence_of, sentences, standing
from services.meetings.entrypoints.planning import planned
from services.meetings.handlers import series as handlers


class SeriesEntrypoints(Service):
    """Sessions that follow each other."""

    @rpc
    def next_meeting(self, payload: Any) -> Any:
        """See handlers.series.prepare_next."""
        return planned(self, handlers.prepare_next, contract.NextMeetingSchema(), payload)

    @rpc
    def list_series(self, payload: Any) -> Any:
        """A page of groups, each with where it stands."""
        caller, asked = self.asking(), load(contract.SeriesFilterSchema(), payload)
        groups = self.store.parts["known_groups"].seen_by(caller)
        found, next_cursor = groups.listed(asked["page_size"], asked["cursor"], asked["group_id"])
        items = contract.SeriesSchema(many=True).dump([self._series(caller, one) for one in found])
        return {"items": items, "next_cursor": next_cursor}

    def _series(self, caller: Caller, group: dict[str, Any]) -> dict[str, Any]:
        meetings, today = self.store.parts["meetings"].seen_by(caller), datetime.now(NIAMEY).date()
        day = today.isoformat()
        last = next(iter(meetings.of_group(group["_id"], TOOK_PLACE, DESCENDING, lte=day)), None)
        following = next(iter(meetings.of_group(group["_id"], TO_COME, ASCENDING, gte=day)), None)
        dormant = group.get("status") == "dormant"
        found = standing(cadence_of(group), last.date if last else None, today, dormant=dormant)
        return {
            "group_id": group["_id"],
            **{name: group.get(name) for name in ("origin", "name", "acronym", "cadence")},
            "last_session": last,
            "next_session": following,
            "due_on": found.due_on,
            "overdue_days": found.days,
            "overdue_weeks": found.weeks,
            "sentence": sentences(found),
        }
