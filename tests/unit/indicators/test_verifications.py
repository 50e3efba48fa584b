"""What those who check say to a figure of any node: one rule over the owner's record and all that was said."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.errors import ConflictError, InvalidError, NotFoundError, StaleError
from chassis.kernel.ids import new_id
from services.indicators.contract.verification import JudgeObservationSchema
from services.indicators.domain.observation import STATUSES
from services.indicators.domain.verification import SETTLED, VERDICTS, Verification, effective
from services.indicators.handlers.observation import in_effect
from services.indicators.handlers.verification import judge_observation
from tests.unit.indicators.builders import an_observation, change, faults, move
from tests.unit.indicators.fakes import FakeWork, World

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def said(
    id: str = "a", verdict: str = "verified", version: int = 1, turn: int = 1, life: int = 1, origin: str = "ins"
) -> Verification:
    """A verification of the figure."""
    return Verification(
        id=id,
        origin=origin,
        version=1,
        visibility="gtm",
        created_at=NOW,
        created_by="x",
        updated_at=NOW,
        updated_by="x",
        observation_id="o",
        judged_version=version,
        judged_incarnation=life,
        verdict=verdict,
        turn=turn,
        reason="Doublons" if verdict == "returned" else None,
    )


@pytest.mark.parametrize(
    ("status", "current", "heard", "expected"),
    [
        ("submitted", (1, 1), [], "submitted"),
        ("submitted", (1, 1), [said()], "verified"),
        ("submitted", (1, 1), [said(verdict="returned")], "returned"),
        # Verified only if the judged version is the current one, in the same life of the node.
        ("submitted", (1, 2), [said(version=1)], "submitted"),
        ("submitted", (1, 1), [said(version=2)], "submitted"),
        ("submitted", (2, 1), [said(version=1, life=1)], "submitted"),
        ("submitted", (2, 1), [said(version=1, life=2)], "verified"),
        # The latest of the current version, whatever the ids say.
        ("submitted", (1, 1), [said("zz", turn=1), said("aa", "returned", turn=2)], "returned"),
        ("submitted", (1, 1), [said("aa", "returned"), said("zz")], "verified"),
        ("submitted", (1, 2), [said("zz", "returned", version=1, turn=9), said("aa", version=2, turn=1)], "verified"),
        # The owner's own word: what it verified can be sent back, what it published or returned stands.
        ("verified", (1, 2), [], "verified"),
        ("verified", (1, 2), [said(verdict="returned", version=2)], "returned"),
        ("published", (1, 3), [said(verdict="returned", version=3)], "published"),
        ("returned", (1, 3), [said(version=3)], "returned"),
    ],
)
def test_the_state_by_what_was_said(status: str, current: Any, heard: Any, expected: str) -> None:
    assert effective(status, None, current, heard).status == expected


verifications = st.lists(
    st.builds(
        said,
        st.integers(0, 30).map("{:02}".format),
        st.sampled_from(VERDICTS),
        st.integers(1, 3),
        st.integers(0, 3),
        st.integers(1, 2),
        st.sampled_from(["central", "ins"]),
    ),
    max_size=8,
    unique_by=lambda one: one.id,
)


@given(verifications, st.sampled_from(STATUSES), st.tuples(st.integers(1, 2), st.integers(1, 3)), st.data())
def test_any_order_of_arrival_and_duplicates_give_the_same_state(
    heard: Any, status: str, current: Any, data: Any
) -> None:
    twice = data.draw(st.lists(st.sampled_from(heard), max_size=4)) if heard else []
    again = data.draw(st.permutations([*heard, *twice]))
    found = effective(status, None, current, again)
    assert found == effective(status, None, current, heard)
    if found.verification is not None:
        assert found.verification.judged == current
        assert status not in SETTLED
    else:
        assert found.status == status


def judge(world: World, id: str, version: int = 1, verdict: str = "verified", **more: Any) -> Any:
    """Judge a figure as the centre's statistician."""
    body = {"id": id, "judged_version": version, "verdict": verdict, **more}
    return world.perform(judge_observation, JudgeObservationSchema(), body)


def state(world: World, id: str) -> str:
    return in_effect(FakeWork(world, ("member",)), world.observations.rows[id]).status


def test_a_figure_that_was_found_sound_can_be_published_and_one_sent_back_cannot() -> None:
    world = World()
    id = an_observation(world).id
    with pytest.raises(ConflictError, match="observation-status"):
        move(world, "publish", id)
    first = judge(world, id)
    second = judge(world, id, verdict="returned", reason="À revoir")
    assert (first.turn, second.turn, second.judged, state(world, id)) == (1, 2, (1, 1), "returned")
    for act in ("publish", "verify"):
        with pytest.raises(ConflictError, match="observation-status"):
            move(world, act, id)
    # A revision is another version: nothing was said of it yet, and it is judged anew.
    change(world, "observation", id, value="121")
    assert state(world, id) == "submitted"
    judge(world, id, version=2)
    assert state(world, id) == "verified"
    assert move(world, "publish", id).status == state(world, id) == "published"
    with pytest.raises(ConflictError, match="observation-status"):
        judge(world, id, version=3, verdict="returned", reason="Trop tard")


def test_who_judges_looked_at_the_version_that_is_known_and_says_why_it_goes_back() -> None:
    world = World()
    id = an_observation(world).id
    change(world, "observation", id, value="121")
    with pytest.raises(StaleError):
        judge(world, id, version=1)
    with pytest.raises(InvalidError) as refused:
        judge(world, id, version=2, verdict="returned")
    assert faults(refused) == {("reason", "return-reason-needed")}
    with pytest.raises(InvalidError) as refused:
        judge(world, id, version=2, institution_id=new_id())
    assert faults(refused) == {("institution_id", "institution-not-found")}
    with pytest.raises(NotFoundError):
        judge(world, new_id())
    assert world.verifications.rows == {}


def test_what_is_said_of_an_internal_figure_stays_with_it() -> None:
    world = World()
    id = an_observation(world, visibility="internal").id
    assert judge(world, id).visibility == "internal"
    assert judge(world, an_observation(world).id).visibility == "gtm"
