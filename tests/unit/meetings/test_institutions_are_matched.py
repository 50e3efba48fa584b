"""Which institution an attendance entry means; see matching.py for the order of the rules."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.meetings.domain.matching import (
    DirectoryEntry,
    Match,
    is_near,
    key_of,
    match_institutions,
    merged_directory,
    parts_of,
)
from tests.unit.meetings.compte_rendus import ROOT

DIRECTORY = [
    DirectoryEntry(
        "mid", "Ministère de l'Intérieur et de la Décentralisation", "MI/D", ("Ministère de l'Intérieur/D",)
    ),
    DirectoryEntry("sp", "Secrétariat permanent du Cadre de Concertation sur la Migration", "SP/CCM"),
    DirectoryEntry("dgecm", "Direction Générale de l'État Civil, des Migrations et des Réfugiés", "DGECM-R"),
    DirectoryEntry("anltp", "Agence Nationale de Lutte contre la Traite des Personnes", "ANLTP/TIM", ("ANLTP",)),
    DirectoryEntry("oim", "Organisation internationale pour les migrations", "OIM", ("IOM",)),
    DirectoryEntry("bit", "Bureau international du Travail", "BIT"),
    DirectoryEntry("drc", "Mixed Migration Centre", "MMC/DRC", ("MMC", "DRC")),
    DirectoryEntry("onuf", "ONU Femmes", None, ("UN Women",)),
    DirectoryEntry("eucap", "EUCAP Sahel", "EUCAP-Sahel"),
    DirectoryEntry("crn", "Croix-Rouge nigérienne", "CRN"),
    DirectoryEntry("oeuvre", "Œuvre des Sœurs", None),
    DirectoryEntry("twin1", "Association des jeunes du fleuve", "AJF"),
    DirectoryEntry("twin2", "Assemblée des juristes de la frontière", "AJF"),
]


def matched(text: str, directory: list[DirectoryEntry] = DIRECTORY) -> Match:
    return match_institutions([text], directory)[0]


@pytest.mark.parametrize(
    ("text", "kind", "institution"),
    [
        ("MI/D", "exact", "mid"),
        ("oim", "exact", "oim"),
        ("SP-CCM", "exact", "sp"),
        ("SP CCM", "exact", "sp"),
        ("Secrétariat permanent du CCM (SP/CCM)", "exact", "sp"),
        ("MINISTERE DE L’INTERIEUR ET DE LA DECENTRALISATION", "exact", "mid"),
        ("Organisation internationale pour les migrations (OIM)", "exact", "oim"),
        ("OIM – Organisation internationale pour les migrations", "exact", "oim"),
        ("ONUFemmes", "exact", "onuf"),
        ("la Croix-Rouge nigérienne", "exact", "crn"),
        ("Oeuvre des Soeurs", "exact", "oeuvre"),
        ("Ministère de l'Intérieur/D", "alias", "mid"),
        ("UN WOMEN", "alias", "onuf"),
        ("EUCAP-Sahel Niger", "alias", "eucap"),
        ("DRC/MMC", "alias", "drc"),
        ("DRC", "alias", "drc"),
        ("DGECEM-R", "near", "dgecm"),
        ("DGECM/R", "exact", "dgecm"),
        ("ANLPT/TIM", "near", "anltp"),
        ("Direction Générale de l'Etat Civil, des Migratons et des Réfugiés", "near", "dgecm"),
    ],
)
def test_entry_is_found(text, kind, institution):
    match = matched(text)
    assert (match.match, match.institution_id) == (kind, institution)
    assert match.name == next(entry.name for entry in DIRECTORY if entry.id == institution)
    assert match.text == text


@pytest.mark.parametrize(
    "text",
    [
        "CRC",
        "OIT",
        "OMI",
        "BIM",
        "DRECM-R",
        "CRE",
        "Croix-Rouge nigériane",
        "Croix-Rouge danoise",
        "Direction Régionale",
    ],
)
def test_false_friends_are_not_taken(text):
    assert matched(text).match == "none"


def test_two_that_fit_equally_are_told_and_not_guessed():
    assert (matched("AJF").match, matched("AJF").institution_id) == ("none", None)
    assert matched("AJF").candidates == ("twin1", "twin2")
    assert matched("Croix-Rouge nigérienne (BIT)").candidates == ("bit", "crn")


@pytest.mark.parametrize(
    ("text", "acronym", "name"),
    [
        ("CIAUD", "CIAUD", "CIAUD"),
        ("Forum-Réfugiés", None, "Forum-Réfugiés"),
        ("Ministère de l'Eau (MH/A)", "MH/A", "Ministère de l'Eau"),
        ("ANPE - Agence nationale pour l'emploi", "ANPE", "Agence nationale pour l'emploi"),
        ("Gouvernorat (Maradi)", None, "Gouvernorat (Maradi)"),
    ],
)
def test_unknown_entry_is_proposed(text, acronym, name):
    match = matched(text)
    assert (match.match, match.acronym, match.name, match.institution_id) == ("none", acronym, name, None)


def test_spellings_of_an_unknown_entry_share_a_key():
    keys = {
        match.key for match in match_institutions(["Forum- Réfugiés", "Forum-Réfugiés", "FORUM REFUGIES"], DIRECTORY)
    }
    assert keys == {"forumrefugies"}


def test_near_acronyms():
    assert is_near("DGECEM-R", "DGECM-R") and is_near("ANLPT/TIM", "ANLTP/TIM") and is_near("UNICEFF", "UNICEF")
    assert not is_near("DRECM-R", "DGECM-R")
    assert not is_near("OIM", "OMI")
    assert not is_near("UNOPS", "UNODC")


def test_parts_of_an_entry():
    assert parts_of("Caritas Suisse (CACH)") == ("CACH", "Caritas Suisse")
    assert parts_of("OXFAM") == ("OXFAM", None)
    assert parts_of("Mercy Corps") == (None, "Mercy Corps")


@given(st.lists(st.text(max_size=40), max_size=5))
def test_any_entries_are_matched_in_order(entries):
    matches = match_institutions(entries, DIRECTORY)
    assert [match.text for match in matches] == [" ".join(entry.split()) for entry in entries]
    assert matches == match_institutions(entries, list(reversed(DIRECTORY)))


def test_every_name_of_the_starter_directory_is_its_own():
    shipped = json.loads((ROOT / "services/actors/reference/institutions.json").read_text(encoding="utf-8"))["items"]
    directory = [
        DirectoryEntry(str(at), one["name"], one.get("acronym"), tuple(one.get("aliases", ())))
        for at, one in enumerate(shipped)
    ]
    for at, entry in enumerate(directory):
        for text in (entry.name, entry.acronym or entry.name, *entry.aliases):
            assert matched(text, directory).institution_id == str(at), text
    found = [matched(text, directory) for text in ("Ministère de l'Intérieur/D", "DGECEM-R", "ANLPT/TIM", "ONUFemmes")]
    assert [match.acronym for match in found] == ["MI/D", "DGECM-R", "ANLTP/TIM", "ONU Femmes"]
    assert key_of("SP-CCM") == key_of("SP/CCM")


def test_the_names_of_a_merged_institution_mean_the_one_that_stands_for_it() -> None:
    kept = DirectoryEntry("k", "Institut national de la statistique", "INS")
    old = DirectoryEntry("o", "Direction de la statistique", "DSN", ("La statistique",))
    way = {"o": "k", "k": "k"}
    known = merged_directory([old, kept], way.__getitem__)
    assert [one.id for one in known] == ["k"]
    found = match_institutions(["DSN", "La statistique", "Direction de la statistique", "INS"], known)
    assert [(one.institution_id, one.acronym) for one in found] == [("k", "INS")] * 4
    # The one that stands has not come yet: who is known goes on standing for itself.
    assert merged_directory([old], way.__getitem__) == [old]
    assert merged_directory([old, kept], lambda id: id) == [old, kept]
