"""Lives of documents put up for validation, the rounds in which groups are asked, and an opinion."""

from services.meetings.domain.document import Document
from services.meetings.domain.validation_round import Opinion, Round
from tests.contract.examples.life import GTM, MEETING, Life

DOCUMENT = "01946f2a-0000-7000-8000-000000000070"
ROUND = "01946f2a-0000-7000-8000-000000000071"
AGADEZ = "01946f2a-0000-7000-8000-000000000072"
TEXT = {
    "number": 1,
    "reference": "https://exemple.ne/strategie-v1.pdf",
    "note": "Première version",
    "added_at": "2026-02-03T09:00:00.000Z",
}
SECOND = {
    "number": 2,
    "reference": "https://exemple.ne/strategie-v2.pdf",
    "note": "Volet genre ajouté",
    "added_at": "2026-02-05T09:00:00.000Z",
}
FINAL = {
    "number": 3,
    "reference": "https://exemple.ne/strategie-v3.pdf",
    "note": "Intègre les observations de la séance",
    "sections": ["1. Contexte", "2. Volet genre", "3. Calendrier"],
    "integrates": True,
    "added_at": "2026-03-05T09:00:00.000Z",
}
SEALED = {**FINAL, "finalised_at": "2026-03-06T09:00:00.000Z", "handled": ["01946f2a-0000-7000-8000-000000000081"]}
PUT_UP = {
    "title": "Stratégie de coordination, projet",
    "kind": "strategy",
    "summary": "Les axes et leur suivi.",
    "versions": [TEXT],
}
VALIDATED = Life(
    Document,
    "document",
    DOCUMENT,
    "gtm",
    PUT_UP,
    [
        ("submitted", {}),
        ("changed", {"title": "Stratégie de coordination 2027-2031, projet"}),
        ("revised", {"versions": [TEXT, SECOND]}),
        ("circulated", {"state": "under_review"}),
        ("validated", {"state": "validated_subject_to"}),
        ("revised", {"versions": [TEXT, SECOND, FINAL]}),
        ("validated", {"state": "validated", "versions": [TEXT, SECOND, SEALED]}),
        ("superseded", {"state": "superseded"}),
    ],
)
REFUSED = Life(
    Document,
    "document",
    "01946f2a-0000-7000-8000-000000000073",
    "gtm",
    {**PUT_UP, "title": "Plan de communication"},
    [("submitted", {}), ("circulated", {"state": "under_review"}), ("rejected", {"state": "rejected"})],
)
ASKED = Life(
    Round,
    "round",
    ROUND,
    "gtm",
    {
        "document_id": DOCUMENT,
        "document_title": "Stratégie de coordination 2027-2031, projet",
        "document_kind": "strategy",
        "version_number": 2,
        "reference": "https://exemple.ne/strategie-v2.pdf",
        "groups": [
            {"id": GTM, "name": "GTM", "node": "central"},
            {"id": AGADEZ, "name": "GTM Agadez", "node": "agadez"},
        ],
        "deadline": "2026-03-06T22:59:59.000Z",
        "opened_at": "2026-02-03T09:00:00.000Z",
        "note": "Merci de vous prononcer sur les axes 2 et 3.",
    },
    [
        ("opened", {}),
        ("changed", {"deadline": "2026-03-13T22:59:59.000Z"}),
        (
            "closed",
            {
                "state": "closed",
                "outcome": "validated_subject_to",
                "conclusion": "Validée sous réserve de la remarque du GTM.",
                "closed_at": "2026-02-05T09:00:00.000Z",
                "unanswered": [AGADEZ],
            },
        ),
    ],
)
ANSWERED = Life(
    Opinion,
    "opinion",
    "01946f2a-0000-7000-8000-000000000074",
    "gtm",
    {
        "round_id": ROUND,
        "group_id": GTM,
        "verdict": "favourable",
        "remarks": "Préciser le calendrier de l'axe 3.",
        "meeting_id": MEETING,
        "given_at": "2026-02-04T09:00:00.000Z",
    },
    [("given", {}), ("changed", {"verdict": "favourable_with_remarks", "given_at": "2026-02-05T09:00:00.000Z"})],
)

LIVES = (VALIDATED, REFUSED, ASKED, ANSWERED)
