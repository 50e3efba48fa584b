"""Lives of a notification to a focal point, and of the report to whoever acted."""

from services.notifications.domain.notification import Notification
from tests.contract.examples.life import (
    ACCOUNT,
    DGECM,
    FOCAL_POINT,
    INS,
    MINUTES,
    NOTIFICATION,
    OIM,
    REPORT,
    Life,
)

EVENT = "01946f2a-0000-7000-8000-0000000000e1"
CORRELATION = "01946f2a-0000-7000-8000-0000000000c1"
IN_APP = {"channel": "in_app", "status": "done", "attempts": 1, "at": "2026-03-02T08:00:01.000Z"}
MAIL = {"channel": "email", "status": "pending", "attempts": 0, "next_at": "2026-03-02T08:00:01.000Z"}
TRIED = {**MAIL, "attempts": 1, "at": "2026-03-02T08:00:02.000Z", "next_at": "2026-03-02T08:01:02.000Z"}
SENT = {"channel": "email", "status": "done", "attempts": 2, "at": "2026-03-02T08:01:03.000Z"}
ABOUT = {
    "link": f"/minutes/{MINUTES}",
    "subject": MINUTES,
    "event_id": EVENT,
    "correlation_id": CORRELATION,
}

TOLD = Life(
    Notification,
    "notification",
    NOTIFICATION,
    "internal",
    {
        **ABOUT,
        "recipient": {"kind": "focal_point", "id": FOCAL_POINT},
        "institution_id": INS,
        "kind": "minutes_circulated",
        "title": "Compte-rendu du 26 février 2026 : vos remarques jusqu'au 6 mars",
        "text": "Le compte-rendu de la réunion est en circulation.\n\nVos remarques sont attendues.",
        "deliveries": [IN_APP, MAIL],
    },
    [
        ("created", {}),
        ("changed", {"deliveries": [IN_APP, {**TRIED, "detail": "the server cannot be reached"}]}),
        ("delivered", {"deliveries": [IN_APP, SENT]}),
        ("read", {"read_at": "2026-03-02T10:15:00.000Z"}),
    ],
)
TO_WHOEVER_ACTED = Life(
    Notification,
    "notification",
    REPORT,
    "internal",
    {
        **ABOUT,
        "recipient": {"kind": "account", "id": ACCOUNT},
        "kind": "report",
        "title": "1 institution avertie sur 2",
        "text": "Averties :\n- INS\n\nSans point focal :\n- OIM",
        "told": [INS],
        "not_told": [OIM, DGECM],
        "deliveries": [IN_APP],
    },
    [("created", {})],
)

LIVES = (TOLD, TO_WHOEVER_ACTED)
