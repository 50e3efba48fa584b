"""The feeds that calendars subscribe to: of a group, of all groups, of the groups that one's institution sits on."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import eventlet

from chassis.contract.schema import load
from chassis.kernel.clock import NIAMEY
from chassis.kernel.errors import InvalidError, NotFoundError
from chassis.kernel.principal import Caller
from chassis.service import Service, rpc
from services.actors.contract.merges import meaning
from services.meetings.contract.calendar import Address, Feed, feed
from services.meetings.contract.commands import CalendarSchema
from services.meetings.contract.records import MeetingSchema

PAST, FUTURE = timedelta(days=183), timedelta(days=550)
MOST = 500
NAMES = {"fr": ("Réunions du GTM", "Mes réunions"), "en": ("GTM meetings", "My meetings")}


class CalendarEntrypoints(Service):
    """Calendars."""

    @rpc
    def get_calendar(self, payload: Any) -> Any:
        """{text}: the meetings half a year back and a year and a half ahead, as far as the caller sees them."""
        caller, asked = self.asking(), load(CalendarSchema(), payload)
        name, groups = self._chosen(caller, asked)
        today = datetime.now(NIAMEY).date()
        window = (today - PAST).isoformat(), (today + FUTURE).isoformat()
        found = self.store.parts["meetings"].seen_by(caller).in_window(*window, groups, MOST)
        url = self.settings["GTM"].public_url
        organizer = Address(name=f"GTM {self.store.place.node}", email=f"gtm@{urlsplit(url).hostname or 'localhost'}")
        told = Feed(name=name, public_url=url, organizer=organizer, language=asked["language"], alarm=asked["alarm"])
        schema = MeetingSchema()
        shown = (dict(schema.dump(one)) for one in sorted(found, key=lambda one: (one.date, one.id)))
        pieces = []
        for piece in feed(shown, told):
            pieces.append(piece)
            eventlet.sleep(0)  # half a millisecond each: other calls go on in between
        return {"text": b"".join(pieces).decode("utf-8")}

    def _chosen(self, caller: Caller, asked: dict[str, Any]) -> tuple[str, list[str] | None]:
        """What the feed is called, and the groups that it is of; None: whatever is seen."""
        every, mine = NAMES[asked["language"]]
        if asked["mine"]:
            return mine, self._groups_of(caller)
        if asked["group_id"] is None:
            return every, None
        group = self.store.parts["known_groups"].seen_by(caller).find(asked["group_id"], within=0)
        if group is None:
            raise NotFoundError("group-not-found", None, {"id": asked["group_id"]})
        return str(group.get("acronym") or group["name"]), [asked["group_id"]]

    def _groups_of(self, caller: Caller) -> list[str]:
        """Those of which the caller's institution is a member, by whatever id. Raises: InvalidError no-institution."""
        own = caller.principal.institution_id
        if own is None:
            raise InvalidError("no-institution")
        same = meaning(self.store.parts["known_merges"].every())(own)
        groups = self.store.parts["known_groups"].every({"members.institution_id": {"$in": sorted(same)}})
        return [one["_id"] for one in groups]
