"""Lives of an institution, a proposed one, a focal point, a group, an intervention; a confirmation, a merge undone."""

from services.actors.contract.records import FOCAL_POINT_BLANKS
from services.actors.domain.confirmation import Confirmation
from services.actors.domain.focal_point import FocalPoint
from services.actors.domain.group import Group
from services.actors.domain.institution import Institution
from services.actors.domain.intervention import Intervention
from services.actors.domain.merge import Merge
from tests.contract.examples.life import (
    ACCOUNT,
    CONFIRMATION,
    DGECM,
    FOCAL_POINT,
    GTM,
    INS,
    INTERVENTION,
    MERGE,
    MERGE_UNDONE,
    OIM,
    SP_CCM,
    Life,
)

INSTITUTION = Life(
    Institution,
    "institution",
    INS,
    "public",
    {
        "name": "Institut national de la statistique",
        "acronym": "INS",
        "kind": "state_body",
        "aliases": ["Institut National de la Statistique du Niger"],
        "labels": {"fr": "Institut national de la statistique", "en": "National Institute of Statistics"},
        "mandate": "Production et diffusion des statistiques officielles.",
        "themes": ["data_statistics"],
        "regions": ["NE008"],
        "contacts": {"address": "Niamey", "phone": "+227 00 00 00 00", "website": "https://ins.example.ne"},
    },
    [("created", {}), ("changed", {"parent_id": SP_CCM, "regions": ["NE008", "NE001"]})],
)
PROPOSED = Life(
    Institution,
    "institution",
    OIM,
    "gtm",
    {"name": "Collectif des jeunes de Dirkou", "status": "proposed", "note": "Vue dans : Réunion du GTM, mars 2026"},
    [("proposed", {})],
)
PERSON = Life(
    FocalPoint,
    "focal_point",
    FOCAL_POINT,
    "internal",
    {
        "institution_id": INS,
        "name": "Personne d'exemple",
        "email": "point.focal@ins.example.ne",
        "phone": "+227 00 00 00 01",
        "function": "Chef de division",
        "consent": True,
    },
    [
        ("created", {}),
        ("changed", {"language": "en", "function": "Directrice"}),
        (
            "redacted",
            {
                **FOCAL_POINT_BLANKS,
                "status": "ended",
                "consent": False,
                "ended_at": "2026-02-05T09:00:00Z",
                "consents": [
                    {
                        "purpose": "directory",
                        "how": "form",
                        "noted_at": "2026-02-03T09:00:00Z",
                        "noted_by": ACCOUNT,
                        "withdrawn_at": "2026-02-05T09:00:00Z",
                        "withdrawn_by": ACCOUNT,
                    }
                ],
                "erased": {
                    "at": "2026-02-05T09:00:00Z",
                    "by": ACCOUNT,
                    "reason": "asked",
                    "emptied": list(FOCAL_POINT_BLANKS),
                },
            },
        ),
    ],
)
GROUP = Life(
    Group,
    "group",
    GTM,
    "public",
    {
        "name": "Groupe Technique sur la Migration",
        "acronym": "GTM",
        "labels": {"fr": "Groupe Technique sur la Migration", "en": "Technical Group on Migration"},
        "aliases": ["GTM central"],
        "secretariat_id": SP_CCM,
        "members": [{"institution_id": SP_CCM, "role": "secretariat", "since": "2022-01-01"}],
    },
    [
        ("created", {}),
        (
            "changed",
            {
                "members": [
                    {"institution_id": SP_CCM, "role": "secretariat", "since": "2022-01-01"},
                    {"institution_id": INS, "role": "member", "since": "2026-02-01", "until": "2027-01-31"},
                ]
            },
        ),
    ],
)
PROJECT = Life(
    Intervention,
    "intervention",
    INTERVENTION,
    "gtm",
    {
        "title": "Appui à la réintégration dans l'Aïr",
        "lead_institution_id": OIM,
        "description": "Formation et petit équipement pour les migrants de retour et leurs hôtes.",
        "partner_ids": [DGECM],
        "donors": [{"institution_id": SP_CCM, "amount": "250000.50", "currency": "EUR"}],
        "themes": ["return_reintegration"],
        "activity_types": ["training"],
        "target_groups": ["returnees"],
        "axes": ["A2"],
        "pnm_programmes": ["PNM2.1"],
        "gcm_objectives": [21],
        "stages": ["reintegration"],
        "places": [{"level": "region", "code": "NE001"}, {"level": "post", "name": "Assamaka"}],
        "start": "2026-01-01",
        "end": "2027-12-31",
        "budget": {"amount": "300000", "currency": "EUR"},
    },
    [
        ("created", {}),
        ("changed", {"status": "under_way", "reached": {"women": 40, "men": 35, "girls": 6, "boys": 4, "total": 85}}),
    ],
)

CONFIRMED = Life(
    Confirmation,
    "confirmation",
    CONFIRMATION,
    "gtm",
    {
        "intervention_id": INTERVENTION,
        "institution_id": OIM,
        "note": "Le centre d'Assamaka est ouvert.",
        "turn": 1,
        "confirmed_at": "2026-03-03T08:00:00.000Z",
    },
    [("given", {})],
)
SAME = {"kept_id": INS, "merged_id": OIM}
ONE = Life(Merge, "merge", MERGE, "public", {**SAME, "reason": "Deux fiches de la même maison."}, [("made", {})])
TWO_AGAIN = Life(
    Merge,
    "merge",
    MERGE_UNDONE,
    "public",
    {**SAME, "reason": "Ce sont bien deux maisons.", "undoes": MERGE},
    [("undone", {})],
)

LIVES = (INSTITUTION, PROPOSED, PERSON, GROUP, PROJECT, CONFIRMED, ONE, TWO_AGAIN)
