"""Documents to read before a meeting: where they belong, until when, what is missing, and who opened them."""

from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.meetings.domain.agenda import with_ids
from services.meetings.domain.document import Document, DocumentFile, DocumentVersion
from services.meetings.domain.meeting import AgendaItem, Meeting
from services.meetings.domain.reading import Opening, faults, papers, sentences
from tests.unit.meetings.acts import NOW, base

DAY = "2026-04-20"
ITEMS = (AgendaItem(title="Le plan", id="i1"), AgendaItem(title="Divers", id="i2"))
MEETING = Meeting(**base("m", "central"), title="…", date=DAY, state="convened", agenda=ITEMS)
FILE = DocumentFile(sha256="0" * 64, name="plan.pdf", media_type="application/pdf", size=1)


def document(id: str = "d", reference: str = "joint", files: tuple[DocumentFile, ...] = (), **said: Any) -> Document:
    text = DocumentVersion(number=1, reference=reference, added_at=NOW, files=files)
    return Document(**base(id, "central"), title="…", versions=(text,), meeting_id="m", **said)


def opening(document: str, institution: str, origin: str = "central") -> Opening:
    said: dict[str, Any] = {"document_id": document, "institution_id": institution, "opened_at": NOW}
    return Opening(**base(f"{document}{institution}{origin}", origin), **said)


@pytest.mark.parametrize(
    ("said", "meeting", "new", "wrong"),
    [
        ({"read_by": "2026-04-15"}, MEETING, True, []),
        ({"read_by": DAY}, MEETING, True, []),
        ({"read_by": "2026-04-09"}, MEETING, True, [("read_by", "deadline-not-ahead")]),
        ({"read_by": "2026-04-09"}, MEETING, False, []),
        ({"read_by": "2026-04-21"}, MEETING, True, [("read_by", "read-by-after-meeting")]),
        ({"item_id": "i2"}, MEETING, True, []),
        ({"item_id": "i3"}, MEETING, True, [("item_id", "agenda-item-unknown")]),
        ({"read_by": "2026-04-15"}, None, True, [("meeting_id", "required")]),
    ],
)
def test_where_a_document_belongs_and_until_when(
    said: dict[str, Any], meeting: Meeting | None, new: bool, wrong: list[tuple[str, str]]
) -> None:
    found = faults(document(**said), meeting, "2026-04-10", new)
    assert [(one["field"], one["code"]) for one in found] == wrong


@pytest.mark.parametrize(
    ("today", "state", "warned"),
    [
        ("2026-04-14", "convened", False),
        ("2026-04-15", "convened", True),
        ("2026-04-20", "draft", True),
        ("2026-04-21", "convened", False),
        ("2026-04-20", "held", False),
    ],
)
def test_the_chair_is_warned_five_days_before_of_what_is_missing(today: str, state: str, warned: bool) -> None:
    meeting = replace(MEETING, state=state)
    (missing,) = papers(meeting, [document()], [], (), today)
    assert (missing.missing, missing.warned) == (True, warned)
    for there in (document(files=(FILE,)), document(reference="https://exemple.ne/plan.pdf")):
        (paper,) = papers(meeting, [there], [], (), today)
        assert (paper.missing, paper.warned) == (False, False)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(("central", "agadez"))), max_size=12))
def test_an_institution_counts_once_wherever_and_however_often_it_opens(opened: list[tuple[str, str]]) -> None:
    openings = [opening("d", who, where) for who, where in opened]
    lead = {"b": "a"}  # b was merged into a; d is not asked
    (paper,) = papers(MEETING, [document(files=(FILE,))], openings, ("a", "b", "c"), DAY, lambda id: lead.get(id, id))
    assert paper.asked == ("a", "c")
    assert paper.opened == tuple(one for one in "ac" if one in {lead.get(who, who) for who, _ in opened})
    assert papers(
        MEETING, [document(files=(FILE,))], openings[::-1], ("a", "b", "c"), DAY, lambda id: lead.get(id, id)
    ) == [paper]


def test_documents_stand_in_the_order_of_the_agenda_and_are_told_in_words() -> None:
    some = [
        document("1"),
        document("2", item_id="i2"),
        document("3", item_id="i1", files=(FILE,), read_by="2026-04-15"),
    ]
    found = papers(MEETING, some, [opening("3", "a")], ("a", "b"), "2026-04-13")
    assert [paper.document.id for paper in found] == ["3", "2", "1"]
    assert sentences(found[0])["fr"] == "1 institution sur 2 l’a ouvert ; à lire sous 2 j"
    assert sentences(found[1])["en"] == "The document is missing"


def item(title: str, id: str | None = None) -> AgendaItem:
    return AgendaItem(title=title, id=id)


def test_items_keep_their_ids_when_they_move_or_are_said_anew() -> None:
    ids = (f"n{number}" for number in count())
    said = [item("Divers"), item("Le plan révisé", "i1"), item("Autre")]
    kept, wrong = with_ids(said, ITEMS, lambda: next(ids))
    assert ([one.id for one in kept], wrong) == (["i2", "i1", "n0"], [])
    _, wrong = with_ids([item("a", "i1"), item("b", "i1"), item("c", "x")], ITEMS, lambda: next(ids))
    told = [(one["field"], one["code"]) for one in wrong]
    assert told == [("agenda.1.id", "given-twice"), ("agenda.2.id", "agenda-item-unknown")]


@given(st.lists(st.sampled_from(("a", "b", "c", "A", "d"))), st.lists(st.sampled_from(("a", "b", "c", "É", "e"))))
def test_every_item_has_an_id_of_its_own(first: list[str], second: list[str]) -> None:
    ids = (f"n{number}" for number in count())
    before, _ = with_ids([item(title) for title in first], (), lambda: next(ids))
    after, wrong = with_ids([item(title) for title in second], before, lambda: next(ids))
    assert not wrong
    assert len({one.id for one in after}) == len(second)
    assert with_ids(after, after, lambda: next(ids))[0] == after
