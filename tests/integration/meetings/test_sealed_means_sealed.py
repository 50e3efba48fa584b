"""Whatever is tried, in whatever order: the text of sealed minutes is the one that was sealed."""

import tomllib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from chassis.kernel import policy
from chassis.kernel.clock import now
from chassis.kernel.errors import PlatformError
from chassis.kernel.principal import Caller, Principal
from chassis.process.settings import Settings
from chassis.storage.store import Store
from services.meetings.domain.minutes import SEALED, Minutes, standing
from services.meetings.domain.seal import canonical, check
from services.meetings.handlers import drafting, importing, meeting, minutes, remark
from services.meetings.service import SERVICE
from tests.integration.node import ROOT, Node

WHO = Caller(principal=Principal(account_id="desk", roles=frozenset({"secretariat"})), correlation_id="c", method="x")
TEXTS = st.sampled_from(["un", "un\ndeux", "un\n\ndeux\ntrois", ""])
NTH = st.integers(0, 3)


class Life(RuleBasedStateMachine):
    """One meeting, its minutes and errata, and everything that can be done to them."""

    store: ClassVar[Store]
    reached: ClassVar[set[str]] = set()

    @initialize(gone_through=st.integers(0, 3))
    def hold(self, gone_through: int) -> None:
        """A meeting with an agenda, and its draft, perhaps on its way."""
        self.sealed: dict[str, str] = {}
        agenda = [{"title": "A", "number": 1}, {"title": "B", "number": 2}]
        fields = {"date": "2025-01-02", "title": "GTM", "agenda": agenda, "visibility": "gtm"}
        self.meetings = [self.must(meeting.create_meeting, **fields).id for _ in range(2)]
        for id in self.meetings:
            for act in ("convene", "hold"):
                self.must(meeting.move_meeting, act, id=id, version=None)
        self.ids = [self.must(drafting.draft_minutes, id=self.meetings[0]).id]
        self.save(0, "un\ndeux", 0, named=True)
        way = (lambda: self.circulate(0), lambda: self.adopt(0, False, False), lambda: self.publish(0))
        for step in way[:gone_through]:
            step()

    def must(self, handler: Callable[..., Any], *first: Any, **said: Any) -> Any:
        with self.store.work(WHO) as work:
            return handler(work, *first, **said)

    def try_(self, handler: Callable[..., Any], *first: Any, **said: Any) -> Any:
        try:
            return self.must(handler, *first, **said)
        except PlatformError as error:
            self.reached.add(error.code)
            return None

    def one(self, nth: int) -> Minutes:
        """One of the minutes there are."""
        found: Minutes = self.store.parts["minutes"].get(self.ids[nth % len(self.ids)])
        return found

    @rule(nth=NTH, text=TEXTS, place=st.integers(0, 1), named=st.booleans())
    def save(self, nth: int, text: str, place: int, named: bool) -> None:
        """Write in one section."""
        record = self.one(nth)
        section = record.sections[place % len(record.sections)]
        revision = section.revision if named else None
        where = {"id": record.id, "section_id": section.id, "revision": revision}
        self.try_(drafting.save_section, **where, changes={"text": text, "decisions": [{"text": text or "oui"}]})

    @rule(nth=NTH, text=TEXTS)
    def change(self, nth: int, text: str) -> None:
        """Write all of it anew."""
        said = {"sections": [{"title": "A", "text": text}], "preamble": text or None}
        self.try_(minutes.change_minutes, id=self.one(nth).id, version=None, changes=said)

    @rule()
    def read_in(self) -> None:
        """Read a text into the meeting."""
        text = "Compte-rendu de la réunion\n\nDate\t2 janvier 2025\nLieu\tNiamey\n\n1. Ouverture\nLu."
        given = importing.Given(text, "text/plain", len(text), None)
        self.try_(importing.import_minutes, given, archive=False, meeting_id=self.meetings[0])

    @rule(nth=NTH)
    def circulate(self, nth: int) -> None:
        """Send it out."""
        self.try_(minutes.circulate_minutes, id=self.one(nth).id, version=None, deadline=now() + timedelta(days=1))

    @rule(nth=NTH, with_reservations=st.booleans(), in_session=st.booleans())
    def adopt(self, nth: int, with_reservations: bool, in_session: bool) -> None:
        """Adopt, or subject to reservations, or in the later meeting."""
        said = {"with_reservations": with_reservations, "adopted_in": self.meetings[1] if in_session else None}
        self.try_(minutes.adopt_minutes, id=self.one(nth).id, version=None, **said)

    @rule(nth=NTH)
    def publish(self, nth: int) -> None:
        """Show it to everybody."""
        self.try_(minutes.publish_minutes, id=self.one(nth).id, version=None)

    @rule(nth=NTH)
    def correct(self, nth: int) -> None:
        """Begin an erratum."""
        made = self.try_(drafting.correct_minutes, id=self.one(nth).id, reason="faux")
        self.ids += [made.id] if made else []

    @rule(nth=NTH, amends=st.booleans(), text=TEXTS)
    def remark(self, nth: int, amends: bool, text: str) -> None:
        """Say something of it, or want the first paragraph otherwise."""
        record = self.one(nth)
        place = {"kind": "amendment", "section_id": record.sections[0].id, "paragraph": 1, "proposal": text}
        said = {"text": "non", "institution_id": None, **(place if amends else {})}
        self.try_(remark.file_remark, "minutes", id=record.id, **said)

    @rule(nth=NTH, verdict=st.sampled_from(["taken_in", "set_aside"]), becomes=st.none() | TEXTS)
    def answer(self, nth: int, verdict: str, becomes: str | None) -> None:
        """Judge what was said, the oldest first; again what was judged."""
        record = self.one(nth)
        there = self.store.parts["remarks"].of_target(record.id)
        judged = {one.remark_id: one for one in self.store.parts["remark_answers"].of_target(record.id)}
        for one in there[:2]:
            said = {"verdict": verdict, "answer": "voilà"}
            if one.id in judged:
                self.try_(remark.change_remark_answer, id=judged[one.id].id, version=None, changes=said)
            else:
                by = {"becomes": becomes, "section_id": record.sections[0].id} if becomes is not None else {}
                self.try_(remark.answer_remark, id=one.id, **said, **by)

    @invariant()
    def sealed_is_sealed(self) -> None:
        """Once sealed, the text and its seal are the same for ever; and what is adopted is sealed."""
        if not hasattr(self, "ids"):
            return
        for id in self.ids:
            record: Minutes = self.store.parts["minutes"].get(id)
            self.reached.add(standing(record))
            assert (record.state in SEALED) == (record.seal is not None)
            if record.seal is not None:
                assert canonical(record) == self.sealed.setdefault(id, canonical(record))
                assert check(record, self.store.parts["seals"].first(id)).holds is True
            assert id not in self.sealed or record.state in SEALED
            lines = list(self.store.parts["decisions"].collection.find({"minutes_id": id}))
            assert record.state != "draft" or not lines


@pytest.fixture
def store(node: Node) -> Iterator[Store]:
    """The store of the meetings service, without its process."""
    mongo = node.surroundings.mongo
    place = Settings(amqp_uri=node.amqp_uri, mongo_uri=mongo, mongo_prefix=node.prefix, home=node.home, keys=node.home)
    made: Store = SERVICE.store.__class__(
        SERVICE.store.repository_kinds,
        SERVICE.store.replica_kinds,
        SERVICE.store.other_kinds,
        SERVICE.store.follower_kinds,
    )
    made.policy = policy.read(tomllib.loads((ROOT / "services" / "policy.toml").read_text(encoding="utf-8")))
    yield made.open("meetings", place)
    made.client.close()


def test_sealed_means_sealed(store: Store) -> None:
    """The commands themselves, each in a unit of work of its own."""
    Life.store = store
    # What fails is shown as it was found: making it smaller takes minutes with a store.
    phases = [one for one in Phase if one not in (Phase.shrink, Phase.explain)]
    slow = list(HealthCheck)
    few = settings(max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=slow, phases=phases)
    run_state_machine_as_test(Life, settings=few)
    assert not {"adopted", "minutes-sealed", "minutes-state"} - Life.reached, Life.reached
