"""Reading costs work in proportion to the text, whatever the text: counted in function calls, not in seconds.

The patterns are possessive or bounded (source.py), lists that are compared with are capped: a text twice as long must
not take more than about twice the calls.
"""

import sys

import pytest

from services.meetings.domain.compte_rendu import read_compte_rendu

LINES = 600
HEADER = "Compte-rendu de la réunion du GTM\nDate\t12 mai 2022\n"
TABLE = "1. T\nPoints de discussion clés\nPoints d'action | Personnes/agences responsables | Date limite\n"
ADVERSARIES = {
    "agenda": HEADER + "Ordre du jour\n{}- Présentation des tendances (OIM) ;\n",
    "agenda of subitems": HEADER + "Ordre du jour\n1- Suite :\n{}- x\n",
    "alike titles": HEADER
    + "Ordre du jour\n1- Présentation des tendances ;\n2- Divers.\n{}Présentation des tendances\n",
    "attendance": HEADER + "Présence\n{}- OIM ;\n",
    "open brackets": HEADER + "Présence\n{}(OIM\n",
    "labels": HEADER + "{}Points de discussion clés\n",
    "titles": HEADER + "{}1. Titre\nPoints de discussion clés\n",
    "table headers": HEADER + "{}Points d'action\nPersonnes/agences responsables\nDate limite\n",
    "lone table headers": HEADER + "{}Points d'action\n",
    "rows without dates": HEADER + TABLE + "{}faire une chose\n",
    "rows of bars": HEADER + TABLE + "{}a | b | c\n",
    "numbers": HEADER + "{}1- a\n",
    "page headers": "{}Compte-rendu de la réunion\nsuite\n",
    "capitals": HEADER + "{}TITRE EN CAPITALES\n\n",
    "centred": HEADER + "{}            Titre au centre\n\n",
    "signatures": HEADER + "{}Le Président\n",
    "list items": HEADER + "{}<ul><li>OIM</li> - INS - GIZ</ul>\n",
}
LONG_LINES = {
    "letters": "a", "spaces": " ", "open tags": "<p ", "attributes": '<p class="a" ', "open attributes": "<p class=",
    "entities": "&amp;", "dashes": "- ", "brackets": "(", "bars": "| ", "tabs": "\t", "figures": "1- ",
    "dates": "12/", "times": "9h", "numbers in words": "mille ", "points": "2ème point ", "ellipses": ". ",
    "labels": "1. a Points de discussion clés ",
}  # fmt: skip


def grown(pattern: str, times: int) -> str:
    start, _, repeated = pattern.partition("{}")
    return start + repeated * times


def calls_to_read(text: str) -> int:
    """How many functions are called, Python's own and those in C."""
    count = 0

    def tell(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(tell)
    try:
        read_compte_rendu(text)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("name", ADVERSARIES)
def test_twice_the_lines_take_twice_the_work(name):
    once, twice = (calls_to_read(grown(ADVERSARIES[name], times)) for times in (LINES, 2 * LINES))
    assert twice < 2.3 * once


@pytest.mark.parametrize("opening", ["", "Présence\t", "Ordre du jour\n1- "])
@pytest.mark.parametrize("name", LONG_LINES)
def test_a_line_of_a_million_letters_is_read(name, opening):
    part = LONG_LINES[name]
    extracted = read_compte_rendu(HEADER + opening + part * (1_000_000 // len(part)))
    assert extracted.date == "2022-05-12"
