"""Lives of what is said across nodes: an answer to an invitation, remarks and the verdict on one, a document opened."""

from services.meetings.domain.reading import Opening
from services.meetings.domain.remark import Remark, RemarkAnswer
from services.meetings.domain.rsvp import Rsvp
from tests.contract.examples.life import INS, MEETING, MINUTES, OIM, Life
from tests.contract.examples.validation import DOCUMENT

REMARK = "01946f2a-0000-7000-8000-000000000081"
FIRST, SECOND = "2026-02-03T08:00:00.000Z", "2026-02-05T08:00:00.000Z"
COMES = Life(
    Rsvp,
    "rsvp",
    "01946f2a-0000-7000-8000-000000000080",
    "gtm",
    {
        "meeting_id": MEETING,
        "institution_id": OIM,
        "answer": "tentative",
        "date": "2026-02-26",
        "turn": 1,
        "given_at": FIRST,
    },
    [
        ("given", {}),
        ("changed", {"answer": "accepted", "headcount": 2, "turn": 2, "given_at": SECOND}),
    ],
)
REMARKED = Life(
    Remark,
    "remark",
    REMARK,
    "gtm",
    {
        "target_kind": "minutes",
        "target_id": MINUTES,
        "target_version": 2,
        "institution_id": INS,
        "section": "2. Collecte des données",
        "text": "Les chiffres du troisième trimestre sont provisoires.",
        "filed_at": FIRST,
    },
    [
        ("filed", {}),
        ("changed", {"proposal": "… les chiffres, provisoires, du troisième trimestre …", "filed_at": SECOND}),
    ],
)
JUDGED = Life(
    RemarkAnswer,
    "remark_answer",
    "01946f2a-0000-7000-8000-000000000082",
    "gtm",
    {
        "remark_id": REMARK,
        "target_kind": "minutes",
        "target_id": MINUTES,
        "verdict": "set_aside",
        "answer": "À vérifier auprès de la direction qui les a fournis.",
        "given_at": FIRST,
    },
    [
        ("given", {}),
        ("changed", {"verdict": "taken_in", "answer": None, "given_at": SECOND}),
    ],
)

OPENED = Life(
    Opening,
    "opening",
    "01946f2a-0000-7000-8000-000000000083",
    "gtm",
    {"document_id": DOCUMENT, "institution_id": OIM, "opened_at": FIRST},
    [("noted", {})],
)

LIVES = (COMES, REMARKED, JUDGED, OPENED)
