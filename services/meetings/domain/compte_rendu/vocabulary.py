"""The words of the form, folded: what the official layout and its variants print around the content."""

TITLE_STARTS = (
    "compte rendu", "proces verbal", "pv de", "releve de conclusions", "rapport de la reunion", "rapport de reunion",
    "minutes of", "summary record",
)  # fmt: skip
NO_TITLES = frozenset({"document a telecharger", "telecharger", "republique du niger"})
"""Lines that stand where a title may: a web page's link, the letterhead."""

DATE_LABELS = frozenset({"date", "dates", "date de la reunion", "date de la rencontre"})
TIME_LABELS = frozenset({"heure", "heures", "time", "times", "horaire", "horaires", "heure de la reunion"})
PLACE_LABELS = frozenset({"lieu", "lieux", "place", "location", "venue", "lieu de la reunion", "lieu de la rencontre"})
GROUP_LABELS = frozenset({"groupe", "cadre", "group", "body"})
ATTENDANCE_LABELS = frozenset(
    {
        "presence", "presences", "presents", "present", "participants", "participant", "participation", "attendance",
        "etaient presents", "liste de presence", "liste des presences", "liste des participants",
        "institutions presentes", "structures presentes", "institutions participantes", "structures participantes",
    }
)  # fmt: skip
ATTENDANCE_STARTS = ("etaient present", "etait present", "ont pris part", "ont participe", "y ont pris part",
                     "y ont participe", "ont assiste", "sont presents", "sont presentes")  # fmt: skip
ABSENCE_STARTS = ("absent", "excuse", "etaient absent", "etait absent", "etaient excuse")
ATTENDANCE_ELSEWHERE = ("liste de presence", "voir liste", "cf liste", "voir annexe", "cf annexe", "voir la liste",
                        "liste en annexe", "see annex")  # fmt: skip

AGENDA_HEADINGS = frozenset(
    {
        "points inscrits a l ordre du jour", "point inscrit a l ordre du jour", "ordre du jour", "l ordre du jour",
        "points a l ordre du jour", "points de l ordre du jour", "les points inscrits a l ordre du jour",
        "agenda", "agenda items", "items on the agenda", "agenda de la reunion", "ordre du jour de la reunion",
    }
)  # fmt: skip
AGENDA_IN_SENTENCE = "ordre du jour"
NO_AGENDA_HEADING = ("adoption", "approbation", "lecture", "amendement", "validation", "examen", "presentation",
                     "modification", "l ordre du jour etant", "l ordre du jour epuise")  # fmt: skip
PROCEEDINGS = frozenset({"deroulement", "deroulement des travaux", "deroulement de la reunion", "proceedings"})
POSTPONED = frozenset({"reporte", "reportee", "reportes", "reportees", "reporte e", "ajourne", "ajournee",
                       "postponed", "point reporte"})  # fmt: skip
OPENINGS = (
    "ouverture",
    "mot d ouverture",
    "mots d ouverture",
    "cloture",
    "introduction",
    "opening",
    "closing",
)

DISCUSSION_LABELS = frozenset(
    {
        "points de discussion cles", "point de discussion cle", "points de discussions cles", "points de discussion",
        "points cles de discussion", "points cles de la discussion", "principaux points de discussion",
        "key discussion points", "key points of discussion",
    }
)  # fmt: skip

ACTION_WHAT = ("points d action", "points d actions", "point d action", "points action", "actions", "action",
               "recommandations", "recommandation", "actions a mener", "action points",
               "actions recommandees")  # fmt: skip
ACTION_WHO = ("personnes agences responsables", "personne agence responsable", "personnes agence responsables",
              "agences responsables", "responsables", "responsable", "personnes responsables",
              "structures responsables",
              "structure responsable", "institutions responsables", "people agencies responsible", "who",
              "responsible")  # fmt: skip
ACTION_DUE = ("date limite", "dates limites", "date butoir", "echeance", "echeances", "delai", "delais", "deadline",
              "delai d execution", "due date")  # fmt: skip
ACTION_LABELS = frozenset({"points d action", "points d actions", "point d action", "action points"})
"""What alone announces actions; the other words only do so in a full table header."""

NONE_WORDS = frozenset({"n a", "na", "neant", "aucun", "aucune", "sans objet", "s o", "so", "ras", "r a s",
                        "rien a signaler", "none", "nil", "nd", ""})  # fmt: skip
DUE_WORDS = frozenset({"immediat", "immediate", "immediatement", "permanent", "permanente", "continu", "continue",
                       "en continu",
                       "en cours", "des que possible", "asap", "mensuel", "trimestriel", "semestriel", "annuel",
                       "a determiner", "a preciser", "prochaine reunion", "prochain gtm", "prochaine rencontre",
                       "avant la prochaine reunion", "ongoing", "next meeting", "immediately"})  # fmt: skip

SIGNING_OFFICES = frozenset(
    {
        "secretaire", "secretariat", "president", "presidente", "directeur", "directrice", "rapporteur", "rapporteure",
        "rapporteuse", "coordonnateur", "coordonnatrice", "coordinateur", "coordinatrice", "chef", "cheffe",
        "gouverneur", "prefet", "moderateur", "moderatrice", "representant", "representante", "charge", "chargee",
        "responsable", "maire", "ministre", "commissaire", "commandant", "conseiller", "conseillere", "facilitateur",
        "administrateur", "administratrice", "secretary", "chair", "chairperson", "director", "head",
    }
)  # fmt: skip

REGIONS = {
    "agadez": "Agadez", "diffa": "Diffa", "dosso": "Dosso", "maradi": "Maradi", "tahoua": "Tahoua",
    "tillaberi": "Tillabéri", "tillabery": "Tillabéri", "zinder": "Zinder", "niamey": "Niamey",
}  # fmt: skip
CENTRAL_REGION = "Niamey"  # where the central bodies sit: a group « de Niamey » is the central one

DECISION_LABELS = frozenset({"decisions", "decisions prises", "decisions taken"})
TO_CONFIRM = ("(à confirmer)", "(to confirm)")
"""Behind a decision that was taken without quorum."""
MARKS = frozenset({"PROJET", "DRAFT"})
"""On each page of minutes that are not adopted; in capitals."""
STATES = frozenset(
    {
        "Projet", "Diffusé pour observations", "Adopté", "Adopté sous réserve", "Publié", "Corrigé par un erratum",
        "Draft", "Circulated for comments", "Adopted", "Adopted subject to reservations", "Published",
        "Corrected by an erratum",
    }
)  # fmt: skip
"""How minutes stand, under their title."""
ANNEXES = frozenset({"annexe reserves et suites donnees", "annex reservations and what became of them"})
