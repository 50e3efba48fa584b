"""Addresses of the indicators service."""
# ruff: noqa: E501 - one line an address
# fmt: off

from gateway.table import act, blueprint, change, create, lists, one
from services.indicators.contract import commands as c
from services.indicators.contract import records as r

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
    lists("/observations", "indicators.list_observations", r.ObservationSchema, c.ObservationFilterSchema, "Les données"),
    create("/observations", "indicators.create_observation", c.CreateObservationSchema, r.ObservationSchema, "Saisir une donnée"),
    one("/observations/<id>", "indicators.get_observation", r.ObservationSchema, "Une donnée"),
    change("/observations/<id>", "indicators.change_observation", c.ChangeObservationSchema, r.ObservationSchema, "Corriger une donnée"),
    act("/observations/<id>/verify", "indicators.verify_observation", c.MoveObservationSchema, r.ObservationSchema, "Vérifier"),
    act("/observations/<id>/publish", "indicators.publish_observation", c.MoveObservationSchema, r.ObservationSchema, "Publier"),
    act("/observations/<id>/return", "indicators.return_observation", c.ReturnObservationSchema, r.ObservationSchema, "Renvoyer avec un motif"),
)

TABLE = blueprint("Suivi-évaluation", "Cadres de résultats, indicateurs et données", (*FRAMEWORKS, *INDICATORS, *OBSERVATIONS))
