"""Remarks and what became of them: whose verdict counts, what is late; in any order of arrival."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.errors import ConflictError
from services.meetings.domain import document as documents
from services.meetings.domain import minutes as minutes_
from services.meetings.domain.document import Document, DocumentVersion
from services.meetings.domain.minutes import Minutes
from services.meetings.domain.remark import (
    OPEN_TO_REMARKS,
    Remark,
    RemarkAnswer,
    may_remark,
    outcome,
    version_in_question,
)
from tests.unit.meetings.acts import NODES, NOW, base, changed, held

HOUR = timedelta(hours=1)
MINUTES = Minutes(
    **base("t", "central", 3),
    meeting_id="m",
    title="…",
    date="2026-02-26",
    state="circulated",
    circulated_at=NOW - 10 * HOUR,
    deadline=NOW + HOUR,
)
TEXTS = tuple(DocumentVersion(number=n, reference="…", added_at=NOW) for n in (1, 2))
DOCUMENT = Document(**base("t", "central", 7), title="…", versions=TEXTS)
REMARK = Remark(**base("r"), target_kind="minutes", target_id="t", target_version=3, text="…", filed_at=NOW)


def verdict(id: str, origin: str = "central", said: str = "taken_in", after: int = 0, version: int = 1) -> RemarkAnswer:
    about: dict[str, Any] = {"remark_id": "r", "target_kind": "minutes", "target_id": "t"}
    return RemarkAnswer(**base(id, origin, version), **about, verdict=said, given_at=NOW + after * HOUR)


def test_only_who_holds_the_text_decides() -> None:
    assert outcome(REMARK, MINUTES, []).state == "open"
    assert outcome(REMARK, MINUTES, [verdict("a", "agadez")]).state == "open"
    found = outcome(REMARK, MINUTES, [verdict("a", "agadez"), verdict("b", said="set_aside")])
    assert (found.state, found.answer) == ("set_aside", verdict("b", said="set_aside"))
    assert outcome(REMARK, MINUTES, [replace(verdict("b"), remark_id="another")]).state == "open"


def test_before_the_text_has_come_nothing_is_known_of_a_remark() -> None:
    found = outcome(REMARK, None, [verdict("b")])
    assert (found.state, found.answer, found.late) == ("open", None, None)


@pytest.mark.parametrize(("after", "late"), [(0, False), (1, False), (2, True), (-11, None)])
def test_late_is_by_the_clock_of_who_filed_it_unless_that_is_wrong(after: int, late: bool | None) -> None:
    assert outcome(replace(REMARK, filed_at=NOW + after * HOUR), MINUTES, []).late is late


def test_of_a_document_the_text_that_the_remark_is_about_says_until_when() -> None:
    about = replace(REMARK, target_kind="document", target_version=2)
    assert outcome(about, DOCUMENT, []).late is None
    for deadline, late in ((NOW + HOUR, False), (NOW - HOUR, True)):
        out = replace(TEXTS[1], circulated_at=NOW - 2 * HOUR, deadline=deadline)
        asked = replace(DOCUMENT, versions=(TEXTS[0], out))
        assert outcome(about, asked, []).late is late
        assert outcome(replace(about, target_version=1), asked, []).late is None


def test_a_verdict_is_on_the_words_that_were_judged() -> None:
    judged = replace(verdict("a"), remark_version=1)
    assert outcome(REMARK, MINUTES, [judged]).state == "taken_in"
    assert outcome(replace(REMARK, version=2), MINUTES, [judged]).state == "open"
    assert outcome(replace(REMARK, version=2), MINUTES, [replace(judged, remark_version=2)]).state == "taken_in"


def test_a_remark_names_the_version_it_is_about() -> None:
    assert (version_in_question(MINUTES), version_in_question(DOCUMENT)) == (3, 2)


@pytest.mark.parametrize(
    ("kind", "state"),
    [*(("minutes", one) for one in minutes_.STATES), *(("document", one) for one in documents.STATES)],
)
def test_texts_that_are_not_out_for_remarks_take_none(kind: str, state: str) -> None:
    target = replace(MINUTES if kind == "minutes" else DOCUMENT, state=state)
    if state in OPEN_TO_REMARKS[kind]:
        may_remark(kind, target)
    else:
        with pytest.raises(ConflictError, match="not-open-to-remarks"):
            may_remark(kind, target)


verdicts = st.builds(
    verdict,
    st.integers(0, 9).map(str),
    st.sampled_from(NODES),
    st.sampled_from(["taken_in", "set_aside"]),
    st.integers(-3, 3),
)


@given(st.lists(verdicts, max_size=6, unique_by=lambda one: one.id), st.data())
def test_all_nodes_see_the_same_whatever_the_order(said: list[RemarkAnswer], data: st.DataObject) -> None:
    """Verdicts in one or two versions, arriving in any order and more than once."""
    arrivals = [*said, *(changed(one, 2, verdict="set_aside") for one in said[:2]), *said[:1]]
    first = outcome(REMARK, MINUTES, held(arrivals))  # type: ignore[arg-type]
    assert outcome(REMARK, MINUTES, held(data.draw(st.permutations(arrivals)))) == first  # type: ignore[arg-type]
    assert first.answer is None or first.answer.origin == "central"
