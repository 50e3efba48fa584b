"""The demonstration's files: whole, consistent with the reference data, and clearly invented."""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from launcher.demo.calendar import Month, dated
from launcher.demo.catalogue import entries, follow_ups, minutes_text, observations, recommendations

ROOT = Path(__file__).resolve().parents[3]
TOLD = [meeting for meeting in entries("meeting") if "text" in meeting]
MONTH = Month(2026, 11)


def reference(service, kind):
    path = ROOT / "services" / service / "reference" / f"{kind}.json"
    return json.loads(path.read_text(encoding="utf-8"))["items"]


def codes(kind):
    return {item["code"] for item in reference("actors", kind)}


ACRONYMS = {one["acronym"] for one in reference("actors", "institutions")}
INVENTED = {one["acronym"] for one in entries("institution")}
KNOWN = ACRONYMS | INVENTED


def test_it_is_a_believable_size():
    assert 4 <= len(INVENTED) <= 8
    assert len(entries("focal_point")) == 12
    assert 25 <= len(entries("intervention")) <= 30
    assert 10 <= len(entries("indicator")) <= 15
    assert len(TOLD) >= 8


def test_invented_institutions_say_so_and_shadow_nobody():
    assert not INVENTED & ACRONYMS
    for institution in entries("institution"):
        assert "fictif" in institution["name"] or "fictive" in institution["name"]
        assert "fictitious" in institution["name_en"]
        assert institution["kind"] in codes("institution_kinds")
        assert set(institution["themes"]) <= codes("themes")
        assert set(institution["regions"]) <= codes("regions")


def test_focal_points_are_nobody():
    emails = [person["email"] for person in entries("focal_point")]
    assert len(set(emails)) == len(emails)
    assert all(email.endswith("@example.org") for email in emails)
    assert all(re.search(r"Exemple|Example$", person["name"]) for person in entries("focal_point"))
    assert {person["institution"] for person in entries("focal_point")} <= KNOWN


@pytest.mark.parametrize("entry", entries("intervention"), ids=lambda entry: entry["title"])
def test_interventions_use_known_codes(entry):
    donors = [donor["institution"] for donor in entry["donors"]]
    assert {entry["lead"], *entry["partners"], *donors} <= KNOWN
    for kind in ("themes", "activity_types", "target_groups", "axes", "pnm_programmes", "stages"):
        assert set(entry[kind]) <= codes(kind)
    assert all(1 <= objective <= 23 for objective in entry["gcm_objectives"])
    departments = {item["pcode"] for item in reference("actors", "departments") if item["verified"]}
    assert set(entry["places"]) <= {"NE"} | codes("regions") | departments
    assert entry["start"] <= entry["end"]
    assert entry["description"].startswith("Donnée fictive de démonstration.")
    if "reached" in entry:
        *parts, total = entry["reached"].values()
        assert sum(parts) == total


def test_interventions_cover_every_region_axis_and_status():
    found = entries("intervention")
    assert {place[:5] for entry in found for place in entry["places"]} >= codes("regions")
    assert {axis for entry in found for axis in entry["axes"]} == codes("axes")
    assert {entry["status"] for entry in found} == {
        "idea", "planned", "signed", "under_way", "done", "cancelled", "suspended",
    }  # fmt: skip


def test_interventions_that_are_over_ended_and_those_under_way_have_not():
    for entry in entries("intervention"):
        if entry["status"] == "under_way":
            assert entry["start"] < 0 < entry["end"], entry["title"]
        if entry["status"] == "done":
            assert entry["end"] < 0, entry["title"]


def test_the_year_of_meetings_has_every_fate():
    states = Counter(meeting["state"] for meeting in entries("meeting"))
    assert states["postponed"] == states["cancelled"] == 1
    assert states["convened"] + states["draft"] == 2
    assert {"published", "adopted", "circulated"} <= set(states)
    assert [m["kind"] for m in entries("meeting")].count("validation_workshop") == 1
    titles = [meeting["title"] for meeting in entries("meeting")]
    days = [MONTH.plus(meeting["month"]).thursday(meeting["week"]) for meeting in entries("meeting")]
    assert len(set(titles)) == len(set(days)) == len(titles)
    assert days == sorted(days)


def test_meetings_with_minutes_are_past_and_the_upcoming_ones_ahead_on_any_day_of_the_month():
    for meeting in entries("meeting"):
        day = MONTH.plus(meeting["month"]).thursday(meeting["week"])
        if meeting["state"] in ("convened", "draft"):
            assert day > MONTH.last_day()
        else:
            assert day < MONTH.first_day()


def test_recommendations_come_in_every_status():
    statuses = Counter(one["status"] for one in [*follow_ups(), *recommendations()])
    assert set(statuses) == {"open", "in_progress", "done", "verified", "cancelled"}
    assert min(statuses.values()) >= 2
    for one in recommendations():
        assert {one["lead"], *one["supporting"]} <= KNOWN
        assert one["axis"] in codes("axes")


def test_indicators_lie_on_the_five_axes_and_on_nodes_that_exist():
    frameworks = {one["code"]: one for one in reference("indicators", "frameworks")}
    found = entries("indicator")
    for entry in found:
        framework = frameworks[entry["framework"]]
        assert entry["node"] in {node["code"] for node in framework["nodes"]}
        assert all(framework["starts"] <= int(year) <= framework["ends"] for year in entry["targets"])
        assert entry["responsible"] in KNOWN
    assert {entry["node"][:2] for entry in found} >= {"A1", "A2", "A3", "A4", "A5"}
    assert len({entry["code"] for entry in found}) == len(found)


PERIODS = {
    "year": r"\d{4}",
    "half_year": r"\d{4}-S[12]",
    "quarter": r"\d{4}-Q[1-4]",
    "month": r"\d{4}-(0[1-9]|1[0-2])",
}


def test_observations_fit_their_indicators():
    indicators = {entry["code"]: entry for entry in entries("indicator")}
    keys = set()
    for one in observations():
        indicator = indicators[one["indicator"]]
        assert re.fullmatch(PERIODS[indicator["frequency"]], one["period"]), one
        assert (set(one["measured"]) == {"value"}) is (indicator["kind"] != "percentage"), one
        assert one["area"] == "NE" or one["area"] in codes("regions")
        assert one["institution"] in KNOWN
        assert bool(one["reason"]) is (one["state"] == "returned")
        keys.add((one["indicator"], one["period"], one["area"]))
    assert len(keys) == len(observations())
    assert {one["state"] for one in observations()} == {"submitted", "verified", "published", "returned"}
    assert {one["indicator"] for one in observations()} == set(indicators)


@pytest.mark.parametrize("meeting", TOLD, ids=lambda meeting: meeting["text"])
def test_a_compte_rendu_says_that_it_is_invented_and_leaves_no_day_open(meeting):
    text = dated(minutes_text(meeting["text"]), date(2025, 12, 18))
    assert "fictif" in text
    assert "{{" not in text
    assert "18 décembre 2025" in text
