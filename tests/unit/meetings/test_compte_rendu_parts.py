"""Variants of single parts of a compte-rendu, each in a small text of its own."""

import pytest

from services.meetings.domain.compte_rendu import read_compte_rendu

TOP = "Compte-rendu de la réunion du GTM\n\nDate\t12 mai 2022\n"
AGENDA = "Ordre du jour\n1- Ouverture ;\n2- Divers.\n\n"


def present(text: str) -> list[str]:
    read = read_compte_rendu(f"{TOP}{text}\n\n{AGENDA}")
    return [entry.text for entry in read.attendance]


def agenda(text: str) -> list[tuple[int | None, str, str | None, bool]]:
    read = read_compte_rendu(
        f"{TOP}\nPoints inscrits à l'ordre du jour\n\n{text}\n\n1. Fin\nPoints de discussion clés\nx\n"
    )
    return [(item.number, item.title, item.presenter, item.postponed) for item in read.agenda]


def actions(text: str) -> list[tuple[str, str | None, str | None, str | None]]:
    read = read_compte_rendu(f"{TOP}{AGENDA}1. Ouverture\nPoints de discussion clés\nTexte.\n\n{text}\n")
    return [(action.what, action.who, action.due, action.due_date) for action in read.actions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Présence\n- OIM ;\n-INS ;\n– CRN.", ["OIM", "INS", "CRN"]),
        ("Présence : OIM ; INS ; UNHCR.", ["OIM", "INS", "UNHCR"]),
        ("Présence\tOIM, INS, UNHCR et GIZ/APM", ["OIM", "INS", "UNHCR", "GIZ/APM"]),
        ("Présence - SP-CCM - EUCAP-Sahel Niger - Croix-Rouge", ["SP-CCM", "EUCAP-Sahel Niger", "Croix-Rouge"]),
        ("Présence\n<ul><li>OIM</li><li>Croix-Rouge Espagnole</li></ul>", ["OIM", "Croix-Rouge Espagnole"]),
        ("Présents\nOIM\nONU Femmes\nINS", ["OIM", "ONU Femmes", "INS"]),
        ("Présence\n1. OIM\n2. INS", ["OIM", "INS"]),
        (
            "Présence\n- Secrétariat permanent du CCM (SP\nCCM)\n- Ministère du Plan (MI/\nD) ;\n- OIM",
            ["Secrétariat permanent du CCM (SP CCM)", "Ministère du Plan (MI/D)", "OIM"],
        ),
        (
            "Présence\n- Ministère du Commerce, de l'Industrie et de l'Artisanat ;\n- OIM",
            ["Ministère du Commerce, de l'Industrie et de l'Artisanat", "OIM"],
        ),
        (
            "Étaient présents à la réunion :\n- la mairie ;\n- le préfet.",
            ["la mairie", "le préfet"],
        ),
        (
            "Présence\n- OIM – Organisation internationale pour les migrations",
            ["OIM – Organisation internationale pour les migrations"],
        ),
        ("Présence\n- DRC/MMC\n- Forum- Réfugiés,", ["DRC/MMC", "Forum- Réfugiés"]),
    ],
)
def test_attendance(text, expected):
    assert present(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1- Ouverture SP/CCM ;", [(1, "Ouverture", "SP/CCM", False)]),
        ("1. Ouverture ( SP/CCM)", [(1, "Ouverture", "SP/CCM", False)]),
        ("- 1- Exposé (EUCAP-Sahel) ;", [(1, "Exposé", "EUCAP-Sahel", False)]),
        ("- Ouverture (SP/CCM) ;\n1- Divers.", [(None, "Ouverture", "SP/CCM", False), (1, "Divers", None, False)]),
        ("      Ouverture (SP/CCM)\n\n1- Divers ;", [(None, "Ouverture", "SP/CCM", False), (1, "Divers", None, False)]),
        ("1- Exposé sur les flux et leurs\nconséquences (INS) ;\n2- Fin.",
         [(1, "Exposé sur les flux et leurs conséquences", "INS", False), (2, "Fin", None, False)]),
        ("1- Exposé (INS) (reporté) ;", [(1, "Exposé", "INS", True)]),
        ("1- Exposé (reporté) ;", [(1, "Exposé", None, True)]),
        ("1- Exposé – reporté", [(1, "Exposé", None, True)]),
        ("1- Plan d'action (2022-2026) ;", [(1, "Plan d'action (2022-2026)", None, False)]),
        ("1- Lecture du rapport du GTM ;", [(1, "Lecture du rapport du GTM", None, False)]),
        ("I. Ouverture\nII. Divers", [(1, "Ouverture", None, False), (2, "Divers", None, False)]),
        ("Ouverture\nExposé\nDivers",
         [(None, "Ouverture", None, False), (None, "Exposé", None, False), (None, "Divers", None, False)]),
        ("1- Exposés :\n- de l'OIM\n- de l'INS\n2- Divers.",
         [(1, "Exposés : - de l'OIM - de l'INS", None, False), (2, "Divers", None, False)]),
        ("1- Situation à Agadez (OIM) ;\n2- Situation à Zinder (OIM) ;",
         [(1, "Situation à Agadez", "OIM", False), (2, "Situation à Zinder", "OIM", False)]),
    ],
)  # fmt: skip
def test_agenda(text, expected):
    assert agenda(text) == expected


