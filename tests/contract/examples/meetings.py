"""Lives of a meeting, one that was put off and called off, its minutes, old minutes, and recommendations."""

from services.meetings.domain.meeting import Meeting
from services.meetings.domain.minutes import Minutes
from services.meetings.domain.recommendation import Recommendation
from tests.contract.examples.attendance import LIVES as AT_THE_DOOR
from tests.contract.examples.desk import LIVES as DESK
from tests.contract.examples.follow_up import LIVES as FOLLOW_UP
from tests.contract.examples.life import DGECM, GTM, INS, MEETING, MINUTES, OIM, RECOMMENDATION, SP_CCM, Life
from tests.contract.examples.validation import LIVES as VALIDATION
from tests.contract.examples.words import LIVES as WORDS

GROUP_NAME = "Groupe Technique sur la Migration"
AGENDA = [
    {"title": "Mobilité des éleveurs dans la bande d'Agadez", "number": 1, "presenter": "OIM"},
    {"title": "Divers", "number": 2, "postponed": True},
]
SESSION = {
    "title": "Réunion du GTM de février 2026",
    "date": "2026-02-26",
    "group_id": GTM,
    "group_name": GROUP_NAME,
    "start": "09:00",
    "place": "Niamey, salle du SP/CCM",
    "agenda": AGENDA,
}
ATTENDANCE = [
    {"text": "OIM", "institution_id": OIM, "name": "OIM", "acronym": "OIM", "match": "exact"},
    {"text": "DGECEM-R", "institution_id": DGECM, "name": "DGECM-R", "acronym": "DGECM-R", "match": "near"},
    {"text": "Collectif des jeunes de Dirkou", "name": "Collectif des jeunes de Dirkou", "match": "none"},
]
HELD = Life(
    Meeting,
    "meeting",
    MEETING,
    "gtm",
    SESSION,
    [
        ("created", {}),
        ("changed", {"place": "Niamey, ministère de l'Intérieur"}),
        ("convened", {"state": "convened"}),
        ("held", {"state": "held", "end": "13:30", "attendance": ATTENDANCE}),
        ("closed", {"state": "closed", "minutes_id": MINUTES}),
    ],
)
PUT_OFF = Life(
    Meeting,
    "meeting",
    "01946f2a-0000-7000-8000-000000000024",
    "gtm",
    {**SESSION, "title": "Réunion du GTM de mars 2026", "date": "2026-03-26"},
    [("created", {}), ("postponed", {"state": "postponed"}), ("cancelled", {"state": "cancelled"})],
)
TEXT = {
    "meeting_id": MEETING,
    "title": "Compte-rendu du GTM de février 2026",
    "date": "2026-02-26",
    "group_id": GTM,
    "group_name": GROUP_NAME,
    "start": "09:00",
    "end": "13:30",
    "place": "Niamey, ministère de l'Intérieur",
    "agenda": AGENDA,
    "attendance": [entry["text"] for entry in ATTENDANCE],
    "present": [OIM, DGECM],
    "sections": [
        {
            "title": "Mobilité des éleveurs dans la bande d'Agadez",
            "number": 1,
            "text": "Les membres ont pris note de la présentation.",
            "actions": [
                {"what": "Partager la carte", "who": "OIM", "due": "31 mars 2026", "due_date": "2026-03-31"},
                {"what": "Saisir le CCM", "who": "SP/CCM", "due": "prochaine réunion"},
            ],
        }
    ],
    "signatory": {"function": "Le secrétaire permanent", "name": "Personne d'exemple"},
    "source": {"sha256": "0" * 64, "media_type": "text/plain", "size": 2048, "name": "cr-2026-02-26.txt"},
}
CURRENT = Life(
    Minutes,
    "minutes",
    MINUTES,
    "gtm",
    TEXT,
    [
        ("imported", {}),
        ("changed", {"preamble": "L'an deux mille vingt-six et le vingt-six février."}),
        (
            "circulated",
            {
                "state": "circulated",
                "deadline": "2026-03-06T22:59:59.000Z",
                "circulated_at": "2026-03-02T08:00:00.000Z",
            },
        ),
        ("adopted", {"state": "adopted", "adopted_at": "2026-03-09T08:00:00.000Z", "adopted_on": "2026-03-09"}),
        ("published", {"state": "published", "visibility": "public", "published_at": "2026-03-10T08:00:00.000Z"}),
    ],
)
OLD = Life(
    Minutes,
    "minutes",
    "01946f2a-0000-7000-8000-000000000025",
    "gtm",
    {
        **TEXT,
        "date": "2021-09-21",
        "title": "Compte-rendu du GTM de septembre 2021",
        "state": "adopted",
        "adopted_at": "2026-02-03T09:00:00.000Z",
        "adopted_on": "2021-09-21",
        "archive": True,
    },
    [("archived", {})],
)
ASKED = {
    "text": "Partager la carte des couloirs de transhumance avec les membres",
    "meeting_id": MEETING,
    "minutes_id": MINUTES,
    "kind": "action",
    "section": "Mobilité des éleveurs dans la bande d'Agadez",
    "who": "OIM",
    "lead_institution_id": OIM,
    "due": "2026-03-31",
    "due_text": "31 mars 2026",
    "axis": "A3",
}
CARRIED_OUT = Life(
    Recommendation,
    "recommendation",
    RECOMMENDATION,
    "gtm",
    ASKED,
    [
        ("created", {}),
        ("changed", {"supporting_institution_ids": [INS, SP_CCM], "priority": "high"}),
        ("started", {"status": "in_progress"}),
        ("completed", {"status": "done"}),
        ("verified", {"status": "verified"}),
    ],
)
DROPPED = Life(
    Recommendation,
    "recommendation",
    "01946f2a-0000-7000-8000-000000000026",
    "gtm",
    {**ASKED, "kind": "recommendation", "due": None, "due_text": "dès que possible"},
    [("created", {}), ("cancelled", {"status": "cancelled"})],
)

LIVES = (
    HELD, PUT_OFF, CURRENT, OLD, CARRIED_OUT, DROPPED, *DESK, *FOLLOW_UP, *VALIDATION, *WORDS, *AT_THE_DOOR
)  # fmt: skip
