"""The demonstration's compte-rendus read cleanly: nothing is missing, nothing is left unsaid, no warning."""

import pytest

from launcher.demo.calendar import Month, dated
from launcher.demo.catalogue import entries, minutes_text
from services.meetings.domain.compte_rendu import extracted_as_json, read_compte_rendu, warnings_as_json

TOLD = [meeting for meeting in entries("meeting") if "text" in meeting]


@pytest.mark.parametrize("month", [Month(2026, 11), Month(2027, 2)], ids=str)
@pytest.mark.parametrize("meeting", TOLD, ids=lambda meeting: meeting["text"])
def test_it_is_understood_whole(meeting, month):
    day = month.plus(meeting["month"]).thursday(meeting["week"])
    extracted = read_compte_rendu(dated(minutes_text(meeting["text"]), day))
    read = extracted_as_json(extracted)
    assert warnings_as_json(extracted.warnings) == []
    assert {name: read[name] for name in ("start", "end", "place")} == {
        name: meeting[name] for name in ("start", "end", "place")
    }
    assert (read["date"], read["group"]) == (day.isoformat(), "GTM")
    assert [action["what"] for action in read["actions"]] == [one["what"] for one in meeting["follow_up"]]
    assert len(read["sections"]) == len(read["agenda"]) >= 4
    assert read["signatory"] == "Le Secrétaire Permanent MOUSSA EXEMPLE"


@pytest.mark.parametrize("meeting", TOLD, ids=lambda meeting: meeting["text"])
def test_those_present_are_in_the_directory_or_among_the_invented(meeting, known_acronyms):
    read = extracted_as_json(read_compte_rendu(minutes_text(meeting["text"])))
    assert {present["text"] for present in read["attendance"]} <= known_acronyms
