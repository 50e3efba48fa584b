"""The shipped reference data: complete in both languages, sound in its references, true to the real presence list."""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from chassis.kernel.text import fold

ROOT = Path(__file__).resolve().parents[3]
ACTORS = ROOT / "services" / "actors" / "reference"
FRAMEWORKS = ROOT / "services" / "indicators" / "reference" / "frameworks.json"
CODED = (
    "regions", "departments", "axes", "pnm_programmes", "gcm_objectives", "themes",
    "institution_kinds", "activity_types", "target_groups", "stages",
)  # fmt: skip
FILES = [*(ACTORS / f"{kind}.json" for kind in (*CODED, "institutions", "groups")), FRAMEWORKS]

ROLES = {"chair", "vice_chair", "secretariat", "rapporteur", "member", "observer"}

PRESENT_2021_09_21 = {
    "Ministère de l'Intérieur/D": "MI/D",
    "Secrétariat permanent du Cadre de Concertation Migration (SP-CCM)": "SP/CCM",
    "DGECEM-R": "DGECM-R",
    "MPF/PE": "MPF/PE",
    "MCI/EJ": "MCI/EJ",
    "MET/PS": "MET/PS",
    "INS": "INS",
    "ANLPT/TIM": "ANLTP/TIM",
    "DUE": "DUE",
    "OIM": "OIM",
    "CICR": "CICR",
    "CRN": "CRN",
    "MMC/DRC": "MMC/DRC",
    "GIZ/APM": "GIZ/APM",
    "EUCAP-Sahel Niger": "EUCAP-Sahel",
    "BIT": "BIT",
    "ONUFemmes": "ONU Femmes",
    "UNFPA": "UNFPA",
    "UNICEF": "UNICEF",
    "GRASPI": "GRASPI",
    "HCDH": "HCDH",
    "RCO": "RCO",
    "Croix-Rouge Espagnole": "CRE",
    "UNHCR": "UNHCR",
    "OXFAM": "OXFAM",
}
"""The 25 entries of the presence list of 21 September 2021, and the institution each one means."""


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def items(kind):
    return read(ACTORS / f"{kind}.json")["items"]


