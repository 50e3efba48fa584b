"""Loading the demonstration: all of it once, nothing twice, and on from where a run was cut short.

The other side is a stand-in that keeps records in memory and knows the moves; the real one is met by the system tests.
"""

import itertools
import json
import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from launcher.api_client import ApiClient
from launcher.api_errors import ApiProblemError
from launcher.demo.calendar import Month, in_words
from launcher.demo.catalogue import entries, observations
from launcher.demo.load import load, steps
from launcher.demo.node import Node

ROOT = Path(__file__).resolve().parents[3]
ACTORS = ROOT / "services" / "actors" / "reference"
TODAY = date(2026, 11, 23)
LEADS_TO = {
    "convene": "convened", "postpone": "postponed", "cancel": "cancelled", "circulate": "circulated",
    "adopt": "adopted", "publish": "published", "start": "in_progress", "complete": "done",
    "verify": "verified", "return": "returned",
}  # fmt: skip
STATE = {"recommendations": "status", "observations": "status"}
FIRST = {"meetings": "draft", "recommendations": "open", "observations": "submitted"}


class StandIn:
    """A node of dictionaries; `writes_left` makes it fail after so many writings."""

    def __init__(self):
        self.records = defaultdict(dict)
        self.ids = map(str, itertools.count(1))
        self.writes_left = 10_000
        self.writes = 0
        for noun, service in (("institutions", "actors"), ("groups", "actors"), ("frameworks", "indicators")):
            path = ROOT / "services" / service / "reference" / f"{noun}.json"
            for item in json.loads(path.read_text(encoding="utf-8"))["items"]:
                self.add(noun, {**item, "members": []})

    def add(self, noun, body):
        record = {STATE.get(noun, "state"): FIRST.get(noun), **body, "id": next(self.ids), "version": 1}
        self.records[noun][record["id"]] = record
        return record

    def reply(self, asked):
        noun, *rest = urlsplit(asked.path).path.removeprefix("/api/v1/").split("/")
        if noun == "reference":
            return 200, {}, json.loads((ACTORS / f"{rest[0]}.json").read_text(encoding="utf-8"))
        if asked.method == "GET":
            if rest:
                return 200, {}, self.records[noun][rest[0]]
            return 200, {}, {"items": list(self.records[noun].values()), "next_cursor": None}
        self.writes_left -= 1
        if self.writes_left < 0:
            return 500, {}, {"detail": "coupure"}
        self.writes += 1
        if rest == ["import"]:
            return self.take_in(asked.body.decode())
        if not rest:
            return 201, {}, self.add(noun, asked.json)
        record = self.records[noun][rest[0]]
        assert asked.headers["If-Match"] == f'"{record["version"]}"'
        record["version"] += 1
        record.update(asked.json if asked.method == "PATCH" else {STATE.get(noun, "state"): LEADS_TO[rest[1]]})
        return 200, {}, record

    def take_in(self, text):
        days = {f"Date\t{in_words(date.fromisoformat(m['date']))}": m for m in self.records["meetings"].values()}
        meeting = days[text.splitlines()[2]]
        minutes = self.add("minutes", {"state": "draft", "meeting_id": meeting["id"]})
        meeting.update(minutes_id=minutes["id"], state="closed", version=meeting["version"] + 1)
        for what in re.findall(r"^(?!Points d'action|N/A)([^\t\n]+)\t[^\t\n]+\t[^\t\n]+$", text, re.MULTILINE):
            self.add("recommendations", {"meeting_id": meeting["id"], "text": what})
        return 201, {}, {"meeting_id": meeting["id"], "minutes_id": minutes["id"], "warnings": []}


@pytest.fixture
def stand_in():
    return StandIn()


@pytest.fixture
def run(stand_in, serve):
    """Load the whole demonstration on a day; the number of entries that changed something."""
    with serve(stand_in.reply) as address:

        def run(today=TODAY):
            node = Node(ApiClient(base_url=address, patience=0.0), today)
            return sum(step.changed for step in load(node, steps(), lambda _: None))

        yield run


def test_everything_is_on_the_node_afterwards(run, stand_in):
    run()
    records = stand_in.records
    assert len(records["focal-points"]) == len(entries("focal_point"))
    assert len(records["interventions"]) == len(entries("intervention"))
    assert len(records["observations"]) == len(observations())
    assert Counter(one["state"] for one in records["minutes"].values()) == {
        "published": 7, "adopted": 1, "circulated": 1,
    }  # fmt: skip
    assert {one["status"] for one in records["recommendations"].values()} == {
        "open", "in_progress", "done", "verified", "cancelled",
    }  # fmt: skip
    upcoming = [m for m in records["meetings"].values() if m["date"] > TODAY.isoformat()]
    assert [m["state"] for m in upcoming] == ["convened", "draft"]
    (group,) = [group for group in records["groups"].values() if group["acronym"] == "GTM"]
    assert len(group["members"]) == len(entries("institution"))


def test_a_second_run_changes_nothing(run, stand_in):
    assert run() > 0
    before = stand_in.writes
    assert run() == 0
    assert stand_in.writes == before


def test_a_run_months_later_still_finds_its_own_year(run, stand_in):
    run()
    assert run(date(2027, 3, 2)) == 0


@pytest.mark.parametrize("writes", [3, 30, 45, 70, 120, 200])
def test_a_run_that_was_cut_short_goes_on(run, stand_in, writes):
    stand_in.writes_left = writes
    with pytest.raises(ApiProblemError):
        run()
    stand_in.writes_left = 10_000
    run()
    whole = {noun: len(kept) for noun, kept in stand_in.records.items()}
    assert run() == 0
    assert whole["recommendations"] == len(
        {(r["meeting_id"], r["text"]) for r in stand_in.records["recommendations"].values()}
    )
    assert (whole["minutes"], whole["observations"]) == (9, len(observations()))


def test_what_people_changed_since_is_left_as_it_is(run, stand_in):
    run()
    (one,) = [r for r in stand_in.records["recommendations"].values() if r["text"].startswith("Créer un répertoire")]
    one["status"] = "verified"
    assert run() == 0
    assert one["status"] == "verified"


def test_the_month_it_counts_from_is_the_present_one_at_first(serve, stand_in):
    with serve(stand_in.reply) as address:
        assert Node(ApiClient(base_url=address), TODAY).month == Month(2026, 11)
