"""Minutes records made up at random, within what a form can carry.

Left out, because the layout itself has no place for it: texts that repeat the form's own words on a line of their own,
brackets or full stops at the end of a title, semicolons in an attendance entry, bars in an action.
"""

import datetime
from typing import Any

from hypothesis import strategies as st

from services.meetings.domain.compte_rendu.actions import read_due
from services.meetings.domain.compte_rendu.likeness import heading_words

_TITLE_WORDS = [
    "tendances",
    "migratoires",
    "cartographie",
    "des",
    "acteurs",
    "retours",
    "protocole",
    "d'échange",
    "frontières",
]
_BODY_WORDS = ["le", "comité", "note", "que", "l'accueil", "s'améliore", "à", "Dirkou", "20", "%", "œuvre", "SP/CCM",
               "EUCAP-Sahel", "(2022-2026)", "été", "–", "où", "«", "ainsi", "»", "a|b", "N°", "3,5"]  # fmt: skip
_NAMES = ["OIM", "INS", "MPF/PE", "EUCAP-Sahel Niger", "Croix-Rouge Espagnole", "Ministère du Plan (MP)", "ONU Femmes",
          "Ministère du Commerce, de l'Industrie et de l'Artisanat", "Forum-Réfugiés", "Re.Mi"]  # fmt: skip
_DUE = [None, "30 octobre 2022", "1er mars 2023", "15/11/2022", "fin décembre", "immédiat", "N/A"]

times = st.builds("{:02}:{:02}".format, st.integers(0, 11), st.integers(0, 59))
late_times = st.builds("{:02}:{:02}".format, st.integers(12, 23), st.integers(0, 59))
dates = st.dates(min_value=datetime.date(2015, 1, 1), max_value=datetime.date(2035, 12, 31))


def _words(words: list[str], least: int, most: int) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(words), min_size=least, max_size=most).map(" ".join)


titles = st.builds(
    "{} {}".format,
    st.sampled_from(["Présentation", "Suivi", "Point", "Échanges", "ADOPTION"]),
    _words(_TITLE_WORDS, 1, 5),
)
sentences = st.builds("Ici {}.".format, _words(_BODY_WORDS, 1, 12))
body_lines = st.one_of(
    sentences,
    st.builds("- {} ;".format, _words(_BODY_WORDS, 1, 8).map("il {}".format)),
    st.builds("   • {}".format, _words(_BODY_WORDS, 1, 8).map("il {}".format)),
    st.builds("{}. {}".format, st.integers(1, 9), _words(_BODY_WORDS, 1, 8).map("il {}".format)),
    st.just(""),
)
bodies = st.lists(body_lines, max_size=6).map("\n".join).map(lambda text: text.strip("\n"))
actions = st.builds(
    lambda what, who, due: {"what": what, "who": who, "due": due, "due_date": read_due(due or "")},
    _words([word for word in _BODY_WORDS if "|" not in word], 2, 8).map("Faire {}".format),
    st.sampled_from([None, "OIM", "INS, SP/CCM", "les communes"]),
    st.sampled_from(_DUE),
)


@st.composite
def agendas(draw) -> list[dict[str, Any]]:
    """Items numbered from 1, or after an unnumbered first one, or not at all."""
    names = draw(st.lists(titles, min_size=1, max_size=6, unique_by=heading_words))
    first = draw(st.sampled_from([0, 1, len(names)]))
    return [
        {
            "number": None if at < first else at - first + 1,
            "title": name,
            "presenter": draw(st.sampled_from([None, "SP/CCM", "Consultant", "Croix-Rouge nigérienne"])),
            "postponed": draw(st.booleans()),
        }
        for at, name in enumerate(names)
    ]


@st.composite
def minutes(draw) -> dict[str, Any]:
    """A minutes record as the contract shows it, with a section an agenda item that was not postponed."""
    agenda = draw(agendas())
    start, end = draw(st.none() | times), draw(st.none() | late_times)
    sections = [
        {
            "number": item["number"],
            "title": item["title"],
            "text": draw(bodies),
            "actions": draw(st.lists(actions, max_size=3)),
        }
        for item in agenda
    ]
    if draw(st.booleans()):
        sections.insert(0, {"number": None, "title": "", "text": draw(sentences), "actions": []})
    return {
        "title": draw(
            st.sampled_from(["Compte-rendu de la réunion du GTM", "Réunion du cadre", "Atelier de validation"])
        ),
        "date": draw(dates).isoformat(),
        "start": start,
        "end": end,
        "place": draw(
            st.none() | st.sampled_from(["Salle 2", "Gouvernorat, Agadez", "Visioconférence", "Direction Générale"])
        ),
        "group_name": draw(
            st.sampled_from(["GTM", "GTM Agadez", "Groupe Technique sur la Migration d'Agadez", "Comité 12"])
        ),
        "preamble": draw(st.none() | st.lists(sentences, min_size=1, max_size=3).map("\n".join)),
        "attendance": draw(st.lists(st.sampled_from(_NAMES), max_size=8)),
        "agenda": agenda,
        "sections": sections,
        "signatory": draw(
            st.sampled_from(
                [
                    None,
                    {"function": "Le Secrétaire Permanent", "name": "SOLY AMADOU"},
                    {"function": "La Directrice régionale", "name": "Mme Fati Bako"},
                    {"function": "Le Rapporteur", "name": None},
                ]
            )
        ),
    }
