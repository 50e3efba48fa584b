"""The layouts of published minutes, in our own words: each text beside the fields that the reader gives.

After a change that is meant, write the JSON anew (`python -m tests.unit.meetings.test_compte_rendu_layouts`) and read
the difference line by line.
"""

import json

import pytest

from services.meetings.domain.compte_rendu import looks_like_minutes, read_compte_rendu
from tests.unit.meetings.compte_rendus import FIXTURES, LAYOUTS, SAMPLES, as_expected, layout, record_of, written

SAMPLE = SAMPLES / "compte-rendu-2021-09-21.txt"


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_is_read_as_expected(name):
    expected = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
    assert as_expected(layout(name)) == expected


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout_looks_like_minutes(name):
    assert looks_like_minutes(read_compte_rendu(layout(name)))


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
@pytest.mark.parametrize("name", LAYOUTS)
def test_line_endings_do_not_matter(name, ending):
    assert as_expected(layout(name).replace("\n", ending)) == as_expected(layout(name))


@pytest.mark.skipif(not SAMPLE.exists(), reason="the published sample is not in this checkout")
class TestPublishedSample:
    read = read_compte_rendu(SAMPLE.read_text(encoding="utf-8")) if SAMPLE.exists() else read_compte_rendu("")

    def test_facts(self):
        read = self.read
        assert (read.date, read.start, read.end) == ("2021-09-21", "09:00", "13:30")
        assert read.place == "Direction Générale de l'Etat Civil, des Migrations et des Réfugiés"
        assert (read.group, read.region) == ("GTM", None)
        assert record_of(read)["signatory"] == {"function": "Le Secrétaire Permanent", "name": "SOLY AMADOU"}

    def test_attendance_on_one_line(self):
        present = [entry.text for entry in self.read.attendance]
        assert len(present) == 25
        assert present[0] == "Ministère de l'Intérieur/D"
        assert {"EUCAP-Sahel Niger", "Croix-Rouge Espagnole", "DGECEM-R", "ANLPT/TIM"} <= set(present)
        assert present[1] == "Secrétariat permanent du Cadre de Concertation Migration (SP-CCM)"

    def test_agenda_goes_on_after_the_page_header(self):
        agenda = self.read.agenda
        assert [item.number for item in agenda] == [1, 2, 3, 4]
        assert [item.presenter for item in agenda] == ["SP/CCM", "EUCAP-Sahel", "Consultant", None]
        assert agenda[3].title == "Discussions"
        assert len(self.read.page_headers) == 3

    def test_sections_answer_the_agenda_although_spelled_otherwise(self):
        sections = self.read.sections
        assert [section.number for section in sections] == [1, 2, 3, 4]
        assert [section.agenda_index for section in sections] == [0, 1, 2, 3]
        assert "EUCAP6Sahel" in sections[1].title
        assert "Point 2 : Faiblesses" in sections[2].text
        assert len(sections[3].key_points) == 4

    def test_nothing_is_an_action_and_nothing_doubtful(self):
        assert self.read.actions == ()
        assert self.read.warnings == ()


if __name__ == "__main__":
    for name in LAYOUTS:
        (FIXTURES / f"{name}.json").write_text(written(as_expected(layout(name))), encoding="utf-8")
