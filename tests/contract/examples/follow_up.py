"""Lives of what is said of a recommendation: an answer, a report, a referral and its answer."""

from services.meetings.domain.referral import Referral, ReferralAnswer
from services.meetings.domain.response import ProgressReport, Response
from tests.contract.examples.life import GTM, OIM, RECOMMENDATION, Life

REFERRAL = "01946f2a-0000-7000-8000-000000000062"
GIVEN = "2026-03-03T08:00:00.000Z"
LATER = "2026-03-05T08:00:00.000Z"
ANSWERED = Life(
    Response,
    "response",
    "01946f2a-0000-7000-8000-000000000060",
    "gtm",
    {
        "recommendation_id": RECOMMENDATION,
        "institution_id": OIM,
        "decision": "declined",
        "reason": "La carte est chez l'opérateur précédent.",
        "turn": 1,
        "given_at": GIVEN,
    },
    [
        ("given", {}),
        ("changed", {"decision": "accepted", "reason": None, "turn": 2, "given_at": LATER}),
    ],
)
MAP = {"sha256": "5e" * 32, "name": "carte-v2.pdf", "media_type": "application/pdf", "size": 48213}
REPORTED = Life(
    ProgressReport,
    "progress_report",
    "01946f2a-0000-7000-8000-000000000061",
    "gtm",
    {
        "recommendation_id": RECOMMENDATION,
        "institution_id": OIM,
        "percent": 60,
        "note": "Deux départements sur trois sont couverts.",
        "evidence": "Carte provisoire, version de mars.",
        "evidence_link": "https://exemple.ne/cartes/transhumance-v2.pdf",
        "turn": 3,
    },
    [("filed", {}), ("changed", {"files": [MAP]})],
)
HANDED_ON = Life(
    Referral,
    "referral",
    REFERRAL,
    "gtm",
    {
        "recommendation_id": RECOMMENDATION,
        "to_group_id": GTM,
        "to_node": "central",
        "reason": "Dépasse les moyens de la région.",
        "turn": 4,
        "given_at": GIVEN,
    },
    [("made", {})],
)
MERGED = Life(
    ReferralAnswer,
    "referral_answer",
    "01946f2a-0000-7000-8000-000000000063",
    "gtm",
    {
        "referral_id": REFERRAL,
        "recommendation_id": RECOMMENDATION,
        "verdict": "merged",
        "into_id": "01946f2a-0000-7000-8000-000000000026",
        "reason": "La même demande vient de deux régions.",
        "given_at": GIVEN,
    },
    [("given", {}), ("changed", {"verdict": "accepted", "into_id": None, "reason": None, "given_at": LATER})],
)

LIVES = (ANSWERED, REPORTED, HANDED_ON, MERGED)
