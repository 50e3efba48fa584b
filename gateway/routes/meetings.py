"""Addresses of the meetings service."""
# ruff: noqa: E501 - one line an address
# fmt: off

from gateway import minutes as m
from gateway.table import act, blueprint, change, create, lists, one, own
from services.meetings.contract import commands as c
from services.meetings.contract import records as r

MEETINGS = (
    lists("/meetings", "meetings.list_meetings", r.MeetingSchema, c.MeetingFilterSchema, "Les réunions"),
    create("/meetings", "meetings.create_meeting", c.CreateMeetingSchema, r.MeetingSchema, "Préparer une réunion"),
    one("/meetings/<id>", "meetings.get_meeting", r.MeetingSchema, "Une réunion"),
    change("/meetings/<id>", "meetings.change_meeting", c.ChangeMeetingSchema, r.MeetingSchema, "Modifier une réunion"),
    act("/meetings/<id>/convene", "meetings.convene_meeting", c.ConveneMeetingSchema, r.MeetingSchema, "Convoquer"),
    act("/meetings/<id>/hold", "meetings.hold_meeting", c.MoveMeetingSchema, r.MeetingSchema, "Noter que la réunion s’est tenue"),
    act("/meetings/<id>/postpone", "meetings.postpone_meeting", c.MoveMeetingSchema, r.MeetingSchema, "Reporter"),
    act("/meetings/<id>/cancel", "meetings.cancel_meeting", c.MoveMeetingSchema, r.MeetingSchema, "Annuler"),
    act("/meetings/<id>/close", "meetings.close_meeting", c.MoveMeetingSchema, r.MeetingSchema, "Clore"),
    own("POST", "/meetings/<id>/minutes/import", m.import_minutes_of_meeting, "Lire le compte-rendu de cette réunion", **m.IMPORT_DOC),
    own("GET", "/meetings/<id>/minutes.docx", m.minutes_docx, "Le compte-rendu en DOCX, ou le formulaire vide", **m.DOCX_DOC),
)
MINUTES = (
    lists("/minutes", "meetings.list_minutes", r.MinutesSchema, c.MinutesFilterSchema, "Les comptes-rendus"),
    own("POST", "/minutes/import", m.import_minutes, "Lire un compte-rendu", **m.IMPORT_DOC),
    own("GET", "/minutes/<id>", m.get_minutes, "Un compte-rendu, en JSON, en page ou en texte", **m.MINUTES_DOC),
    change("/minutes/<id>", "meetings.change_minutes", c.ChangeMinutesSchema, r.MinutesSchema, "Corriger un projet de compte-rendu"),
    act("/minutes/<id>/circulate", "meetings.circulate_minutes", c.CirculateMinutesSchema, r.MinutesSchema, "Envoyer pour observations"),
    act("/minutes/<id>/adopt", "meetings.adopt_minutes", c.AdoptMinutesSchema, r.MinutesSchema, "Adopter"),
    act("/minutes/<id>/publish", "meetings.publish_minutes", c.PublishMinutesSchema, r.MinutesSchema, "Publier"),
)
RECOMMENDATIONS = (
    lists("/recommendations", "meetings.list_recommendations", r.RecommendationSchema, c.RecommendationFilterSchema, "Les recommandations"),
    create("/recommendations", "meetings.create_recommendation", c.CreateRecommendationSchema, r.RecommendationSchema, "Ajouter une recommandation"),
    one("/recommendations/<id>", "meetings.get_recommendation", r.RecommendationSchema, "Une recommandation"),
    change("/recommendations/<id>", "meetings.change_recommendation", c.ChangeRecommendationSchema, r.RecommendationSchema, "Modifier une recommandation"),
    act("/recommendations/<id>/start", "meetings.start_recommendation", c.MoveRecommendationSchema, r.RecommendationSchema, "Commencer, ou reprendre"),
    act("/recommendations/<id>/complete", "meetings.complete_recommendation", c.MoveRecommendationSchema, r.RecommendationSchema, "Déclarer réalisée"),
    act("/recommendations/<id>/verify", "meetings.verify_recommendation", c.MoveRecommendationSchema, r.RecommendationSchema, "Vérifier"),
    act("/recommendations/<id>/reopen", "meetings.reopen_recommendation", c.MoveRecommendationSchema, r.RecommendationSchema, "Rouvrir"),
    act("/recommendations/<id>/cancel", "meetings.cancel_recommendation", c.MoveRecommendationSchema, r.RecommendationSchema, "Annuler"),
)

TABLE = blueprint("Réunions", "Réunions, comptes-rendus et recommandations", (*MEETINGS, *MINUTES, *RECOMMENDATIONS))
