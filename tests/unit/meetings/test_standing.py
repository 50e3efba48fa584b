"""How a recommendation stands: one rule over the owner's record and the acts of all nodes, in any order of arrival."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.errors import ConflictError, NotFoundError
from chassis.kernel.turns import LARGEST_TURN, latest, next_turn
from services.meetings.domain.document import DocumentFile
from services.meetings.domain.recommendation import STATUSES, next_status
from services.meetings.domain.referral import Referral, ReferralAnswer, journey
from services.meetings.domain.response import MOST_EVIDENCE, ProgressReport, Response, with_evidence, without_evidence
from services.meetings.domain.standing import STATUSES as EFFECTIVE
from services.meetings.domain.standing import Standing, standing
from tests.unit.meetings.acts import (
    LEAD,
    STRANGER,
    SUPPORT,
    acts,
    answer,
    changed,
    held,
    of,
    recommendation,
    referral,
    report,
    response,
)


def stands(records: Any, **fields: Any) -> Standing:
    """The rule over what a node holds."""
    one, known = recommendation(**fields), held(records)
    hops = journey(one.origin, of(Referral, known), of(ReferralAnswer, known))
    return standing(one, of(Response, known), of(ProgressReport, known), hops)


@pytest.mark.parametrize(
    ("said", "status", "percent"),
    [
        ([], "open", None),
        ([response()], "accepted", None),
        ([response(decision="declined")], "declined", None),
        ([response(), report()], "in_progress", 50),
        ([report(percent=0)], "in_progress", 0),
        ([report(percent=100)], "done", 100),
        ([report("p1", 100, turn=1), report("p2", 80, turn=2)], "in_progress", 80),
        ([response("a", "declined", turn=1), report(percent=100, turn=2)], "declined", 100),
        # Only the lead decides; a supporting institution shows that work began.
        ([response(institution=SUPPORT, decision="declined")], "open", None),
        ([report(percent=100, institution=SUPPORT)], "in_progress", 100),
        ([report("p1", 30, turn=1), report("p2", 100, SUPPORT, turn=2)], "in_progress", 30),
        # Nobody else's word counts, and a secretariat speaks of the whole where it is in charge alone.
        (
            [response(institution=STRANGER, decision="declined"), report(percent=100, institution=STRANGER)],
            "open",
            None,
        ),
        ([report(percent=100, institution=None, origin="agadez")], "done", 100),
        ([report(percent=100, institution=None, origin="zinder")], "open", None),
    ],
)
def test_the_status_by_what_was_said(said: Any, status: str, percent: int | None) -> None:
    found = stands(said)
    assert (found.status, found.percent) == (status, percent)


def test_where_nobody_is_named_the_latest_of_all_decides() -> None:
    said = [response("a", "accepted", STRANGER, turn=1), response("b", "declined", SUPPORT, turn=2)]
    assert stands(said, lead=None).status == "declined"
    assert stands([*said, response("c", "accepted", LEAD, turn=3)], lead=None).status == "accepted"


def test_who_answers_knowing_another_comes_after_it_whatever_the_ids_say() -> None:
    """The id of a node whose clock is years ahead is greater; the turn is what its author knew."""
    first = response("zz-of-2031", "declined", turn=1, origin="zinder")
    second = response("aa-of-2026", "accepted", turn=next_turn([first.turn]), origin="agadez")
    assert latest([second, first]) is second
    # Neither knew of the other: then the greater id, on every node.
    assert latest([response("aa"), response("zz")]) == response("zz")
    assert next_turn([]) == 1
    assert next_turn([LARGEST_TURN]) == LARGEST_TURN


def test_taking_it_up_again_sets_aside_what_was_reported_before() -> None:
    done = report(percent=100, turn=3)
    assert stands([done], status="in_progress", reopened_after=3).status == "in_progress"
    assert stands([done, report("q", 100, turn=4)], status="in_progress", reopened_after=3).status == "done"


def test_what_is_reported_as_done_can_be_verified_or_taken_up_again_and_nothing_else_can() -> None:
    assert next_status(recommendation("open"), "verify", "done") == "verified"
    assert next_status(recommendation("open"), "reopen", "done") == "in_progress"
    for effective in set(EFFECTIVE) - {"done"}:
        with pytest.raises(ConflictError):
            next_status(recommendation("open"), "verify", effective)
    for ended in ("verified", "cancelled"):
        with pytest.raises(ConflictError):
            next_status(recommendation(ended), "start", "done")


@given(acts, st.sampled_from(STATUSES), st.randoms(use_true_random=False), st.data())
def test_any_order_of_arrival_and_duplicates_give_the_same_state(
    said: Any, status: str, chance: Any, data: Any
) -> None:
    later = [
        changed(one, 2, decision=data.draw(st.sampled_from(["accepted", "declined"])), turn=one.turn + 1)
        for one in of(Response, said)
    ]
    sent = [*said, *later]
    again = [*sent, *data.draw(st.lists(st.sampled_from(sent), max_size=6) if sent else st.just([]))]
    chance.shuffle(again)
    assert stands(again, status=status) == stands(sent, status=status)


@given(acts, st.sampled_from(["verified", "cancelled"]))
def test_what_the_owner_ended_stays_ended(said: Any, status: str) -> None:
    assert stands(said, status=status).status == status


@given(acts, st.sampled_from(STATUSES))
def test_only_the_owner_verifies_and_cancels(said: Any, status: str) -> None:
    found = stands(said, status=status)
    assert found.status in EFFECTIVE
    assert (found.status in ("verified", "cancelled")) == (status in ("verified", "cancelled"))


def test_what_other_nodes_cannot_know_counts_only_while_the_recommendation_is_internal_too() -> None:
    hidden = [replace(response(decision="declined"), visibility="internal")]
    assert stands(hidden).status == "open"
    assert stands(hidden, visibility="internal").status == "declined"


def test_a_merge_shows_and_its_undoing_too() -> None:
    handed, merged = referral("f", "agadez", "central"), answer("w", "f", "central", "merged", "other")
    assert stands([handed, merged, report()]).status == "merged"
    undone = changed(merged, 2, verdict="accepted", into_id=None)
    assert stands([undone, merged, handed, report()]).status == "in_progress"
    # Who took it on may speak of the whole.
    assert stands([handed, undone, report(percent=100, institution=None, origin="central")]).status == "done"


def test_the_files_that_prove_a_report_are_there_once_and_not_without_end() -> None:
    proof = DocumentFile(sha256="a" * 64, name="photo.jpg", media_type="image/jpeg", size=7)
    proved = replace(report(), files=with_evidence(report(), proof))
    assert with_evidence(proved, proof) == (proof,)
    renamed = replace(proof, name="pv.jpg")
    assert with_evidence(proved, renamed) == (renamed,)
    assert without_evidence(proved, proof.sha256) == ()
    with pytest.raises(NotFoundError):
        without_evidence(report(), proof.sha256)
    full = replace(report(), files=tuple(replace(proof, sha256=f"{n:064}") for n in range(MOST_EVIDENCE)))
    with pytest.raises(ConflictError, match="too-many-files"):
        with_evidence(full, proof)
