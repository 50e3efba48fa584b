"""Addresses of the actors service."""
# ruff: noqa: E501 - one line an address
# fmt: off

from gateway.routes import persons
from gateway.table import act, blueprint, change, create, lists, one, page, under
from services.actors.contract import acts as a
from services.actors.contract import commands as c
from services.actors.contract import records as r

INSTITUTIONS = (
    lists("/institutions", "actors.list_institutions", a.InstitutionPageSchema, c.InstitutionFilterSchema, "L’annuaire des institutions"),
    create("/institutions", "actors.create_institution", c.CreateInstitutionSchema, r.InstitutionSchema, "Ajouter une institution"),
    page("/institutions/<id>", "actors.get_institution", a.InstitutionPageSchema, "Une institution, et celle qui en tient lieu"),
    change("/institutions/<id>", "actors.change_institution", c.ChangeInstitutionSchema, r.InstitutionSchema, "Modifier une institution"),
    create("/merges", "actors.merge_institutions", a.MergeInstitutionsSchema, a.MergeSchema, "Fusionner deux institutions, sur le nœud central"),
    lists("/merges", "actors.list_merges", a.MergeSchema, a.MergeFilterSchema, "Les fusions d’institutions, et ce qui les défait"),
    one("/merges/<id>", "actors.get_merge", a.MergeSchema, "Une fusion, ou ce qui en défait une"),
    under("/merges/<id>/undo", "actors.undo_merge", a.UndoMergeSchema, a.MergeSchema, "/merges", "Défaire une fusion, par un autre enregistrement"),
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
    lists("/interventions", "actors.list_interventions", a.InterventionPageSchema, c.InterventionFilterSchema, "Les interventions"),
    create("/interventions", "actors.create_intervention", c.CreateInterventionSchema, r.InterventionSchema, "Ajouter une intervention"),
    page("/interventions/<id>", "actors.get_intervention", a.InterventionPageSchema, "Une intervention et sa dernière confirmation"),
    change("/interventions/<id>", "actors.change_intervention", c.ChangeInterventionSchema, r.InterventionSchema, "Modifier une intervention"),
    under("/interventions/<id>/confirmations", "actors.confirm_intervention", a.ConfirmInterventionSchema, a.ConfirmationSchema, "/confirmations", "Confirmer qu’une intervention est toujours vraie"),
    lists("/confirmations", "actors.list_confirmations", a.ConfirmationSchema, a.ConfirmationFilterSchema, "Les confirmations d’interventions"),
    one("/confirmations/<id>", "actors.get_confirmation", a.ConfirmationSchema, "Une confirmation"),
)

TABLE = blueprint("Acteurs", "Institutions, points focaux, cadres et interventions", (*INSTITUTIONS, *FOCAL_POINTS, *GROUPS, *INTERVENTIONS))
