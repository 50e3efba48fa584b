"""Searching: which words are the same, which names, what is shown; and what of a record is never in the index."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.meetings.domain.search.entry import entries
from services.meetings.domain.search.query import NOBODY, Term, directory, terms
from services.meetings.domain.search.snippet import marks, snippet
from services.meetings.domain.search.spelling import corrected, one_slip
from services.meetings.domain.search.words import stem, stems, words
from tests.unit.meetings.acts import NOW

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=80)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Régionaux", "régional"),
        ("stratégies", "strategy"),
        ("policies", "policy"),
        ("adoptées", "ADOPTÉ"),
        ("comités", "Comité"),
        ("bureaux", "bureau"),
        ("cœur", "COEUR"),
        ("recommandations", "recommandation"),
        ("lois", "loi"),
    ],
)
def test_words_that_are_one(one: str, other: str) -> None:
    assert stems(one) == stems(other) != ()


@pytest.mark.parametrize(("one", "other"), [("organe", "organisation"), ("process", "proces"), ("A1", "A2")])
def test_words_that_are_not(one: str, other: str) -> None:
    assert stems(one) != stems(other)


def test_little_words_are_not_searched() -> None:
    assert stems("Le rapport de l'ONU et the report of UN") == ("rapport", "onu", "report")


@given(ANY_TEXT)
def test_accents_case_and_how_signs_are_composed_make_no_difference(text: str) -> None:
    plain = "".join(sign for sign in text if sign.isascii() or sign in "éèçàùôîêœÉÈÇ")
    for other in (plain.lower(), unicodedata.normalize("NFD", plain), unicodedata.normalize("NFC", plain)):
        assert stems(other) == stems(plain)


@given(ANY_TEXT)
def test_words_stand_where_they_are_said_to(text: str) -> None:
    found = words(text)
    assert all(one.stem.isascii() and one.stem.isalnum() and 0 <= one.start < one.end <= len(text) for one in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@given(st.from_regex(r"[a-z]{4,12}", fullmatch=True))
def test_a_regular_plural_is_its_word(word: str) -> None:
    if not word.endswith(("s", "x", "z", "y")):
        assert stem(word + "s") == stem(word)


MPF = {"_id": "1", "name": "Ministère de la Promotion de la Femme", "acronym": "MPF/PE", "aliases": ["MPFPE"]}
OLD = {"_id": "2", "name": "Direction de l'Enfant", "acronym": "DPE"}
CCM = {"_id": "g", "name": "Cadre de concertation sur la migration", "acronym": "CCM", "labels": {"en": "Forum"}}
KNOWN = directory([MPF, OLD], [CCM], lambda id: "1" if id == "2" else id)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mpf/pe ", "ministère de la promotion de la femme"),
        ("Ministere promotion femme ", "MPFPE"),
        ("DPE ", "MPF/PE"),
        ("MPF/PE ", "direction de l’enfant"),
        ("ccm ", "Cadre de concertation sur la migration"),
        ("forum ", "CCM"),
    ],
)
def test_names_of_the_directory_stand_for_each_other(text: str, name: str) -> None:
    (term,) = terms(text, KNOWN)
    assert stems(name) in term.ways
    assert stems(text) in term.ways


def test_the_longest_name_is_taken_and_other_words_stay() -> None:
    found = terms("budget du MPF/PE adopté ", KNOWN)
    assert [len(term.ways) > 1 for term in found] == [False, True, False]
    assert terms("MPF/PE ", NOBODY) == (Term((("mpf",),)), Term((("pe",),)))


def test_the_last_word_may_be_unfinished() -> None:
    assert terms("plan strateg")[-1].ways == (("strateg",), ("strateg*",))
    assert terms("plan strateg ")[-1].ways == (("strateg",),)
    assert terms("de la ") == ()


@given(ANY_TEXT)
def test_any_text_is_a_query(text: str) -> None:
    for term in terms(text, KNOWN):
        assert term.ways
        assert all(way and all(word.rstrip("*").isalnum() for word in way) for way in term.ways)


@given(ANY_TEXT, ANY_TEXT)
def test_marks_lie_in_the_piece_that_is_shown(text: str, asked: str) -> None:
    shown = snippet(text, terms(asked, KNOWN))
    assert shown.text in text
    assert all(0 <= start < end <= len(shown.text) for start, end in shown.marks)


def test_a_piece_is_shown_around_what_was_found() -> None:
    text = "Rien. " * 100 + "Le Ministère de la Promotion de la Femme présente." + " Suite." * 100
    shown = snippet(text, terms("MPF/PE ", KNOWN))
    assert [shown.text[a:b] for a, b in shown.marks] == ["Ministère de la Promotion de la Femme"]
    assert marks("Stratégies", terms("strategy ")) == ((0, 10),)


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("migration", "migratoin", True),
        ("migration", "migraton", True),
        ("migration", "migrattion", True),
        ("migration", "migrotion", True),
        ("migration", "migration", False),
        ("migration", "migrants", False),
        ("abcd", "badc", False),
    ],
)
def test_one_slip_of_the_keyboard(one: str, other: str, slip: bool) -> None:
    assert one_slip(one, other) is slip is one_slip(other, one)


def test_what_is_typed_wrongly_means_what_is_there() -> None:
    assert corrected(terms("migraton "), lambda _: ["migration", "migrant"])[0].ways == (("migraton",), ("migration",))


BASE = {"visibility": "gtm", "created_at": NOW, "origin": "central"}


def test_persons_are_not_in_the_index() -> None:
    item = {"title": "Le plan", "presenter": "Maman Sani"}
    action = {"what": "Diffuser", "who": "Maman Sani"}
    section = {"title": "Le plan", "text": "…", "actions": [action], "decisions": [{"text": "Adopté"}]}
    minutes = BASE | {"_id": "m", "title": "CR", "date": "2026-01-01", "sections": [section], "agenda": [item]}
    minutes |= {"attendance": ["Maman Sani, MI"], "signatory": {"name": "Maman Sani"}}
    meeting = BASE | {"_id": "s", "title": "R", "date": "2026-01-01", "agenda": [item]}
    meeting |= {"attendance": [{"text": "Maman Sani, MI"}]}
    asked = BASE | {"_id": "r", "text": "Diffuser", "who": "Maman Sani"}
    found = entries("minutes", minutes) + entries("meeting", meeting) + entries("recommendation", asked)
    assert [one.kind for one in found] == ["minutes", "minutes", "decision", "meeting", "recommendation"]
    assert not any("Sani" in text for one in found for text in (one.title, one.decision, one.text))


def test_the_latest_has_the_greatest_key_and_parts_have_their_own() -> None:
    def key(day: str, id: str = "m") -> int:
        return entries("minutes", BASE | {"_id": id, "title": "CR", "date": day})[0].key

    assert key("2026-01-02") > key("2026-01-01", "z") > key("2025-12-31") > 0
    assert key("9999-12-31") < 2**63
    assert key("2026-01-01") == key("2026-01-01") != key("2026-01-01", "n")