def spellings(entry):
    """Every folded way to write an institution or a group."""
    return {fold(text) for text in (entry["acronym"], entry["name"], *entry["aliases"])}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_names_its_source_and_its_date(path):
    document = read(path)
    assert set(document) == {"source", "as_of", "items"}
    assert len(document["source"]) > 20
    date.fromisoformat(document["as_of"])
    assert document["items"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_labels_are_complete_in_both_languages(path):
    entries = [*read(path)["items"]]
    entries += [node for entry in entries for node in entry.get("nodes", [])]
    for entry in entries:
        assert set(entry["labels"]) == {"fr", "en"}, entry
        assert all(text.strip() for text in entry["labels"].values()), entry


@pytest.mark.parametrize("kind", CODED)
def test_codes_are_unique_and_plain(kind):
    codes = [entry["code"] for entry in items(kind)]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", code) for code in codes)


def test_the_eight_regions_pair_p_codes_with_iso_codes():
    pairs = [(region["code"], region["iso"]) for region in items("regions")]
    assert pairs == [(f"NE00{n}", f"NE-{n}") for n in range(1, 9)]


def test_the_67_departments_lie_in_their_regions():
    departments = items("departments")
    per_region = Counter(department["region"] for department in departments)
    assert [per_region[f"NE00{n}"] for n in range(1, 9)] == [6, 6, 8, 9, 13, 13, 11, 1]
    assert len(departments) == 67


def test_department_p_codes_follow_their_region_and_never_collide():
    known = [department for department in items("departments") if department["pcode"] is not None]
    assert all(re.fullmatch(department["region"] + r"\d{3}", department["pcode"]) for department in known)
    assert len({department["pcode"] for department in known}) == len(known)


def test_only_the_p_codes_that_were_read_or_implied_are_verified():
    verified = {d["pcode"]: d["labels"]["fr"] for d in items("departments") if d["verified"]}
    read_in_the_layer = {f"NE001{n:03d}" for n in range(1, 7)} | {f"NE002{n:03d}" for n in range(1, 5)}
    implied_by_communes = {"NE003006", "NE003008", "NE006008", "NE006012"}
    assert set(verified) == read_in_the_layer | implied_by_communes
    assert (verified["NE001003"], verified["NE003006"]) == ("Bilma", "Gaya")


def test_the_plan_has_five_axes_and_the_compact_23_objectives():
    assert [axis["code"] for axis in items("axes")] == ["A1", "A2", "A3", "A4", "A5"]
    assert [objective["number"] for objective in items("gcm_objectives")] == list(range(1, 24))


def test_the_national_policy_has_three_axes_three_programmes_and_eleven_sub_programmes():
    entries = items("pnm_programmes")
    assert Counter(e["level"] for e in entries) == {"axis": 3, "programme": 3, "sub_programme": 11}
    assert all(entry["label_verified"] is (entry["level"] == "axis") for entry in entries)
    codes = {entry["code"] for entry in entries}
    assert all(entry["parent"] in codes for entry in entries if entry["level"] != "axis")


def test_frameworks_are_trees_within_their_years():
    for framework in read(FRAMEWORKS)["items"]:
        codes = [node["code"] for node in framework["nodes"]]
        assert len(set(codes)) == len(codes)
        assert framework["starts"] < framework["ends"]
        for position, node in enumerate(framework["nodes"]):
            parents = {None} if node["level"] == "axis" else set(codes[:position])
            assert node["parent"] in parents, node


def test_frameworks_say_the_same_as_the_axes_and_programmes():
    strategy, policy = read(FRAMEWORKS)["items"]
    axes = {n["code"]: n["labels"] for n in strategy["nodes"] if n["level"] == "axis"}
    assert axes == {axis["code"]: axis["labels"] for axis in items("axes")}
    assert [(n["code"], n["level"], n["labels"]) for n in policy["nodes"]] == [
        (p["code"], p["level"], p["labels"]) for p in items("pnm_programmes")
    ]


@pytest.mark.parametrize("kind", ["institutions", "groups"])
def test_no_spelling_means_two_entries(kind):
    owners: dict[str, str] = {}
    for entry in items(kind):
        for spelling in spellings(entry):
            assert owners.setdefault(spelling, entry["acronym"]) == entry["acronym"], spelling
    assert len({entry["acronym"] for entry in items(kind)}) == len(items(kind))


def test_institutions_use_known_kinds_and_known_parents():
    kinds = {kind["code"] for kind in items("institution_kinds")}
    named_before: set[str | None] = {None}
    for entry in items("institutions"):
        assert entry["kind"] in kinds
        assert entry["parent"] in named_before, entry
        assert entry["status"] == "active"
        named_before.add(entry["acronym"])


def test_an_unknown_expansion_stays_an_acronym_to_confirm():
    (graspi,) = [entry for entry in items("institutions") if entry["acronym"] == "GRASPI"]
    assert graspi["name"] == "GRASPI"
    assert "à confirmer" in graspi["note"]


def test_groups_name_institutions_and_regions_that_exist():
    acronyms = {entry["acronym"] for entry in items("institutions")}
    regions = {region["code"] for region in items("regions")}
    for group in items("groups"):
        members = [member["institution"] for member in group["members"]]
        assert set(members) <= acronyms
        assert len(set(members)) == len(members)
        assert {member["role"] for member in group["members"]} <= ROLES
        assert group["secretariat"] is None or group["secretariat"] in acronyms
        assert (group["region"] in regions) is (group["level"] == "regional")


def test_the_groups_stand_where_the_seed_left_them():
    status = {group["acronym"]: group["status"] for group in items("groups")}
    assert (status["GTM"], status["GTM Agadez"]) == ("active", "active")
    assert (status["GTM Tahoua"], status["GTM Zinder"]) == ("being_set_up", "being_set_up")


@pytest.mark.parametrize("text", PRESENT_2021_09_21)
def test_every_name_of_the_presence_list_is_in_the_directory(text):
    written, _, bracket = text.partition(" (")
    wanted = {fold(written), fold(bracket)} - {""}
    found = [entry["acronym"] for entry in items("institutions") if wanted & spellings(entry)]
    assert found == [PRESENT_2021_09_21[text]]


def test_the_presence_list_names_25_distinct_institutions_all_members_of_the_group():
    assert len(PRESENT_2021_09_21) == len(set(PRESENT_2021_09_21.values())) == 25
    (central,) = [group for group in items("groups") if group["acronym"] == "GTM"]
    assert {member["institution"] for member in central["members"]} == set(PRESENT_2021_09_21.values())
