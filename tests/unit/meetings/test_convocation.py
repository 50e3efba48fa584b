"""Numbered convocations: what the letter says, and the days that are refused."""

from datetime import date
from typing import Any

import pytest

from services.meetings.domain.convocation import Letter, ToRead, called_anew, letter, passed_days, reference
from services.meetings.domain.meeting import AgendaItem, Convocation, Meeting
from tests.unit.meetings.acts import base

MEMBERS = [
    {"institution_id": "ins", "role": "member"},
    {"institution_id": "oim", "role": "observer"},
    {"institution_id": "dgecm", "role": "chair"},
    {"institution_id": "gone", "role": "member", "until": "2025-12-31"},
]
GROUP = {"_id": "g", "name": "Groupe technique", "acronym": "GTM", "secretariat_id": "dgecm", "members": MEMBERS}
NAMES = {"ins": "Institut national de la statistique", "dgecm": "DGECM-R", "oim": "OIM", "gone": "Parti"}
AGENDA = (AgendaItem(title="Bilan", number=1), AgendaItem(title="Divers", number=2, postponed=True))
TODAY = date(2026, 3, 1)


def a_meeting(**fields: Any) -> Meeting:
    said: dict[str, Any] = {"title": "Réunion", "date": "2026-03-20", "start": "09:00", "number": 7}
    return Meeting(**{**base("m", "central"), **said, "agenda": AGENDA, "group_name": "GTM", **fields})


def test_the_letter_says_all_that_the_members_need() -> None:
    first = called_anew(a_meeting(), 2, TODAY, day="2026-03-20", reply_by="2026-03-10")
    told = letter(a_meeting(convocations=first), GROUP, NAMES, [ToRead(title="Stratégie", until="2026-03-15")])
    assert told == Letter(
        reference="003/GTM/2026", replaces=None, given_on="2026-03-01", group_name="GTM", group_acronym="GTM",
        secretariat="DGECM-R", title="Réunion", kind="ordinary", session=7, date="2026-03-20", start="09:00", end=None,
        place=None, reply_by="2026-03-10", agenda=AGENDA[:1], to_read=(ToRead(title="Stratégie", until="2026-03-15"),),
        recipients=("Institut national de la statistique", "DGECM-R"),
    )  # fmt: skip


def test_convened_anew_it_has_another_number_and_names_the_one_it_replaces() -> None:
    first = called_anew(a_meeting(), 0, date(2025, 12, 20), day="2026-01-10", reply_by=None)
    again = called_anew(a_meeting(convocations=first), 4, TODAY, day="2026-03-20", reply_by=None)
    told = letter(a_meeting(convocations=again), GROUP, NAMES)
    assert (told.reference, told.replaces) == ("005/GTM/2026", "001/GTM/2025")
    assert again[0] == first[0]
    third = called_anew(a_meeting(convocations=again), 5, TODAY, day="2026-03-27", reply_by=None)
    assert letter(a_meeting(convocations=third), GROUP, NAMES).replaces == "005/GTM/2026"


def test_a_meeting_not_convened_has_a_draft_of_a_letter_only() -> None:
    told = letter(a_meeting(), None, {})
    assert (told.reference, told.given_on, told.recipients, told.secretariat) == (None, None, (), None)


def test_a_group_without_an_acronym_is_not_in_the_reference() -> None:
    assert reference(Convocation(number=1234, year=2026, given_on="2026-03-01", date="2026-03-20"), None) == "1234/2026"


@pytest.mark.parametrize(
    ("day", "reply_by", "faults"),
    [
        (None, None, []),
        ("2026-03-01", "2026-03-01", []),
        ("2026-02-28", None, [("date", "day-passed")]),
        (None, "2026-02-28", [("reply_by", "day-passed")]),
        ("2026-02-28", "2026-02-27", [("date", "day-passed"), ("reply_by", "day-passed")]),
        (None, "2026-03-21", [("reply_by", "after-the-meeting")]),
        ("2026-03-25", "2026-03-21", []),
    ],
)
def test_days_that_nobody_can_keep_are_refused_each_by_itself(
    day: str | None, reply_by: str | None, faults: list[tuple[str, str]]
) -> None:
    found = passed_days(TODAY, day or "2026-03-20", date=day, reply_by=reply_by)
    assert [(one["field"], one["code"]) for one in found] == faults
