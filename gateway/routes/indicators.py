"""Addresses of the indicators service."""
# ruff: noqa: E501 - one line an address
# fmt: off

from gateway.table import act, blueprint, change, create, lists, one, page, under
from services.indicators.contract import commands as c
from services.indicators.contract import records as r
from services.indicators.contract import verification as v

FRAMEWORKS = (
    lists("/frameworks", "indicators.list_frameworks", r.FrameworkSchema, c.FrameworkFilterSchema, "Les cadres de résultats"),
    create("/frameworks", "indicators.create_framework", c.CreateFrameworkSchema, r.FrameworkSchema, "Ajouter un cadre de résultats"),
    one("/frameworks/<id>", "indicators.get_framework", r.FrameworkSchema, "Un cadre de résultats"),
    change("/frameworks/<id>", "indicators.change_framework", c.ChangeFrameworkSchema, r.FrameworkSchema, "Modifier un cadre de résultats"),
)
INDICATORS = (
    lists("/indicators", "indicators.list_indicators", r.IndicatorSchema, c.IndicatorFilterSchema, "Les indicateurs"),
    create("/indicators", "indicators.create_indicator", c.CreateIndicatorSchema, r.IndicatorSchema, "Ajouter un indicateur"),
    one("/indicators/<id>", "indicators.get_indicator", r.IndicatorSchema, "Un indicateur"),
    change("/indicators/<id>", "indicators.change_indicator", c.ChangeIndicatorSchema, r.IndicatorSchema, "Modifier un indicateur"),
)
OBSERVATIONS = (
    lists("/observations", "indicators.list_observations", v.ObservationPageSchema, c.ObservationFilterSchema, "Les données"),
    create("/observations", "indicators.create_observation", c.CreateObservationSchema, r.ObservationSchema, "Saisir une donnée"),
    page("/observations/<id>", "indicators.get_observation", v.ObservationPageSchema, "Une donnée et son état effectif"),
    change("/observations/<id>", "indicators.change_observation", c.ChangeObservationSchema, r.ObservationSchema, "Corriger une donnée"),
    act("/observations/<id>/verify", "indicators.verify_observation", c.MoveObservationSchema, r.ObservationSchema, "Vérifier"),
    act("/observations/<id>/publish", "indicators.publish_observation", c.MoveObservationSchema, r.ObservationSchema, "Publier"),
    act("/observations/<id>/return", "indicators.return_observation", c.ReturnObservationSchema, r.ObservationSchema, "Renvoyer avec un motif"),
    under("/observations/<id>/verifications", "indicators.judge_observation", v.JudgeObservationSchema, v.VerificationSchema, "/verifications", "Vérifier ou renvoyer une donnée de n’importe quel nœud"),
    lists("/verifications", "indicators.list_verifications", v.VerificationSchema, v.VerificationFilterSchema, "Les vérifications de données"),
    one("/verifications/<id>", "indicators.get_verification", v.VerificationSchema, "Une vérification"),
)

TABLE = blueprint("Suivi-évaluation", "Cadres de résultats, indicateurs et données", (*FRAMEWORKS, *INDICATORS, *OBSERVATIONS))
