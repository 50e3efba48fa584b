"""What every call that plans a meeting shares: warnings in the answer, another number where one was just taken."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from chassis.kernel.errors import ConflictError
from chassis.service import Service
from services.meetings.contract.records import MeetingSchema
from services.meetings.contract.series import PlannedMeetingSchema
from services.meetings.domain.meeting import Meeting
from services.meetings.handlers.clash import warnings

RACES = ("convocation-taken", "session-taken", "next-exists")
RUNS = 10


def planned(service: Service, handler: Callable[..., Meeting], takes: Schema, payload: Any) -> dict[str, Any]:
    """Carry it out. Somebody may give the same number at the same moment: then the next one is given."""

    def act(work: Any, **said: Any) -> dict[str, Any]:
        meeting = handler(work, **said)
        shown = MeetingSchema().dump(meeting)
        return {**shown, **PlannedMeetingSchema(only=["warnings"]).dump({"warnings": warnings(work, meeting)})}

    for _ in range(RUNS):
        try:
            return service.perform(act, takes, payload)
        except ConflictError as error:
            if error.code not in RACES or error.params.get("meeting_id"):
                raise
    return service.perform(act, takes, payload)
