"""Whatever is done to a figure in whatever order, its life keeps to domain.md."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chassis.kernel.errors import ConflictError
from services.indicators.domain.observation import MOVES, STATUSES
from tests.unit.indicators.builders import an_observation, change, move
from tests.unit.indicators.fakes import World


class Life(RuleBasedStateMachine):
    """One observation; the model is its status, told here in other words than in the table of moves."""

    @initialize()
    def is_submitted(self):
        self.world = World()
        self.id = an_observation(self.world, value="0").id
        self.status, self.value, self.versions = "submitted", 0, 1

    def _happens(self, status: str) -> None:
        self.status = status
        self.versions += 1

    @precondition(lambda self: self.status == "submitted")
    @rule()
    def is_verified(self):
        move(self.world, "verify", self.id)
        self._happens("verified")

    @precondition(lambda self: self.status == "verified")
    @rule()
    def is_published(self):
        move(self.world, "publish", self.id)
        self._happens("published")

    @precondition(lambda self: self.status in ("submitted", "verified"))
    @rule()
    def is_returned(self):
        move(self.world, "return", self.id, reason="À revoir")
        self._happens("returned")

    @rule()
    def is_revised(self):
        self.value += 1
        change(self.world, "observation", self.id, value=str(self.value))
        self._happens("submitted")

    @rule()
    def is_changed_in_nothing(self):
        change(self.world, "observation", self.id, value=str(self.value))

    @rule(act=st.sampled_from(sorted(MOVES)))
    def is_refused_what_its_status_does_not_allow(self, act):
        if self.status not in MOVES[act][0]:
            with pytest.raises(ConflictError, match="observation-status"):
                move(self.world, act, self.id, **({"reason": "x"} if act == "return" else {}))

    @invariant()
    def is_as_the_model_says(self):
        record = self.world.observations.rows[self.id]
        assert (record.status, record.value, record.version) == (self.status, str(self.value), self.versions)

    @invariant()
    def is_public_only_while_published(self):
        record = self.world.observations.rows[self.id]
        assert (record.visibility == "public") == (record.status == "published")

    @invariant()
    def has_a_reason_only_while_returned(self):
        record = self.world.observations.rows[self.id]
        assert (record.reason is not None) == (record.status == "returned")

    @invariant()
    def has_one_event_a_version(self):
        told = [event["recordversion"] for event in self.world.events if event["subject"] == self.id]
        assert told == list(range(1, self.versions + 1))


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)


def test_the_table_of_moves_names_known_statuses_only():
    named = {status for starts, leads_to in MOVES.values() for status in (*starts, leads_to)}
    assert named <= set(STATUSES)