FULL = "Points d'action | Personnes/agences responsables | Date limite\n"
FLAT = "Points d'action\nPersonnes/agences responsables\nDate limite\n"
PLAIN = "Points d'action Personnes/agences responsables Date limite\n"
WRAPPED = "Points d’action\nPersonnes/agences\nresponsables\nDate limite\n"
SHARE = ("Partager la liste", "OIM, INS", "30 octobre 2022", "2022-10-30")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FULL + "Partager la liste | OIM, INS | 30 octobre 2022", [SHARE]),
        (FULL + "| Partager la liste | OIM, INS | 30 octobre 2022 |", [SHARE]),
        (FULL + "Partager la liste\tOIM, INS\t30 octobre 2022", [SHARE]),
        (FULL + "Partager la liste      OIM, INS      30 octobre 2022", [SHARE]),
        (FLAT + "Partager la liste\nOIM, INS\n30 octobre 2022", [SHARE]),
        (FLAT + "Partager la liste\n\nOIM,\nINS\n\n30 octobre 2022\n\n", [SHARE]),
        (FLAT + "Partager\nla liste\nOIM, INS\n30 octobre 2022", [SHARE]),
        (PLAIN + "Partager la liste OIM, INS 30 octobre 2022", [SHARE]),
        (
            WRAPPED + "Partager la liste | OIM, INS | 30 octobre 2022",
            [SHARE],
        ),
        (FULL + "Partager la liste | | fin octobre", [("Partager la liste", None, "fin octobre", None)]),
        (FULL + "Partager la liste | OIM | N/A", [("Partager la liste", "OIM", "N/A", None)]),
        (FULL + "Partager la liste | OIM | 31 février 2022", [("Partager la liste", "OIM", "31 février 2022", None)]),
        ("Points d'action :\n- Partager la liste", [("Partager la liste", None, None, None)]),
        (FULL + "N/A", []),
        (FULL + "N/A | N/A | N/A", []),
        (FULL + " |  | ", []),
        (FLAT + "N/A\nN/A\nN/A", []),
        (PLAIN + "N/A    ", []),
        (PLAIN + "N/A N/A N/A", []),
        (PLAIN + "Néant", []),
        ("Points d'action\nN/A", []),
        (PLAIN + "N/A\n\nFait à Niamey, le 12 mai 2022", []),
    ],
)
def test_action_table(text, expected):
    assert actions(text) == expected


