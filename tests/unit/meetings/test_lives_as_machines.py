"""Whatever is tried on a recommendation or a round, by whoever, in any order: what has ended stays as it ended."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from chassis.kernel.errors import ConflictError
from services.meetings.domain import recommendation as recommendations
from services.meetings.domain import validation_round
from services.meetings.domain.recommendation import next_status
from services.meetings.domain.referral import Referral, ReferralAnswer, journey
from services.meetings.domain.response import Act, ProgressReport, Response
from services.meetings.domain.standing import ENDED, STATUSES, Standing, standing
from services.meetings.domain.tally import Tally, tally
from services.meetings.domain.timeliness import RUNNING, timeliness
from services.meetings.domain.validation_round import AskedGroup, Opinion, Round, may_change
from tests.unit.meetings.acts import LEAD, NODES, NOW, acts, base, changed, held, of, recommendation

DAY = timedelta(days=1)
LIMITS = settings(max_examples=80, stateful_step_count=25, deadline=None)


class Recommended(RuleBasedStateMachine):
    """The owner moves it by what it knows; acts of all nodes arrive, some of them long after."""

    @initialize()
    def ask(self) -> None:
        self.own = recommendation("open")
        self.heard: list[Act | ReferralAnswer] = []
        self.ended: str | None = None

    @property
    def stands(self) -> Standing:
        hops = journey(self.own.origin, of(Referral, held(self.heard)), of(ReferralAnswer, held(self.heard)))
        return standing(self.own, of(Response, held(self.heard)), of(ProgressReport, held(self.heard)), hops)

    @rule(act=st.sampled_from(sorted(recommendations.MOVES)))
    def move(self, act: str) -> None:
        before = self.own
        try:
            status = next_status(before, act, self.stands.status)
        except ConflictError as error:
            assert error.params["status"] == before.status
            return
        turns = [one.turn for one in self.heard if isinstance(one, Act)]
        turn = max(turns, default=0) if act == "reopen" else before.reopened_after
        self.own = replace(before, status=status, reopened_after=turn)
        if status == "verified":
            assert "done" in (before.status, self.was), "verified though nobody said that it is done"
        if status in ENDED:
            self.ended = status

    @rule(more=acts)
    def hear(self, more: list[Act | ReferralAnswer]) -> None:
        self.heard += more

    @invariant()
    def what_has_ended_stays_so_and_nobody_is_late_then(self) -> None:
        found = self.stands
        self.was = found.status
        assert found.status in STATUSES
        if self.ended is not None:
            assert (self.own.status, found.status) == (self.ended, self.ended)
            assert all(self.ended not in starts for starts, _ in recommendations.MOVES.values())
        late = timeliness("2026-01-01", found.status, date(2025, 12, 1), date(2026, 3, 1))
        assert (late.stage == "chair") == (found.status in RUNNING)

    @invariant()
    def a_declined_one_was_declined_by_its_lead(self) -> None:
        if self.stands.status == "declined":
            said = [one for one in of(Response, held(self.heard)) if one.institution_id == LEAD]
            assert any(one.decision == "declined" for one in said)


class Asked(RuleBasedStateMachine):
    """Opinions come before and after the deadline and the closing; the round is changed, and closed once."""

    @initialize()
    def open(self) -> None:
        groups = tuple(AskedGroup(id=f"g-{node}", name=f"GTM {node}", node=node) for node in NODES)
        about: dict[str, Any] = {
            "document_id": "d",
            "document_title": "Plan",
            "document_kind": "plan",
            "version_number": 1,
        }
        self.round = Round(
            **base("t", "central"), **about, reference="ici", groups=groups, deadline=NOW + 9 * DAY, opened_at=NOW
        )
        self.said: list[Opinion] = []
        self.closed: Round | None = None
        self.day = 0

    @property
    def count(self) -> Tally:
        return tally(self.round, of(Opinion, held(self.said)), NOW + self.day * DAY)

    @rule()
    def a_day_passes(self) -> None:
        self.day += 1

    @rule(days=st.integers(1, 20))
    def extend(self, days: int) -> None:
        try:
            may_change(self.round)
        except ConflictError:
            assert self.closed is not None
            return
        self.round = changed(self.round, self.round.version + 1, deadline=NOW + days * DAY)

    @rule(group=st.sampled_from(NODES), by=st.sampled_from(NODES), verdict=st.sampled_from(validation_round.VERDICTS))
    def give(self, group: str, by: str, verdict: str) -> None:
        version = 1 + sum(one.id == f"o-{group}-{by}" for one in self.said)
        at = NOW + self.day * DAY
        own = base(f"o-{group}-{by}", by, version)
        self.said.append(Opinion(**own, round_id="t", group_id=f"g-{group}", verdict=verdict, given_at=at))

    @rule()
    def close(self) -> None:
        try:
            may_change(self.round)
        except ConflictError:
            return
        silent = tuple(one.group.id for one in self.count.silent)
        at = NOW + self.day * DAY
        fields = {"state": "closed", "outcome": "validated", "closed_at": at, "unanswered": silent}
        self.round = self.closed = changed(self.round, self.round.version + 1, **fields)

    @invariant()
    def every_group_is_counted_once_and_only_by_its_own_word(self) -> None:
        found = self.count
        named = [one.group.id for one in found.counted] + [one.group.id for one in found.silent]
        assert sorted(named) == sorted(group.id for group in self.round.groups)
        assert all(one.opinion.origin == one.group.node for one in found.counted)
        assert sum(found.of(verdict) for verdict in validation_round.VERDICTS) == found.answered

    @invariant()
    def what_is_closed_stays_so_and_what_comes_then_is_late(self) -> None:
        if self.closed is None:
            return
        assert self.round is self.closed
        for one in self.count.counted:
            end = min(self.closed.deadline, self.closed.closed_at or self.closed.deadline)
            assert one.late == (one.opinion.given_at > end)


Recommended.TestCase.settings = LIMITS
Asked.TestCase.settings = LIMITS
TestRecommended = Recommended.TestCase
TestAsked = Asked.TestCase
