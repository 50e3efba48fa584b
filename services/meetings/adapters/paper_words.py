"""The words of convocations and attendance sheets in both languages."""

from typing import Any

WORDS: dict[str, dict[str, Any]] = {
    "fr": {
        "convocation": "Convocation", "number": "N°", "to": "À l’attention de", "page": "Page", "mark": "PROJET",
        "replaces": "Cette convocation annule et remplace la convocation n°", "agenda": "Ordre du jour",
        "to_read": "Documents à lire avant la réunion", "until": "avant le", "reply": "Prière de répondre avant le",
        "signature": "Signature", "for_secretariat": "Pour le secrétariat", "dots": "(nom, fonction, cachet)",
        "date": "Date", "time": "Heure", "place": "Lieu", "session": "Session",
        "sheet": "Feuille de présence", "columns": ("Institution", "Nom et prénom", "Fonction", "Contact", "Signature"),
        "invites": "Les institutions destinataires sont invitées à la réunion suivante.",
        "kinds": {"ordinary": "ordinaire", "extraordinary": "extraordinaire",
                  "validation_workshop": "atelier de validation"},
        "answers": {"accepted": "annoncée", "declined": "excusée", "tentative": "peut-être"},
        "statuses": {"excused": "excusé", "absent": "absent"},
        "remote": "à distance", "speaks_for": "représente",
    },
    "en": {
        "convocation": "Convocation", "number": "No.", "to": "To", "page": "Page", "mark": "DRAFT",
        "replaces": "This convocation cancels and replaces convocation no.", "agenda": "Agenda",
        "to_read": "Documents to read before the meeting", "until": "by", "reply": "Please answer by",
        "signature": "Signature", "for_secretariat": "For the secretariat", "dots": "(name, function, stamp)",
        "date": "Date", "time": "Time", "place": "Place", "session": "Session",
        "sheet": "Attendance sheet", "columns": ("Institution", "Name", "Function", "Contact", "Signature"),
        "invites": "The institutions named above are invited to the following meeting.",
        "kinds": {"ordinary": "ordinary", "extraordinary": "extraordinary",
                  "validation_workshop": "validation workshop"},
        "answers": {"accepted": "announced", "declined": "excused", "tentative": "maybe"},
        "statuses": {"excused": "excused", "absent": "absent"},
        "remote": "remote", "speaks_for": "speaks for",
    },
}  # fmt: skip


def words_in(language: str) -> dict[str, Any]:
    """The words in a language, French where it is not English."""
    return WORDS["en" if language == "en" else "fr"]
