"""The life of minutes that the desk wrote, adopted subject to reservations, and corrected later."""

from services.meetings.domain.minutes import Minutes
from tests.contract.examples.life import GTM, INS, OIM, RECOMMENDATION, Life

SECTION = {
    "id": "01946f2a-0000-7000-8000-000000000091",
    "number": 1,
    "title": "Chiffres du trimestre",
    "text": "",
}
WRITTEN = {
    **SECTION,
    "revision": 1,
    "text": "L’INS a présenté les chiffres, **provisoires**.",
    "decisions": [
        {
            "id": "01946f2a-0000-7000-8000-000000000092",
            "text": "Les chiffres sont publiés.",
            "to_confirm": True,
            "document_id": "01946f2a-0000-7000-8000-000000000060",
            "document_version": 2,
        }
    ],
    "actions": [{"what": "Transmettre le fichier", "who": "INS", "institution_id": INS, "no_due": True}],
}
SENT = {**WRITTEN, "actions": [{**WRITTEN["actions"][0], "recommendation_id": RECOMMENDATION}]}  # type: ignore[index]
ERRATUM = "01946f2a-0000-7000-8000-000000000029"
WRITTEN_AT_THE_DESK = Life(
    Minutes,
    "minutes",
    "01946f2a-0000-7000-8000-000000000028",
    "gtm",
    {
        "meeting_id": "01946f2a-0000-7000-8000-000000000027",
        "title": "Réunion du GTM d’avril 2026",
        "date": "2026-01-22",
        "group_id": GTM,
        "agenda": [{"number": 1, "title": "Chiffres du trimestre", "presenter": "INS"}],
        "attendance": ["OIM"],
        "present": [OIM],
        "sections": [SECTION],
    },
    [
        ("drafted", {}),
        ("changed", {"sections": [WRITTEN]}),
        (
            "circulated",
            {
                "state": "circulated",
                "sections": [SENT],
                "deadline": "2026-02-20T22:59:59.000Z",
                "circulated_at": "2026-02-05T08:00:00.000Z",
            },
        ),
        (
            "reserved",
            {"reserved_at": "2026-02-21T08:00:00.000Z", "adopted_on": "2026-02-21", "adopted_how": "without_objection"},
        ),
        (
            "adopted",
            {
                "state": "adopted",
                "adopted_at": "2026-02-23T08:00:00.000Z",
                "seal": {"form": "gtm-minutes-1", "sha256": "0" * 64},
            },
        ),
        ("corrected", {"corrected_by": ERRATUM}),
    ],
)

LIVES = (WRITTEN_AT_THE_DESK,)
