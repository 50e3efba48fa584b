"""What the announcements of an act begin with."""

from typing import Any

from tests.unit.notifications.builders import (
    a_meeting,
    an_institution,
    some_minutes,
)
from tests.unit.notifications.fake_work import FakeWork


class Story:
    """Two institutions at a meeting, one body nobody knows, and the minutes of it."""

    def __init__(self) -> None:
        self.work: Any = FakeWork()
        self.one, self.two = an_institution("Organisation internationale", "OI"), an_institution("Mairie de Tahoua")
        attendance = [
            {"text": "OI", "institution_id": self.one["id"]},
            {"text": "Mairie", "institution_id": self.two["id"]},
            {"text": "Comité des jeunes", "institution_id": None},
        ]
        self.meeting = a_meeting(attendance)
        self.minutes = some_minutes(self.meeting, [self.one, self.two])
        for institution in (self.one, self.two):
            self.work.known_institutions.add(institution)
        self.work.known_meetings.add(self.meeting)

    def knows(self, *focal_points: dict[str, Any]) -> None:
        for focal_point in focal_points:
            self.work.known_focal_points.add(focal_point)
