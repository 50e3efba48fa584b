"""Addresses of the meetings service."""
# ruff: noqa: E501 - one line an address
# fmt: off

from chassis.contract import files as d
from gateway import board as b
from gateway import calendars as k
from gateway import desk, evidence, files, handled
from gateway import minutes as m
from gateway import search as q
from gateway.table import act, blueprint, change, create, history, lists, one, own, page, state, under
from services.meetings.contract import attendance as t
from services.meetings.contract import commands as c
from services.meetings.contract import decisions as e
from services.meetings.contract import drafting as g
from services.meetings.contract import follow_up as f
from services.meetings.contract import invitation as i
from services.meetings.contract import reading as z
from services.meetings.contract import records as r
from services.meetings.contract import remarks as w
from services.meetings.contract import series as s
from services.meetings.contract import validation as v

SEARCH = (
    own("GET", "/search", q.search, "Chercher dans les réunions, comptes-rendus, décisions, documents et recommandations", **q.SEARCH_DOC),
)
MEETINGS = (
    lists("/meetings", "meetings.list_meetings", r.MeetingSchema, c.MeetingFilterSchema, "Les réunions"),
    create("/meetings", "meetings.create_meeting", c.CreateMeetingSchema, s.PlannedMeetingSchema, "Préparer une réunion"),
    page("/meetings/<id>", "meetings.get_meeting", i.MeetingPageSchema, "Une réunion et qui y est attendu"),
    change("/meetings/<id>", "meetings.change_meeting", c.ChangeMeetingSchema, s.PlannedMeetingSchema, "Modifier une réunion"),
    act("/meetings/<id>/convene", "meetings.convene_meeting", c.ConveneMeetingSchema, s.PlannedMeetingSchema, "Convoquer"),
    act("/meetings/<id>/hold", "meetings.hold_meeting", c.MoveMeetingSchema, r.MeetingSchema, "Noter que la réunion s’est tenue"),
    act("/meetings/<id>/postpone", "meetings.postpone_meeting", c.MoveMeetingSchema, r.MeetingSchema, "Reporter"),
    act("/meetings/<id>/cancel", "meetings.cancel_meeting", c.MoveMeetingSchema, r.MeetingSchema, "Annuler"),
    act("/meetings/<id>/close", "meetings.close_meeting", c.MoveMeetingSchema, r.MeetingSchema, "Clore"),
    under("/meetings/<id>/minutes", "meetings.draft_minutes", g.DraftMinutesSchema, r.MinutesSchema, "/minutes", "Commencer le compte-rendu, à partir de l’ordre du jour"),
    own("POST", "/meetings/<id>/minutes/import", m.import_minutes_of_meeting, "Lire le compte-rendu de cette réunion", **m.IMPORT_DOC),
    own("GET", "/meetings/<id>/minutes.docx", m.minutes_docx, "Le compte-rendu en DOCX, ou le formulaire vide", **m.DOCX_DOC),
    own("GET", "/meetings/<id>/convocation.pdf", m.render_convocation, "La convocation à signer, en PDF", **m.PDF_DOC),
    own("GET", "/meetings/<id>/attendance.pdf", m.render_attendance_sheet, "La feuille de présence à signer, en PDF", **m.PDF_DOC),
)
SERIES = (
    under("/meetings/<id>/next", "meetings.next_meeting", s.NextMeetingSchema, s.PlannedMeetingSchema, "/meetings", "Préparer la séance suivante du cadre, avec ce qui reste à traiter"),
    own("GET", "/calendar.ics", k.get_calendar, "Les réunions de tous les cadres, pour s’y abonner", **k.CALENDAR_DOC),
    own("GET", "/groups/<id>/calendar.ics", k.get_group_calendar, "Les réunions d’un cadre, pour s’y abonner", **k.CALENDAR_DOC),
    own("GET", "/me/calendar.ics", k.get_my_calendar, "Les réunions des cadres où siège mon institution, pour s’y abonner", **k.CALENDAR_DOC),
    lists("/series", "meetings.list_series", s.SeriesSchema, s.SeriesFilterSchema, "Où en est chaque cadre de son rythme de réunion"),
)
READING = (
    lists("/meetings/<id>/papers", "meetings.list_meeting_papers", z.PaperSchema, None, "Les documents d’une réunion : à lire avant quand, ouverts par combien d’institutions, manquants"),
    lists("/openings", "meetings.list_openings", z.OpeningSchema, z.OpeningFilterSchema, "Quelles institutions ont ouvert quels documents"),
    one("/openings/<id>", "meetings.get_opening", z.OpeningSchema, "L’ouverture d’un document par une institution"),
)
INVITATIONS = (
    under("/meetings/<id>/rsvps", "meetings.answer_invitation", i.AnswerInvitationSchema, i.RsvpSchema, "/rsvps", "Répondre à la convocation"),
    lists("/rsvps", "meetings.list_rsvps", i.RsvpSchema, i.RsvpFilterSchema, "Les réponses aux convocations"),
    one("/rsvps/<id>", "meetings.get_rsvp", i.RsvpSchema, "Une réponse à une convocation"),
    change("/rsvps/<id>", "meetings.change_rsvp", i.ChangeRsvpSchema, i.RsvpSchema, "Changer une réponse, ou la donner pour la nouvelle date"),
)
ATTENDANCE = (
    state("/meetings/<id>/attendance", "meetings.get_attendance", t.DoorSchema, "La liste de présence, dans l’ordre protocolaire, et le quorum"),
    under("/meetings/<id>/attendance", "meetings.sign_in", t.SignInSchema, t.AttendeeSchema, "/attendees", "Inscrire une présence"),
    lists("/attendees", "meetings.list_attendees", t.AttendeeSchema, t.AttendeeFilterSchema, "Les présences aux réunions"),
    one("/attendees/<id>", "meetings.get_attendee", t.AttendeeSchema, "Une présence"),
    change("/attendees/<id>", "meetings.change_attendee", t.ChangeAttendeeSchema, t.AttendeeSchema, "Corriger une présence"),
    act("/attendees/<id>/remove", "meetings.remove_attendee", t.RemoveAttendeeSchema, t.AttendeeSchema, "Retirer une présence"),
    act("/attendees/<id>/erase", "meetings.erase_attendee", t.EraseAttendeeSchema, t.AttendeeSchema, "Effacer les données d’une personne"),
    state("/institutions/<id>/attendance", "meetings.get_participation", t.ParticipationSchema, "L’assiduité d’une institution sur douze mois"),
)
REMARKS = (
    under("/minutes/<id>/remarks", "meetings.remark_on_minutes", w.FileRemarkSchema, w.RemarkSchema, "/remarks", "Déposer une observation sur un compte-rendu"),
    under("/documents/<id>/remarks", "meetings.remark_on_document", w.FileRemarkSchema, w.RemarkSchema, "/remarks", "Déposer une observation sur un document"),
    lists("/remarks", "meetings.list_remarks", w.RemarkPageSchema, w.RemarkFilterSchema, "Les observations et leur suite"),
    page("/remarks/<id>", "meetings.get_remark", w.RemarkPageSchema, "Une observation et sa suite"),
    change("/remarks/<id>", "meetings.change_remark", w.ChangeRemarkSchema, w.RemarkSchema, "Reformuler une observation"),
    under("/remarks/<id>/answers", "meetings.answer_remark", w.AnswerRemarkSchema, w.RemarkAnswerSchema, "/remark-answers", "Prendre en compte ou écarter une observation"),
    under("/opinions/<id>/answers", "meetings.answer_opinion", w.AnswerOpinionSchema, w.RemarkAnswerSchema, "/remark-answers", "Donner suite aux observations d’un avis"),
    lists("/remark-answers", "meetings.list_remark_answers", w.RemarkAnswerSchema, w.RemarkAnswerFilterSchema, "Les suites données aux observations"),
    one("/remark-answers/<id>", "meetings.get_remark_answer", w.RemarkAnswerSchema, "La suite donnée à une observation"),
    change("/remark-answers/<id>", "meetings.change_remark_answer", w.ChangeRemarkAnswerSchema, w.RemarkAnswerSchema, "Changer la suite donnée"),
)
MINUTES = (
    lists("/minutes", "meetings.list_minutes", r.MinutesSchema, c.MinutesFilterSchema, "Les comptes-rendus"),
    own("POST", "/minutes/import", m.import_minutes, "Lire un compte-rendu", **m.IMPORT_DOC),
    own("GET", "/minutes/<id>", m.get_minutes, "Un compte-rendu, en JSON, en page ou en texte", **m.MINUTES_DOC),
    history("/minutes/<id>/history", "meetings.list_history", "minutes"),
    change("/minutes/<id>", "meetings.change_minutes", c.ChangeMinutesSchema, r.MinutesSchema, "Corriger un projet de compte-rendu"),
    act("/minutes/<id>/circulate", "meetings.circulate_minutes", c.CirculateMinutesSchema, r.MinutesSchema, "Envoyer pour observations"),
    act("/minutes/<id>/adopt", "meetings.adopt_minutes", c.AdoptMinutesSchema, r.MinutesSchema, "Adopter"),
    act("/minutes/<id>/publish", "meetings.publish_minutes", c.PublishMinutesSchema, r.MinutesSchema, "Publier"),
    own("GET", "/minutes/<id>/sections/<section_id>", desk.get_section, "Une section et sa révision", **desk.SECTION_DOC),
    own("PATCH", "/minutes/<id>/sections/<section_id>", desk.save_section, "Enregistrer une section, sans toucher aux autres", **desk.SAVE_DOC),
    under("/minutes/<id>/errata", "meetings.correct_minutes", g.CorrectMinutesSchema, r.MinutesSchema, "/minutes", "Commencer un erratum"),
    own("GET", "/minutes/<id>/seal", desk.get_seal, "Le sceau, et le texte qu’il couvre", **desk.SEAL_DOC),
    own("GET", "/minutes/<id>/diff", desk.get_difference, "Ce qui a changé, par section et paragraphe", **desk.DIFF_DOC),
    lists("/decisions", "meetings.list_decisions", e.DecisionLineSchema, e.DecisionFilterSchema, "Le registre des décisions"),
)
RECOMMENDATIONS = (
    lists("/recommendations", "meetings.list_recommendations", f.RecommendationRowSchema, c.RecommendationFilterSchema, "Les recommandations"),
    own("GET", "/recommendations/summary", b.get_recommendations_summary, "Combien de recommandations, à quel état, avec quel retard", **b.SUMMARY_DOC),
    create("/recommendations", "meetings.create_recommendation", c.CreateRecommendationSchema, r.RecommendationSchema, "Ajouter une recommandation"),
    page("/recommendations/<id>", "meetings.get_recommendation", f.RecommendationPageSchema, "Une recommandation, son état effectif et son parcours"),
    change("/recommendations/<id>", "meetings.change_recommendation", c.ChangeRecommendationSchema, r.RecommendationSchema, "Modifier une recommandation"),
    act("/recommendations/<id>/start", "meetings.start_recommendation", c.MoveRecommendationSchema, r.RecommendationSchema, "Commencer, ou reprendre"),
    act("/recommendations/<id>/complete", "meetings.complete_recommendation", c.MoveRecommendationSchema, r.RecommendationSchema, "Déclarer réalisée"),
    act("/recommendations/<id>/verify", "meetings.verify_recommendation", c.MoveRecommendationSchema, r.RecommendationSchema, "Vérifier"),
    act("/recommendations/<id>/reopen", "meetings.reopen_recommendation", c.MoveRecommendationSchema, r.RecommendationSchema, "Rouvrir"),
    act("/recommendations/<id>/cancel", "meetings.cancel_recommendation", c.MoveRecommendationSchema, r.RecommendationSchema, "Annuler"),
)
FOLLOW_UP = (
    under("/recommendations/<id>/responses", "meetings.respond", f.RespondSchema, f.ResponseSchema, "/responses", "Accepter ou décliner une recommandation"),
    lists("/responses", "meetings.list_responses", f.ResponseSchema, f.ActFilterSchema, "Les réponses aux recommandations"),
    one("/responses/<id>", "meetings.get_response", f.ResponseSchema, "Une réponse"),
    change("/responses/<id>", "meetings.change_response", f.ChangeResponseSchema, f.ResponseSchema, "Changer une réponse"),
    under("/recommendations/<id>/progress-reports", "meetings.report_progress", f.ReportProgressSchema, f.ProgressReportSchema, "/progress-reports", "Dire où en est une recommandation"),
    lists("/progress-reports", "meetings.list_progress_reports", f.ProgressReportSchema, f.ActFilterSchema, "Les rapports d’avancement"),
    one("/progress-reports/<id>", "meetings.get_progress_report", f.ProgressReportSchema, "Un rapport d’avancement"),
    lists("/progress-reports/<id>/files", "meetings.list_report_files", d.FileStateSchema, None, "Les pièces d’un rapport d’avancement"),
    own("POST", "/progress-reports/<id>/files", evidence.add_report_file, "Joindre une pièce au rapport", **evidence.ADD_DOC),
    own("GET", "/progress-reports/<id>/files/<sha256>", evidence.get_report_file, "Une pièce, ou une partie", **files.GET_DOC),
    own("DELETE", "/progress-reports/<id>/files/<sha256>", evidence.remove_report_file, "Retirer une pièce", **evidence.REMOVE_DOC),
    own("POST", "/progress-reports/<id>/files/<sha256>/fetch", evidence.fetch_report_file, "Faire venir une pièce d’un autre nœud", **files.FETCH_DOC),
    under("/recommendations/<id>/referrals", "meetings.refer_recommendation", f.ReferSchema, f.ReferralSchema, "/referrals", "Transmettre une recommandation à un cadre"),
    lists("/referrals", "meetings.list_referrals", f.ReferralSchema, f.ReferralFilterSchema, "Les transmissions de recommandations"),
    one("/referrals/<id>", "meetings.get_referral", f.ReferralSchema, "Une transmission"),
    under("/referrals/<id>/answers", "meetings.answer_referral", f.AnswerReferralSchema, f.ReferralAnswerSchema, "/referral-answers", "Répondre à une transmission : prendre en charge, décliner, fusionner"),
    lists("/referral-answers", "meetings.list_referral_answers", f.ReferralAnswerSchema, f.AnswerFilterSchema, "Les réponses aux transmissions"),
    one("/referral-answers/<id>", "meetings.get_referral_answer", f.ReferralAnswerSchema, "Une réponse à une transmission"),
    change("/referral-answers/<id>", "meetings.change_referral_answer", f.ChangeAnswerSchema, f.ReferralAnswerSchema, "Changer une réponse, défaire une fusion"),
)
VALIDATION = (
    lists("/documents", "meetings.list_documents", v.DocumentSchema, v.DocumentFilterSchema, "Les documents soumis à validation"),
    create("/documents", "meetings.submit_document", v.SubmitDocumentSchema, v.DocumentSchema, "Soumettre un document à validation"),
    one("/documents/<id>", "meetings.get_document", v.DocumentSchema, "Un document"),
    change("/documents/<id>", "meetings.change_document", v.ChangeDocumentSchema, v.DocumentSchema, "Corriger le titre, la nature ou le résumé"),
    act("/documents/<id>/revise", "meetings.revise_document", v.ReviseDocumentSchema, v.DocumentSchema, "Donner une nouvelle version"),
    act("/documents/<id>/supersede", "meetings.supersede_document", v.MoveDocumentSchema, v.DocumentSchema, "Noter qu’un autre document le remplace"),
    act("/documents/<id>/circulate", "meetings.circulate_document", v.CirculateDocumentSchema, v.DocumentSchema, "Diffuser la dernière version pour observations"),
    act("/documents/<id>/integrate", "meetings.integrate_document", v.ReviseDocumentSchema, v.DocumentSchema, "Donner la version qui intègre les observations"),
    act("/documents/<id>/finalise", "meetings.finalise_document", v.MoveDocumentSchema, v.DocumentSchema, "Arrêter la version finale : chaque observation a reçu sa suite"),
    own("GET", "/documents/<id>/handled", handled.get_handled, "La suite donnée à chaque observation, en JSON, en page ou en texte", **handled.HANDLED_DOC),
    lists("/documents/<id>/files", "meetings.list_files", d.FileStateSchema, None, "Les fichiers d’un document : ici, en route, sur demande"),
    own("POST", "/documents/<id>/files", files.add_file, "Joindre un fichier à la dernière version", **files.ADD_DOC),
    own("GET", "/documents/<id>/files/<sha256>", files.get_file, "Un fichier, ou une partie", **files.GET_DOC),
    own("GET", "/documents/<id>/files/<sha256>/preview", files.show_preview, "La première page d’un PDF en petite image, et le début de son texte", **files.PREVIEW_DOC),
    own("DELETE", "/documents/<id>/files/<sha256>", files.remove_file, "Retirer un fichier de la dernière version", **files.REMOVE_DOC),
    own("POST", "/documents/<id>/files/<sha256>/fetch", files.fetch_file, "Faire venir un fichier d’un autre nœud", **files.FETCH_DOC),
    under("/documents/<id>/rounds", "meetings.open_round", v.OpenRoundSchema, v.RoundSchema, "/rounds", "Ouvrir un tour de validation"),
    lists("/rounds", "meetings.list_rounds", v.RoundSchema, v.RoundFilterSchema, "Les tours de validation"),
    page("/rounds/<id>", "meetings.get_round", v.RoundPageSchema, "Un tour de validation et son décompte"),
    change("/rounds/<id>", "meetings.change_round", v.ChangeRoundSchema, v.RoundSchema, "Changer le délai ou le mot d’accompagnement"),
    act("/rounds/<id>/close", "meetings.close_round", v.CloseRoundSchema, v.RoundSchema, "Clore, avec une issue"),
    lists("/proposals", "meetings.list_proposals", v.ProposalSchema, v.ProposalFilterSchema, "Ce qui attend l’avis d’un cadre de ce nœud"),
    under("/rounds/<id>/opinions", "meetings.give_opinion", v.GiveOpinionSchema, v.OpinionSchema, "/opinions", "Donner l’avis d’un cadre de ce nœud"),
    lists("/opinions", "meetings.list_opinions", v.OpinionSchema, v.OpinionFilterSchema, "Les avis des cadres"),
    one("/opinions/<id>", "meetings.get_opinion", v.OpinionSchema, "Un avis"),
    change("/opinions/<id>", "meetings.change_opinion", v.ChangeOpinionSchema, v.OpinionSchema, "Donner un autre avis"),
)

TABLE = blueprint(
    "Réunions",
    "Réunions, convocations, comptes-rendus, observations, recommandations et leur suivi, documents à valider",
    (*SEARCH, *MEETINGS, *SERIES, *READING, *INVITATIONS, *ATTENDANCE, *MINUTES, *REMARKS, *RECOMMENDATIONS, *FOLLOW_UP, *VALIDATION),
)
