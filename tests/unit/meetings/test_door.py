"""The list at the door: its order, whom it expects, what each line is worth, what stays on meeting and sheet."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.errors import ConflictError
from services.meetings.domain import officer
from services.meetings.domain.attendance import MODES, OPEN, STATUSES, Attendee, may_sign_in, slot, wrong
from services.meetings.domain.attendance_sheet import Announced, attendance_sheet
from services.meetings.domain.door import attendance, door, roles_on, there
from services.meetings.domain.meeting import STATES, Attendance, Meeting, present, with_signed
from services.meetings.domain.officer import Officer, with_grounds
from services.meetings.domain.participation import participation, since
from services.meetings.domain.protocol import GROUP_ROLES, KINDS, Seat, in_protocol_order
from services.meetings.domain.rsvp import Rsvp
from tests.unit.meetings.acts import NOW, base

DAY = "2026-04-01"
MEETING = Meeting(**base("m", "central"), title="…", date=DAY, state="convened", group_id="g")
DIRECTORY = {
    "ngo": {"name": "Association des retournés", "kind": "ngo"},
    "state": {"name": "Ministère de l’Intérieur", "acronym": "MI", "kind": "state_body"},
    "town": {"name": "Commune d’Agadez", "kind": "local_authority"},
    "un": {"name": "Organisation internationale", "acronym": "OI", "kind": "un_agency"},
}
ROLES = {"ngo": ["member"], "un": ["vice_chair"], "state": ["member"], "town": ["observer"]}
seats = st.lists(
    st.builds(
        Seat,
        institution_id=st.sampled_from("abcdefgh"),
        acronym=st.none() | st.sampled_from(["OIM", "INS", "oim"]),
        kind=st.none() | st.sampled_from(KINDS),
        role=st.none() | st.sampled_from(GROUP_ROLES),
        position=st.none() | st.integers(0, 5),
    ),
    unique_by=lambda seat: seat.institution_id,
)


def attendee(id: str, institution: str, **said: Any) -> Attendee:
    fields = {"meeting_id": "m", "date": DAY, **said}
    return Attendee(**base(id, "central"), institution_id=institution, **fields)


def rsvp(institution: str, answer: str) -> Rsvp:
    about: dict[str, Any] = {"meeting_id": "m", "institution_id": institution, "date": DAY, "given_at": NOW}
    return Rsvp(**base(institution, "central"), answer=answer, **about)


def statuses(*attendees: Attendee, **answers: str) -> dict[str, str | None]:
    given = {id: rsvp(id, answer) for id, answer in answers.items()}
    return {one.seat.institution_id: one.status for one in door(MEETING, ROLES, attendees, given, DIRECTORY)}


@given(seats, st.randoms())
def test_the_order_is_of_the_tables_and_not_of_the_entries(given_: list[Seat], random: Any) -> None:
    ordered = in_protocol_order(given_)
    mixed = list(given_)
    random.shuffle(mixed)
    assert in_protocol_order(mixed) == ordered
    assert sorted(one.institution_id for one in ordered) == sorted(one.institution_id for one in given_)
    leaders = [one.role in ("chair", "vice_chair", "secretariat") for one in ordered]
    assert leaders == sorted(leaders, reverse=True)
    ranks = [KINDS.index(one.kind) if one.kind else len(KINDS) for one, leads in zip(ordered, leaders, strict=True)]
    followers = [rank for rank, leads in zip(ranks, leaders, strict=True) if not leads]
    assert followers == sorted(followers)


def test_leaders_first_then_the_state_then_as_the_group_lists_them_then_guests() -> None:
    table = [
        Seat(institution_id="guest", acronym="AAA", kind="state_body"),
        Seat(institution_id="second", acronym="ABC", kind="state_body", role="member", position=7),
        Seat(institution_id="first", acronym="XYZ", kind="state_body", role="member", position=2),
        Seat(institution_id="ngo", acronym="AA", kind="ngo", role="secretariat", position=9),
    ]
    assert [one.institution_id for one in in_protocol_order(table)] == ["ngo", "first", "second", "guest"]


def test_who_sits_on_the_group_that_day_in_all_roles() -> None:
    members = [
        {"institution_id": "a", "role": "chair"},
        {"institution_id": "old", "role": "observer"},
        {"institution_id": "late", "since": "2026-04-02"},
        {"institution_id": "gone", "until": "2026-03-31"},
    ]
    assert roles_on(members, DAY, lambda id: "a" if id == "old" else id) == {"a": ["chair", "observer"]}


def test_a_line_is_what_its_people_are_and_who_declined_is_excused() -> None:
    assert statuses(ngo="declined", state="accepted", guest="accepted", shy="tentative") == {
        "un": None, "state": None, "town": None, "ngo": "excused", "guest": None,
    }  # fmt: skip
    found = statuses(
        attendee("1", "state", status="absent"),
        attendee("2", "state", name="A"),
        attendee("3", "ngo", status="absent"),
        attendee("4", "walk-in"),
        attendee("5", "un", removed=True),
        attendee("6", "town", date="2026-03-01"),
        ngo="accepted",
    )
    assert found == {"un": None, "state": "present", "town": None, "ngo": "absent", "walk-in": "present"}


def test_a_delegate_counts_for_whom_it_speaks_alone_until_that_one_comes() -> None:
    speaks = attendee("1", "un", status="delegate", for_institution_id="ngo", mode="remote")
    (un, _, _, ngo) = door(MEETING, ROLES, [speaks], {}, DIRECTORY)
    assert (un.status, ngo.status, ngo.represented_by_id, ngo.mode) == (None, "delegate", "un", "remote")
    assert there([un, ngo], MEETING) == {"ngo"}
    assert (un.attendees, ngo.attendees) == ((speaks,), ())
    (_, _, _, ngo) = door(MEETING, ROLES, [speaks, attendee("2", "ngo")], {}, DIRECTORY)
    assert (ngo.status, ngo.represented_by_id, ngo.mode) == ("present", None, "in_room")


def test_who_was_merged_sits_where_it_leads() -> None:
    ways = {"old": "state"}
    lines = door(MEETING, ROLES, [attendee("1", "old")], {}, DIRECTORY, lambda id: ways.get(id, id))
    assert [one.seat.institution_id for one in lines if one.there] == ["state"]


def test_the_meeting_keeps_institutions_in_order_and_what_was_written_of_others() -> None:
    before = [
        Attendance(text="Un passant"),
        Attendance(text="MI", institution_id="state"),
        Attendance(text="x", signed=True),
    ]
    lines = door(MEETING, ROLES, [attendee("1", "ngo", name="Hadiza"), attendee("2", "state")], {}, DIRECTORY)
    kept = attendance(lines, before, lambda id: id != "town")
    assert [(one.text, one.signed, one.status) for one in kept] == [
        ("MI", True, "present"),
        ("Association des retournés", True, "present"),
        ("Un passant", False, None),
    ]
    assert "Hadiza" not in str(kept)
    hidden = attendance(lines, (), lambda id: id != "state")
    assert [one.institution_id for one in hidden] == ["ngo"]


def test_those_present_of_the_minutes_are_who_was_there() -> None:
    told = [
        Attendance(text="a", institution_id="a"),
        Attendance(text="b", institution_id="b", status="excused", signed=True),
        Attendance(text="c", institution_id="c", status="delegate", signed=True),
        Attendance(text="a", institution_id="a", status="present"),
    ]
    meeting = replace(MEETING, attendance=tuple(told))
    assert present(meeting) == ("a", "c")
    again = with_signed(meeting, [{"text": "b", "institution_id": "b"}, {"text": "d", "signed": True}])
    assert [one.institution_id for one in again[:2]] == ["b", "c"]
    assert again[2:] == [{"text": "d", "signed": False}]


def test_of_another_node_s_meeting_the_list_it_keeps_is_all_that_is_known() -> None:
    kept = (Attendance(text="a", institution_id="a", status="present", signed=True),)
    assert there(door(MEETING, ROLES, [], {}, DIRECTORY), replace(MEETING, attendance=kept)) == {"a"}
    # Here the door knows better: a line that was taken out there is not there any more.
    lines = door(MEETING, ROLES, [attendee("1", "ngo")], {}, DIRECTORY)
    assert there(lines, replace(MEETING, attendance=kept)) == {"ngo"}


def test_the_list_is_kept_while_the_meeting_is_convened_or_held() -> None:
    for state in STATES:
        if state in OPEN:
            may_sign_in(replace(MEETING, state=state))
        else:
            with pytest.raises(ConflictError, match="attendance-closed"):
                may_sign_in(replace(MEETING, state=state))


def test_two_lines_are_the_same_person_whatever_the_case_and_free_once_one_is_gone() -> None:
    one, other = attendee("1", "a", name="Hadiza MOUSSA"), attendee("2", "a", name="hadiza  moussa", function="x")
    assert slot(one) == slot(other)
    delegate = replace(other, status="delegate", for_institution_id="b")
    for different in (
        replace(other, removed=True),
        replace(other, name="Une autre"),
        delegate,
        replace(other, date="…"),
    ):
        assert slot(one) != slot(different)


@given(st.sampled_from(STATUSES), st.none() | st.sampled_from("ab"), st.sampled_from(MODES))
def test_a_delegate_and_nobody_else_says_for_whom(status: str, other: str | None, mode: str) -> None:
    fine = not wrong(attendee("1", "a", status=status, for_institution_id=other, mode=mode))
    assert fine == (other == "b" if status == "delegate" else other is None)


def test_the_sheet_has_a_line_for_each_who_is_announced_and_one_at_least_to_write_on() -> None:
    seats = [
        Seat(institution_id="ngo", acronym="ONG", kind="ngo", role="member"),
        Seat(institution_id="state", acronym="MI", kind="state_body", role="member"),
    ]
    known = [
        attendee("1", "state", name="Hadiza", status="delegate", for_institution_id="ngo"),
        attendee("2", "state", name="Partie", removed=True),
    ]
    sheet = attendance_sheet(MEETING, seats, known, {"state": Announced(answer="accepted", people=3)})
    state, ngo = sheet.institutions
    assert [line.name for line in state.lines] == ["Hadiza", None, None]
    assert (state.lines[0].delegate_of, state.answer, len(ngo.lines), ngo.answer) == ("ONG", "accepted", 1, None)


def test_the_chair_has_the_right_that_its_institution_has_on_the_group() -> None:
    led = [Officer(role="chair", institution_id=id) for id in ("a", "b", "c")] + [
        Officer(role="rapporteur", institution_id="a", ground="chair")
    ]
    found = with_grounds(led, {"a": ["member", "chair"], "b": ["vice_chair"], "c": ["member"]})
    assert [one.ground for one in found] == ["chair", "vice", "other", None]
    assert [(one["field"], one["code"]) for one in officer.wrong(led[:2] + led[:1])] == [
        ("officers.1.role", "one-chair"),
        ("officers.2.role", "one-chair"),
    ]
    assert [one["code"] for one in officer.wrong([led[3], led[3]])] == ["given-twice"]


def held(id: str, day: str, group: str | None, *there_: str, **said: str) -> Meeting:
    lines = [Attendance(text=one, institution_id=one) for one in there_]
    lines += [Attendance(text=one, institution_id=one, status=status) for one, status in said.items()]
    return Meeting(**base(id, "central"), title="…", date=day, group_id=group, attendance=tuple(lines), state="held")


def test_participation_counts_the_meetings_that_one_was_called_to() -> None:
    members = [{"institution_id": "old", "role": "member"}, {"institution_id": "b", "role": "observer"}]
    meetings = [
        held("1", DAY, "g", "x", "a"),
        held("2", DAY, "g", "x", a="excused"),
        held("3", DAY, "g"),  # nobody wrote down who was there
        held("4", DAY, None, "old"),
        held("1", DAY, "g", "x", "a"),
    ]
    groups = {"g": members}
    found = participation(["a", "old"], meetings, lambda id: groups.get(id or "", []))
    assert (found.called, found.attended, found.as_guest) == (2, 1, 1)
    assert participation(["b"], meetings, lambda id: groups.get(id or "", [])).called == 0


def test_twelve_months_back() -> None:
    assert [since(day) for day in ("2026-04-01", "2024-02-29", "2025-02-28")] == [
        "2025-04-01",
        "2023-02-28",
        "2024-02-28",
    ]
