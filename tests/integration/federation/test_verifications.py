"""A figure of one node judged on another: one state on both, whichever comes first (domain.md, Acts across nodes)."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import pytest

from chassis.kernel.errors import ConflictError, NotFoundError, StaleError
from chassis.kernel.ids import new_id
from services.indicators.contract import events
from tests.integration.federation.foreign import carry, make_known, send, told
from tests.integration.node import Node
from tests.integration.surroundings import Surroundings

NODES = ("agadez", "ins")
STATISTICIAN = ("statistician",)


@dataclass
class Two:
    """A region that gives figures, and the institute that judges them; each hears only what the test carries."""

    region: Node
    institute: Node
    eventually: Any

    def figure(self) -> dict[str, Any]:
        """One of the region that the institute knows, in its first version."""
        measured = {"unit": "personnes", "kind": "count", "frequency": "year"}
        indicator = call(self.region, "create_indicator", {"code": new_id(), "name": "Retours", **measured})
        made = call(
            self.region, "create_observation", {"indicator_id": indicator["id"], "period": "2024", "value": "7"}
        )
        self.carry(self.region, made["id"])
        self.await_version(self.institute, made["id"], 1)
        return dict(made)

    def carry(self, source: Node, *ids: str) -> None:
        carry(source, self.institute if source is self.region else self.region, "indicators", *ids)

    def await_version(self, node: Node, id: str, version: int) -> None:
        stored = node.database("indicators")["observations"]
        self.eventually(lambda: stored.find_one({"_id": id, "version": version}))

    def await_verification(self, node: Node, id: str) -> None:
        self.eventually(lambda: node.database("indicators")["verifications"].find_one({"_id": id}))

    def states(self, id: str) -> list[str]:
        """In the region's page, list, and the institute's page, list."""
        found = []
        for node in (self.region, self.institute):
            one = call(node, "get_observation", {"id": id})
            (row,) = (item for item in node.every("indicators", "list_observations") if item["id"] == id)
            found += [one["effective"]["status"], row["effective"]["status"]]
        return found


@pytest.fixture(scope="module")
def two(surroundings: Surroundings, tmp_path_factory: pytest.TempPathFactory, eventually: Any) -> Iterator[Two]:
    with ExitStack() as stack:
        made = [stack.enter_context(Node(surroundings, tmp_path_factory.mktemp(name), name)) for name in NODES]
        for node in made:
            make_known(node, *NODES, "central", "zinder")
            node.run("indicators")
        yield Two(made[0], made[1], eventually)


def call(node: Node, method: str, payload: dict[str, Any]) -> Any:
    return node.call("indicators", method, payload, roles=STATISTICIAN)


def judge(node: Node, id: str, version: int, verdict: str = "verified") -> str:
    said = {"id": id, "judged_version": version, "verdict": verdict, "reason": "Deux fois le même registre"}
    return str(call(node, "judge_observation", said)["id"])


@pytest.mark.parametrize("revision_first", [True, False])
def test_a_verification_counts_only_for_the_version_it_judged(two: Two, revision_first: bool) -> None:
    id = two.figure()["id"]
    with pytest.raises(ConflictError, match="not-the-origin"):
        call(two.institute, "verify_observation", {"id": id})
    judged = judge(two.institute, id, 1)
    call(two.region, "change_observation", {"id": id, "changes": {"value": "8"}})
    if revision_first:
        two.carry(two.region, id)
        two.await_version(two.institute, id, 2)
        two.carry(two.institute, judged)
        two.await_verification(two.region, judged)
    else:
        two.carry(two.institute, judged)
        two.await_verification(two.region, judged)
        two.carry(two.region, id)
        two.await_version(two.institute, id, 2)
    assert two.states(id) == ["submitted"] * 4
    with pytest.raises(ConflictError, match="observation-status"):
        call(two.region, "publish_observation", {"id": id})
    with pytest.raises(StaleError):
        judge(two.institute, id, 1)
    again = judge(two.institute, id, 2)
    two.carry(two.institute, again)
    two.await_verification(two.region, again)
    assert two.states(id) == ["verified"] * 4
    assert call(two.region, "publish_observation", {"id": id})["status"] == "published"
    two.carry(two.region, id)
    two.await_version(two.institute, id, 3)
    assert two.states(id) == ["published"] * 4


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=lambda order: "".join(map(str, order)))
def test_figure_and_verifications_in_every_order_of_arrival_give_one_state(two: Two, order: tuple[int, ...]) -> None:
    """As a third node hears them: figure and verifications of two others, in any order and one of them twice."""
    figure = told(events.OBSERVATION_SUBMITTED, "zinder", status="submitted", visibility="gtm", period=new_id()[:10])
    of = {"observation_id": figure["subject"], "judged_version": 1, "judged_incarnation": 1}
    first = told(events.VERIFICATION_GIVEN, "central", turn=1, verdict="verified", reason=None, **of)
    second = told(events.VERIFICATION_GIVEN, "central", turn=2, verdict="returned", reason="Deux fois", **of)
    sent = [figure, first, second]
    for event in [sent[place] for place in (*order, order[0])]:
        send(two.institute, event, by=event["origin"])
        kept = two.institute.database("indicators")[f"{event['type'].split('.')[2]}s"]
        two.eventually(lambda kept=kept, event=event: kept.find_one({"_id": event["subject"]}))
    shown = call(two.institute, "get_observation", {"id": figure["subject"]})
    assert (shown["status"], shown["effective"]["status"]) == ("submitted", "returned")
    assert shown["effective"]["verification"]["id"] == second["subject"]


def test_a_figure_that_is_not_known_here_cannot_be_judged(two: Two) -> None:
    with pytest.raises(NotFoundError, match="observation-not-found"):
        judge(two.institute, new_id(), 1)