def test_prose_under_a_table_stays_text():
    read = read_compte_rendu(
        f"{TOP}{AGENDA}1. Ouverture\nPoints de discussion clés\nA.\n{FULL}N/A\nLa séance est levée à 11h06.\n"
    )
    assert read.actions == ()
    assert read.sections[0].text == "A.\nLa séance est levée à 11h06."
    assert read.end == "11:06"


@pytest.mark.parametrize(
    ("end", "function", "name"),
    [
        ("Le Secrétaire Permanent\n\nSOLY AMADOU", "Le Secrétaire Permanent", "SOLY AMADOU"),
        ("Le Secrétaire Permanent SOLY AMADOU", "Le Secrétaire Permanent", "SOLY AMADOU"),
        ("La Rapporteuse\nMme Fati BAKO", "La Rapporteuse", "Mme Fati BAKO"),
        ("Pour le Directeur Régional\n\nISSA ABDOU", "Pour le Directeur Régional", "ISSA ABDOU"),
        ("Le Président", "Le Président", None),
        ("\nISSA ABDOU", None, "ISSA ABDOU"),
    ],
)
def test_signature(end, function, name):
    signed = read_compte_rendu(f"{TOP}{AGENDA}1. Ouverture\nPoints de discussion clés\nTexte.\n\n{end}\n").signatory
    assert signed is not None
    assert (signed.function, signed.name) == (function, name)


@pytest.mark.parametrize("end", ["Le président a levé la séance.", "La séance est close.", "- OIM", "Divers"])
def test_no_signature(end):
    assert (
        read_compte_rendu(f"{TOP}{AGENDA}1. Ouverture\nPoints de discussion clés\nTexte.\n\n{end}\n").signatory is None
    )


@pytest.mark.parametrize(
    ("title", "group", "region"),
    [
        ("Compte-rendu de la réunion du Groupe de Technique sur la Migration", "GTM", None),
        ("COMPTE RENDU DE LA REUNION DU GROUPE DETRAVAIL SUR LA MIGRATION (GTM) AGADEZ", "GTM Agadez", "Agadez"),
        ("Compte-rendu du GTM de Niamey", "GTM", None),
        ("Compte-rendu du GTM régional de Tahoua", "GTM Tahoua", "Tahoua"),
        ("Compte-rendu du Cadre Régional de Concertation sur la Migration de Zinder", "CRCM Zinder", "Zinder"),
        ("Compte-rendu de la 7e session du Cadre de Concertation sur la Migration", "CCM", None),
        ("Compte-rendu du comité de pilotage de la PNM", "COPIL PNM", None),
        ("Compte-rendu de l'atelier de Dosso", None, None),
    ],
)
def test_group_is_named_in_the_title(title, group, region):
    read = read_compte_rendu(f"{title}\n\nDate\t12 mai 2022\n")
    assert (read.group, read.region) == (group, region)


def test_nested_numbers_are_no_sections_where_titles_are_certain():
    body = "1. Premier rappel\n2. Second rappel\n3. Ouverture des plis"
    text = (
        f"{TOP}{AGENDA}1. Ouverture\nPoints de discussion clés\n{body}\n\n2. Divers\nPoints de discussion clés\nRien.\n"
    )
    assert [section.title for section in read_compte_rendu(text).sections] == ["Ouverture", "Divers"]


def test_sections_without_labels_are_known_by_the_agenda():
    text = f"{TOP}{AGENDA}I. OUVERTURE\nTexte.\n1. a\n2. b\nII. DIVERS\nRien.\n"
    sections = read_compte_rendu(text).sections
    assert [(section.number, section.title, section.agenda_index) for section in sections] == [
        (1, "OUVERTURE", 0),
        (2, "DIVERS", 1),
    ]


def test_text_without_titles_is_one_section():
    read = read_compte_rendu(
        "Le jeudi 31 mars 2022 s'est tenue la réunion du GTM.\nTout s'est bien passé.\nRien d'autre."
    )
    assert [(section.title, section.text) for section in read.sections] == [
        ("", "Tout s'est bien passé.\nRien d'autre.")
    ]
    assert "section-titles-missing" in {told.code for told in read.warnings}
