"""Lives of lines of the list at a meeting's door: one put right and erased, one that should not have been there."""

from services.meetings.contract.attendance import ATTENDEE_BLANKS
from services.meetings.domain.attendance import Attendee
from tests.contract.examples.life import ACCOUNT, INS, MEETING, OIM, Life

PRESENT = Life(
    Attendee,
    "attendee",
    "01946f2a-0000-7000-8000-000000000090",
    "internal",
    {
        "meeting_id": MEETING,
        "institution_id": OIM,
        "date": "2026-02-26",
        "name": "Personne d'exemple",
        "function": "Chargée de programme",
    },
    [
        ("signed_in", {}),
        ("changed", {"status": "delegate", "for_institution_id": INS, "mode": "remote"}),
        (
            "redacted",
            {
                **ATTENDEE_BLANKS,
                "erased": {
                    "at": "2026-02-27T09:00:00Z",
                    "by": ACCOUNT,
                    "reason": "asked",
                    "emptied": list(ATTENDEE_BLANKS),
                },
            },
        ),
    ],
)
STRAY = Life(
    Attendee,
    "attendee",
    "01946f2a-0000-7000-8000-000000000091",
    "internal",
    {"meeting_id": MEETING, "institution_id": INS, "date": "2026-02-26"},
    [("signed_in", {}), ("removed", {"removed": True})],
)

LIVES = (PRESENT, STRAY)
