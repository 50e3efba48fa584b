"""Every word of the source stands in exactly one verbatim field, whatever the text; see extracted.py.

1. The words of the verbatim fields are those of the source: each as often, none more.
2. Every line that has a word is among the lines that some field came from.
3. The same text gives the same result, and no text raises.
"""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.meetings.domain.compte_rendu import looks_like_minutes, read_compte_rendu
from services.meetings.domain.compte_rendu.source import words
from tests.unit.meetings.compte_rendus import LAYOUTS, claimed_lines, counted, layout, verbatim

KNOWN_LINES = sorted({line for name in LAYOUTS for line in layout(name).split("\n")})
ODD_LINES = [
    "<p>Un paragraphe <b>laissé</b> ouvert", "<ul><li>OIM</li><li>INS</li></ul>",
    "<table><tr><td>A</td><td>B</td></tr>",
    "a | b | c | d | e | f", "\t\t\t", "||||", "- - - -", "(((", ")))", "1-", "1- 2- 3-", "II.", "X. X. X.", "N/A", ";",
    "Présence", "Présence :", "Absents : BIT, CRN", "Ordre du jour", "Déroulement", "Points d'action", "31/02/2022",
    "L'an deux mille vingt et un", "Page 3 sur 4", "OIM, INS, UNHCR et GIZ/APM", "À 99h99 le 45 brumaire",
    "Le Président", "MARIAMA ALI", "Date", "Date limite", "•", "🐪 désert", "İstanbul ßtraße œuvre", "e\u0301tat",
    "ligne\x0csuite", "mot\u2028suite", "&nbsp;&eacute;&lt;p&gt;", "Groupe Technique", "1er point",
    "2°ème point : suite", "1. OIM", "2. voir liste de présence",
    "Ordre du jour : 1- Ouverture ; 2- Divers 1. Ouverture",
]  # fmt: skip
LINES = st.sampled_from(KNOWN_LINES) | st.sampled_from(ODD_LINES) | st.text(max_size=60)


@st.composite
def mutated_layouts(draw):
    """A layout with lines dropped, doubled, moved, and others put in."""
    lines = layout(draw(st.sampled_from(LAYOUTS))).split("\n")
    for _ in range(draw(st.integers(0, 8))):
        at = draw(st.integers(0, len(lines)))
        match draw(st.sampled_from(["put in", "drop", "move", "join", "indent"])):
            case "put in":
                lines[at:at] = draw(st.lists(LINES, min_size=1, max_size=3))
            case "drop":
                del lines[at : at + draw(st.integers(1, 5))]
            case "move":
                lines.insert(at, lines.pop(draw(st.integers(0, len(lines) - 1)))) if lines else None
            case "join":
                lines[at : at + 2] = [" ".join(lines[at : at + 2])]
            case "indent":
                lines[at : at + 1] = [" " * draw(st.integers(1, 40)) + line for line in lines[at : at + 1]]
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines)


def check(text: str) -> None:
    extracted = read_compte_rendu(text)
    assert counted(verbatim(extracted)) == counted([" ".join(words(text))])
    source = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    filled = {number for number, line in enumerate(source, start=1) if re.search(r"\w", " ".join(words(line)))}
    assert filled <= claimed_lines(extracted)
    assert read_compte_rendu(text) == extracted
    looks_like_minutes(extracted)


@pytest.mark.parametrize("name", LAYOUTS)
def test_no_word_of_a_layout_is_lost(name):
    check(layout(name))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated_layouts())
def test_no_word_of_a_damaged_layout_is_lost(text):
    check(text)


@settings(max_examples=200, deadline=None)
@given(st.lists(LINES, max_size=30).map("\n".join))
def test_no_word_of_mixed_lines_is_lost(text):
    check(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_no_word_of_any_text_is_lost(text):
    check(text)


def test_what_is_not_understood_is_kept_where_it_stands_and_said():
    text = layout("niamey-official").replace("Lieu\t", "Brouillard inexpliqué du matin\nLieu\t")
    extracted = read_compte_rendu(text)
    assert "Brouillard inexpliqué du matin" in extracted.preamble
    assert [told.line for told in extracted.warnings if told.code == "kept-as-text"] == [5]
