"""Lives of a framework, an indicator, a figure that was published and one that was returned, and a verification."""

from services.indicators.domain.framework import Framework
from services.indicators.domain.indicator import Indicator
from services.indicators.domain.observation import Observation
from services.indicators.domain.verification import Verification
from tests.contract.examples.life import FRAMEWORK, INDICATOR, INS, OBSERVATION, OIM, VERIFICATION, Life

NODES = [
    {"code": "A3", "level": "axis", "labels": {"fr": "Information partagée", "en": "Information shared"}},
    {
        "code": "A3.1",
        "parent": "A3",
        "level": "objective",
        "labels": {"fr": "Rendre l'information disponible", "en": "Make information available"},
    },
]
PLAN = Life(
    Framework,
    "framework",
    FRAMEWORK,
    "public",
    {
        "code": "STRATEGIE-2022-2026",
        "name": "Stratégie de coordination 2022-2026",
        "labels": {"fr": "Stratégie de coordination 2022-2026", "en": "Strategy of coordination 2022-2026"},
        "starts": 2022,
        "ends": 2026,
        "nodes": NODES,
    },
    [("created", {}), ("changed", {"ends": 2027})],
)
MEASURE = Life(
    Indicator,
    "indicator",
    INDICATOR,
    "public",
    {
        "code": "A3-1",
        "name": "Part des jeux de données partagés avec l'INS",
        "labels": {"fr": "Part des jeux de données partagés", "en": "Share of data sets that were shared"},
        "definition": "Jeux de données reçus par l'INS, sur ceux qui ont été annoncés.",
        "framework_id": FRAMEWORK,
        "node_code": "A3.1",
        "level": "outcome",
        "unit": "%",
        "kind": "percentage",
        "direction": "up",
        "frequency": "quarter",
        "disaggregation": ["sex"],
        "baseline": {"year": 2021, "value": "20"},
        "targets": [{"year": 2024, "value": "60"}, {"year": 2024, "value": "40", "area": "NE001"}],
        "responsible_institution_id": INS,
        "source": "Registre de l'INS",
        "gcm_objectives": [1],
        "sdg": ["17.18"],
        "over_time": "last",
        "over_space": "ratio",
    },
    [("created", {}), ("changed", {"targets": [{"year": 2024, "value": "65"}]})],
)
FIGURE = {
    "indicator_id": INDICATOR,
    "period": "2024-Q3",
    "area": "NE001",
    "categories": {"sex": "F"},
    "value": "62.5",
    "numerator": "5",
    "denominator": "8",
    "source": "Registre de l'INS",
    "institution_id": INS,
}
PUBLISHED = Life(
    Observation,
    "observation",
    OBSERVATION,
    "gtm",
    FIGURE,
    [
        ("submitted", {}),
        ("verified", {"status": "verified"}),
        ("published", {"status": "published", "visibility": "public"}),
        (
            "revised",
            {"status": "submitted", "visibility": "gtm", "value": "75", "numerator": "6"},
        ),
    ],
)
RETURNED = Life(
    Observation,
    "observation",
    "01946f2a-0000-7000-8000-000000000043",
    "gtm",
    {**FIGURE, "institution_id": OIM},
    [("submitted", {}), ("returned", {"status": "returned", "reason": "Le dénominateur compte des doublons."})],
)

JUDGED = Life(
    Verification,
    "verification",
    VERIFICATION,
    "gtm",
    {
        "observation_id": OBSERVATION,
        "judged_version": 4,
        "judged_incarnation": 1,
        "verdict": "returned",
        "turn": 1,
        "reason": "Le numérateur compte des jeux reçus deux fois.",
        "institution_id": INS,
        "given_at": "2026-03-03T08:00:00.000Z",
    },
    [("given", {})],
)

LIVES = (PLAN, MEASURE, PUBLISHED, RETURNED, JUDGED)
