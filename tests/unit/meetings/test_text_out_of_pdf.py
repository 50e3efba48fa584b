"""PDF as lines: what stands side by side is parted by tabs, tables of action points become rows."""

import pytest

from services.meetings.adapters import extract_limits
from services.meetings.adapters.pdf_text import pdf_text
from services.meetings.adapters.unreadable import UnreadableError
from tests.unit.meetings.files import pdf

LOCKED = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'00' * 32}> /U <{'00' * 32}> >> /ID [<00> <00>] "
LABELS = [
    (72, 760, "Date"),
    (200, 760, "12 mai 2022"),
    (72, 745, "Heure"),
    (200, 745, "9h00 - 11h00"),
    (72, 730, "Lieu de la réunion"),
]


def test_columns_are_parted_by_tabs():
    assert pdf_text(pdf([LABELS])) == "Date\t12 mai 2022\nHeure\t9h00 - 11h00\nLieu de la réunion"


def test_action_table_with_wrapped_cells_becomes_rows():
    table = [
        (72, 700, "Points d'action"), (300, 700, "Personnes/agences"), (300, 688, "responsables"),
        (440, 700, "Date limite"), (72, 670, "Organiser une mission"), (72, 658, "conjointe"), (300, 670, "OIM,"),
        (300, 658, "INS"), (440, 670, "20 janvier"), (440, 658, "2023"),
        (72, 640, "Partager la liste"), (300, 640, "SP/CCM"), (440, 640, "N/A"),
        (72, 560, "2. Divers"), (72, 545, "Points de discussion clés"),
    ]  # fmt: skip
    assert pdf_text(pdf([table])).split("\n") == [
        "Points d'action | Personnes/agences responsables | Date limite",
        "Organiser une mission conjointe | OIM, INS | 20 janvier 2023",
        "Partager la liste | SP/CCM | N/A",
        "2. Divers",
        "Points de discussion clés",
    ]


def test_text_across_the_columns_ends_a_table():
    table = [
        (72, 700, "Points d'action"), (300, 700, "Responsables"), (440, 700, "Date limite"),
        (72, 685, "N/A"), (300, 685, "N/A"), (440, 685, "N/A"),
        (72, 670, "La séance est levée à onze heures précises par la présidence, qui remercie chacun."),
    ]  # fmt: skip
    assert pdf_text(pdf([table])).split("\n")[1:] == [
        "N/A | N/A | N/A",
        "La séance est levée à onze heures précises par la présidence, qui remercie chacun.",
    ]


def test_pages_follow_each_other():
    made = pdf([[(72, 700, "Première page du texte")], [(72, 700, "Seconde page du texte")]])
    assert pdf_text(made) == "Première page du texte\nSeconde page du texte"


@pytest.mark.parametrize(
    ("data", "code", "told"),
    [
        (pdf([[], []]), "no-text-in-file", {"pages": 2}),
        (pdf([[(72, 700, "tampon")]]), "no-text-in-file", {"pages": 1}),
        (pdf([[]] * (extract_limits.PAGES + 1)), "too-many-pages", {"limit": extract_limits.PAGES}),
        (b"%PDF-1.7\nnothing", "file-unreadable", {"kind": "PDF"}),
        (pdf([LABELS], trailer=LOCKED), "file-encrypted", {}),
    ],
)  # fmt: skip
def test_pdfs_without_text_are_refused(data, code, told):
    with pytest.raises(UnreadableError) as error:
        pdf_text(data)
    assert error.value.code == code
    assert {name: error.value.params[name] for name in told} == told
