"""Documents and validation rounds: the moves of their lives, and the count of opinions in any order of arrival."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.errors import ConflictError, NotFoundError
from services.meetings.domain import document, validation_round
from services.meetings.domain.tally import sentences, tally
from services.meetings.domain.validation_round import AskedGroup, Opinion, Round
from tests.unit.meetings.acts import NODES, NOW, base, changed, held, of

GROUPS = tuple(AskedGroup(id=f"g-{node}", name=f"GTM {node.title()}", node=node) for node in (*NODES, "tahoua"))
DAY = timedelta(days=1)
ROUND = Round(
    **base("t", "central"),
    document_id="d",
    document_title="Stratégie",
    document_kind="strategy",
    version_number=1,
    reference="ici",
    groups=GROUPS,
    opened_at=NOW,
    deadline=NOW + 20 * DAY,
)


def opinion(node: str, verdict: str = "favourable", after: int = 1, by: str | None = None, version: int = 1) -> Opinion:
    return Opinion(
        **base(f"o-{node}-{by}", by or node, version),
        round_id="t",
        group_id=f"g-{node}",
        verdict=verdict,
        given_at=NOW + after * DAY,
    )


THREE = [opinion("agadez"), opinion("central", "favourable_with_remarks"), opinion("zinder", "unfavourable")]


def test_the_count_names_the_silent_and_says_it_in_both_languages() -> None:
    found = tally(ROUND, THREE, NOW + 12 * DAY)
    assert (found.asked, found.answered, found.late) == (4, 3, 0)
    assert [found.of(verdict) for verdict in validation_round.VERDICTS] == [1, 1, 1, 0]
    assert [(one.group.id, one.days) for one in found.silent] == [("g-tahoua", 12)]
    assert sentences(found) == {
        "fr": "3 avis sur 4, GTM Tahoua silencieux depuis 12 jours",
        "en": "3 of 4 opinions, GTM Tahoua silent for 12 days",
    }


@pytest.mark.parametrize(
    ("opinions", "days", "fr", "en"),
    [
        (THREE, 1, "3 avis sur 4, GTM Tahoua silencieux depuis 1 jour", "3 of 4 opinions, GTM Tahoua silent for 1 day"),
        (
            THREE,
            0,
            "3 avis sur 4, GTM Tahoua n’a pas encore répondu",
            "3 of 4 opinions, GTM Tahoua has not answered yet",
        ),
        (
            THREE[:2],
            -9,  # of a machine whose clock is behind
            "2 avis sur 4, GTM Zinder et GTM Tahoua n’ont pas encore répondu",
            "2 of 4 opinions, GTM Zinder and GTM Tahoua have not answered yet",
        ),
        (
            [*THREE, opinion("tahoua", after=21)],
            30,
            "4 avis sur 4, dont 1 hors délai",
            "4 of 4 opinions, 1 of them late",
        ),
    ],
)
def test_the_sentence_in_other_cases(opinions: list[Opinion], days: int, fr: str, en: str) -> None:
    assert sentences(tally(ROUND, opinions, NOW + days * DAY)) == {"fr": fr, "en": en}


def test_a_closed_round_counts_silence_no_further_and_what_comes_then_is_late() -> None:
    closed = replace(ROUND, state="closed", closed_at=NOW + 5 * DAY, outcome="validated")
    found = tally(closed, [*THREE[:2], opinion("zinder", after=6)], NOW + 40 * DAY)
    assert [one.late for one in found.counted] == [False, False, True]
    assert [one.days for one in found.silent] == [5]
    assert sentences(found)["fr"] == "3 avis sur 4, dont 1 hors délai, GTM Tahoua n’a pas répondu"


def test_late_counts_and_a_clock_that_is_behind_is_no_reason_to_call_it_so() -> None:
    found = tally(ROUND, [opinion("agadez", after=21), opinion("zinder", after=-900)], NOW + 30 * DAY)
    assert {one.group.node: one.late for one in found.counted} == {"agadez": True, "zinder": None}
    extended = replace(ROUND, deadline=NOW + 40 * DAY)
    assert tally(extended, [opinion("agadez", after=21)], NOW + 30 * DAY).late == 0


def test_nobody_gives_the_opinion_of_another_nodes_group() -> None:
    assert tally(ROUND, [opinion("agadez", by="zinder")], NOW).answered == 0
    assert tally(ROUND, [replace(opinion("agadez"), round_id="another")], NOW).answered == 0


@given(
    st.lists(
        st.builds(opinion, st.sampled_from(NODES), st.sampled_from(validation_round.VERDICTS), st.integers(-2, 30)),
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_any_order_of_arrival_and_duplicates_give_the_same_count(given_: Any, chance: Any) -> None:
    # As one node wrote them: each is the next version of the group's one record.
    sent = [changed(one, number) for number, one in enumerate(given_, 1)]
    again = [*sent, *sent[:3]]
    chance.shuffle(again)
    now = NOW + 12 * DAY
    assert tally(ROUND, of(Opinion, held(again)), now) == tally(ROUND, of(Opinion, held(sent)), now)
    found = tally(ROUND, of(Opinion, held(again)), now)
    assert found.answered + len(found.silent) == 4
    for one in found.counted:
        mine = [item for item in sent if item.group_id == one.group.id]
        assert one.opinion == max(mine, key=lambda item: item.version)


@given(st.sampled_from(document.STATES), st.lists(st.sampled_from(sorted(document.MOVES)), max_size=8))
def test_no_forbidden_move_of_a_document_is_reachable(start: str, acts: list[str]) -> None:
    state, asked = start, start != "submitted"
    for act in acts:
        before = document.Document(**base("d"), title="x", state=state)
        try:
            state = document.next_state(before, act)
        except ConflictError as error:
            assert error.params["state"] == state
            continue
        asked = asked or act == "open_round"
        assert asked or state == "submitted", "judged without having been asked about"
        assert before.state != "superseded", "what was superseded moves no more"
        assert before.state != "under_review" or act in document.BY_OUTCOME.values()
        assert before.state != "validated" or act in ("supersede", "finalise")
        assert act != "finalise" or state == "validated"


def test_every_outcome_has_its_move_and_every_state_is_reached() -> None:
    assert {document.MOVES[document.BY_OUTCOME[one]][1] for one in document.OUTCOMES} == set(document.OUTCOMES)
    assert {leads_to for _, leads_to in document.MOVES.values()} == set(document.STATES)


def test_a_closed_round_and_a_document_under_review_do_not_change() -> None:
    validation_round.may_change(ROUND)
    with pytest.raises(ConflictError, match="round-closed"):
        validation_round.may_change(replace(ROUND, state="closed"))
    document.may_change(document.Document(**base("d"), title="x"))
    with pytest.raises(ConflictError, match="document-state"):
        document.may_change(document.Document(**base("d"), title="x", state="under_review"))


FILE = document.DocumentFile(sha256="a" * 64, name="plan.pdf", media_type="application/pdf", size=7)


def texts(*files: document.DocumentFile) -> document.Document:
    first = document.DocumentVersion(number=1, reference="ici", added_at=NOW, files=(FILE,))
    last = document.DocumentVersion(number=2, reference="là", added_at=NOW, files=files)
    return document.Document(**base("d", "central"), title="Plan", versions=(first, last))


def test_a_file_is_of_the_last_text_and_there_once() -> None:
    first, last = document.with_file(texts(), FILE)
    assert (first.files, last.files) == ((FILE,), (FILE,))
    assert document.with_file(texts(FILE), FILE)[-1].files == (FILE,)
    renamed = replace(FILE, name="plan-2.pdf")
    assert document.with_file(texts(FILE), renamed)[-1].files == (renamed,)
    full = texts(*(replace(FILE, sha256=f"{n:064}") for n in range(document.MOST_FILES)))
    with pytest.raises(ConflictError, match="too-many-files"):
        document.with_file(full, FILE)


def test_a_file_is_taken_away_from_the_last_text_alone_and_not_under_review() -> None:
    first, last = document.without_file(texts(FILE), FILE.sha256)
    assert (first.files, last.files) == ((FILE,), ())
    with pytest.raises(NotFoundError):
        document.without_file(texts(), FILE.sha256)
    asked = replace(texts(FILE), state="under_review")
    with pytest.raises(ConflictError, match="document-state"):
        document.with_file(asked, FILE)
    with pytest.raises(ConflictError, match="document-state"):
        document.without_file(asked, FILE.sha256)
