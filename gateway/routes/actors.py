"""Addresses of the actors service."""
# ruff: noqa: E501 - one line an address
# fmt: off

from gateway.routes import persons
from gateway.table import act, blueprint, change, create, lists, one
from services.actors.contract import commands as c
from services.actors.contract import records as r

INSTITUTIONS = (
    lists("/institutions", "actors.list_institutions", r.InstitutionSchema, c.InstitutionFilterSchema, "L’annuaire des institutions"),
    create("/institutions", "actors.create_institution", c.CreateInstitutionSchema, r.InstitutionSchema, "Ajouter une institution"),
    one("/institutions/<id>", "actors.get_institution", r.InstitutionSchema, "Une institution"),
    change("/institutions/<id>", "actors.change_institution", c.ChangeInstitutionSchema, r.InstitutionSchema, "Modifier une institution"),
)
FOCAL_POINTS = (
    lists("/focal-points", "actors.list_focal_points", r.FocalPointSchema, c.FocalPointFilterSchema, "Les points focaux"),
    create("/focal-points", "actors.create_focal_point", c.CreateFocalPointSchema, r.FocalPointSchema, "Ajouter un point focal"),
    one("/focal-points/<id>", "actors.get_focal_point", r.FocalPointSchema, "Un point focal"),
    change("/focal-points/<id>", "actors.change_focal_point", c.ChangeFocalPointSchema, r.FocalPointSchema, "Modifier un point focal"),
    act("/focal-points/<id>/consent", "actors.consent_focal_point", c.ConsentFocalPointSchema, r.FocalPointSchema, "Noter à quoi la personne consent ; elle-même le peut"),
    act("/focal-points/<id>/withdraw-consent", "actors.withdraw_consent_focal_point", c.WithdrawConsentSchema, r.FocalPointSchema, "Noter qu’elle n’y consent plus ; elle-même le peut"),
    act("/focal-points/<id>/erase", "actors.erase_focal_point", c.EraseFocalPointSchema, r.FocalPointSchema, "Effacer pour de bon ce qui dit de qui il s’agit, partout ; l’identifiant reste"),
    *persons.FOCAL_POINTS,
)
GROUPS = (
    lists("/groups", "actors.list_groups", r.GroupSchema, c.GroupFilterSchema, "Les cadres de concertation"),
    create("/groups", "actors.create_group", c.CreateGroupSchema, r.GroupSchema, "Ajouter un cadre"),
    one("/groups/<id>", "actors.get_group", r.GroupSchema, "Un cadre"),
    change("/groups/<id>", "actors.change_group", c.ChangeGroupSchema, r.GroupSchema, "Modifier un cadre"),
)
INTERVENTIONS = (
    lists("/interventions", "actors.list_interventions", r.InterventionSchema, c.InterventionFilterSchema, "Les interventions"),
    create("/interventions", "actors.create_intervention", c.CreateInterventionSchema, r.InterventionSchema, "Ajouter une intervention"),
    one("/interventions/<id>", "actors.get_intervention", r.InterventionSchema, "Une intervention"),
    change("/interventions/<id>", "actors.change_intervention", c.ChangeInterventionSchema, r.InterventionSchema, "Modifier une intervention"),
)

TABLE = blueprint("Acteurs", "Institutions, points focaux, cadres et interventions", (*INSTITUTIONS, *FOCAL_POINTS, *GROUPS, *INTERVENTIONS))
