"""Pulses, links and members: what follows from what, without a broker."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chassis.kernel.errors import ConflictError
from services.federation.adapters.management import Management
from services.federation.adapters.region_broker import RegionBroker
from services.federation.contract import wording
from services.federation.domain import plan
from services.federation.domain.link import MISSED, STATES, Signs, Watch, describe, patience, why_outside
from services.federation.domain.node import ALLOWED, Node, require
from services.federation.domain.node import STATES as NODE_STATES
from services.federation.domain.pulse import REMEMBERED, Gauges, Pulse
from services.federation.handlers.pulse import Memory

AT = datetime(2026, 2, 3, 9, tzinfo=UTC)
RECORD = {"id": "1", "origin": "central", "version": 1, "visibility": "gtm", "created_at": AT, "created_by": "x"}
RECORD |= {"updated_at": AT, "updated_by": "x"}


class Links:
    """What the store keeps, in memory."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, Any]] = {}
        self.warned: list[str] = []

    def of(self, node: str) -> dict[str, Any]:
        return self.known.get(node, {})

    def note(self, node: str, **values: Any) -> None:
        self.known.setdefault(node, {}).update(values)

    def warn(self, node: str, code: str, at: datetime) -> None:
        self.warned.append(code)


class Clock:
    """Goes on when told to."""

    def __init__(self, start: float) -> None:
        self.now = start

    def __call__(self) -> float:
        return self.now


def beat(memory: Memory, at: datetime) -> Pulse:
    return memory.beat("agadez" if memory.node == "central" else "central", 30, Gauges(), at, AT)


def test_the_way_is_measured_whatever_the_other_clock_says() -> None:
    ours, theirs = Clock(1000.0), Clock(5.0)
    here, there = Memory("central", "run-c", clock=ours), Memory("agadez", "run-a", "central", theirs)
    at_centre, at_region, wrong = Links(), Links(), timedelta(days=-900)
    there.hear(beat(here, AT), at_region, AT + wrong)
    ours.now += 17.0  # 2 there, 13 held, 2 back
    theirs.now += 13.0
    here.hear(beat(there, AT + wrong + timedelta(seconds=15)), at_centre, AT + timedelta(seconds=17))
    assert at_centre.of("agadez")["lag"] == pytest.approx(2.0)
    assert at_centre.of("agadez")["clock_ahead"] == pytest.approx(wrong.total_seconds())
    assert at_centre.of("agadez")["confirmed_until"] == AT
    assert at_centre.warned == ["clock"]
    assert "lag" not in at_region.of("central")  # nothing of its own came back yet


def test_an_echo_of_what_was_forgotten_or_of_another_run_measures_nothing() -> None:
    here, there = Memory("central", "run-c"), Memory("agadez", "run-a")
    there.hear(beat(here, AT), Links(), AT)
    for _ in range(REMEMBERED):
        beat(here, AT)
    old, links = beat(there, AT), Links()
    here.hear(old, links, AT)
    Memory("central", "run-d").hear(old, links, AT)
    assert "lag" not in links.of("agadez")


def test_two_that_go_on_are_two_machines() -> None:
    links, memories = Links(), [Memory("agadez", "a"), Memory("agadez", "b")]
    centre = Memory("central", "c")
    found = [centre.hear(beat(memory, AT), links, AT) for _ in range(3) for memory in memories]
    assert found == [False] * 4 + [True] * 2
    assert "two-machines" in links.warned


def signs(**values: Any) -> Signs:
    return Signs(**{"state": "joined", "interval": 30.0, "silent": 1.0, "lag": 1.0, "shovels": "running", **values})


@pytest.mark.parametrize(
    ("given", "state"),
    [
        (signs(), "up_to_date"),
        (signs(shovels=None), "up_to_date"),
        (signs(waiting=5000), "catching_up"),
        (signs(lag=400.0), "catching_up"),
        (signs(silent=patience(30.0) + 1), "silent"),
        (signs(silent=None), "never_heard"),
        (signs(stuck=True), "blocked"),
        (signs(stuck=True, shovels="starting", silent=1000.0), "silent"),
        (signs(shovels="terminated", stuck=True), "refused"),
        (signs(shovels="missing"), "not_linked"),
        *((signs(state=one, silent=None), one) for one in ("invited", "suspended", "removed")),
    ],
)
def test_the_state_of_a_link(given: Signs, state: str) -> None:
    assert describe(given) == state


def test_a_shovel_is_stuck_when_something_waits_and_nothing_leaves() -> None:
    watch = Watch()
    for _ in range(2 * MISSED):
        watch = watch.look(waiting=0, moved=7)
    assert not watch.stuck
    for number in range(MISSED + 1):
        watch = watch.look(waiting=3 + number, moved=7)
    assert watch.stuck
    assert not watch.look(waiting=9, moved=8).stuck


@pytest.mark.parametrize("act", ALLOWED)
@pytest.mark.parametrize("state", NODE_STATES)
def test_acts_and_states(act: str, state: str) -> None:
    node = Node(**RECORD, node="agadez", role="region", hub="central", state=state, invited_until=AT)  # type: ignore[arg-type]
    if state in ALLOWED[act]:
        require(node, act)
    else:
        with pytest.raises(ConflictError):
            require(node, act)
    with pytest.raises(ConflictError):
        require(replace(node, role="hub"), act)


def test_an_invitation_from_before_does_not_open_what_was_closed() -> None:
    with pytest.raises(ConflictError):
        require(Node(**RECORD, node="agadez", role="region", hub="central", state="suspended"), "enrol")  # type: ignore[arg-type]


def test_nothing_goes_back_to_where_it_came_from_and_nothing_internal_leaves() -> None:
    found = plan.bindings("central", ["agadez", "zinder"])
    assert not [one for one in found if one.target == "peer.agadez" and one.key.startswith("agadez.")]
    assert {one.key for one in found if one.target == "peer.agadez"} == {
        "central.gtm.#", "central.public.#",  # what is for Agadez alone
        "central.gtm.*.*.*", "central.public.*.*.*", "zinder.gtm.*.*.*", "zinder.public.*.*.*",
    }  # fmt: skip
    assert {(one.source, one.kind) for one in found if one.target == "gtm.inbound"} == {
        ("gtm.shared.agadez", "e"), ("gtm.shared.zinder", "e")
    }  # fmt: skip
    assert not [one for one in found if "internal" in one.key or one.key.startswith("#")]


def test_names_with_signs_are_no_patterns() -> None:
    rights = plan.rights("a_1")
    assert rights.write == r"^gtm\.shared\.a_1$"
    assert rights.topic == r"^a_1\.(gtm|public)\."


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_state_has_words(state: str, language: str) -> None:
    text = wording.state_in_words(state, language, "Agadez", 3 * 86_400 + 5)
    assert text and "{" not in text


def test_links_in_words() -> None:
    assert wording.state_in_words("silent", "fr", "Agadez", 3 * 86_400 + 5) == "silencieux depuis 3 jours"
    assert wording.state_in_words("silent", "en", "Agadez", 86_400) == "silent for 1 day"
    waiting = wording.waiting_in_words
    assert waiting({"minutes": 3}, 3, "fr", "Agadez") == "3 comptes-rendus d’Agadez en attente"
    assert waiting({"minutes": 1, "meeting": 2}, 5, "fr", "Zinder") == (
        "2 réunions de Zinder, 1 compte-rendu de Zinder et 2 autres messages en attente"
    )
    assert waiting({"minutes": 1}, 1, "en", "Agadez") == "1 set of minutes of Agadez waiting"
    assert waiting({"unheard": 4}, 4, "fr", "Agadez") == "4 messages en attente"
    assert waiting({"minutes": 4}, 3, "fr", "Agadez") == "3 messages en attente"
    assert waiting({}, 0, "fr", "Agadez") == "rien n’attend"


@pytest.mark.parametrize(
    ("shovels", "refused", "state"),
    [
        ("starting", True, "refused"),
        ("terminated", True, "refused"),
        ("starting", False, "silent"),
        ("terminated", False, "silent"),  # between two tries: the line is cut, and nobody refuses
        ("running", True, "silent"),  # it came through meanwhile
        ("missing", True, "not_linked"),
    ],
)
def test_a_centre_that_refuses_is_told_from_a_line_that_is_cut(shovels: str, refused: bool, state: str) -> None:
    silent = 10_000.0
    assert describe(signs(shovels=why_outside(shovels, refused=refused), silent=silent)) == state


def test_a_region_hears_of_others_from_its_centre_alone() -> None:
    centre, clock, links = Memory("central", "c"), Clock(50.0), Links()
    zinder, agadez = Memory("zinder", "z"), Memory("agadez", "a", "central", clock)
    centre.hear(beat(zinder, AT), Links(), AT)
    agadez.hear(beat(centre, AT), links, AT)
    assert links.of("zinder")["heard_at"] <= AT
    assert links.of("zinder")["interval"] == 60  # its own pulses, told with the centre's
    other = Links()
    Memory("agadez", "a", "niamey").hear(beat(centre, AT), other, AT)
    assert other.of("zinder") == {}
    zinder.hear(beat(centre, AT), links, AT)
    assert "lag" not in links.of("zinder")


def test_many_regions_do_not_push_out_what_a_slow_one_will_echo() -> None:
    centre, agadez, links = Memory("central", "c"), Memory("agadez", "a", "central"), Links()
    agadez.hear(beat(centre, AT), Links(), AT)
    for number in range(2 * REMEMBERED):
        centre.beat(f"n{number % 7}", 30, Gauges(), AT, AT)
    centre.hear(beat(agadez, AT), links, AT)
    assert "lag" in links.of("agadez")


@pytest.mark.parametrize(("interval", "heartbeat"), [(1, 10), (30, 30), (300, 100)])
def test_a_line_that_is_paid_for_beats_less_often(interval: int, heartbeat: int, tmp_path: Path) -> None:
    hub = {"id": "central", "name": {}}
    amqps = {"host": "central.example", "port": 5671, "vhost": "gtm", "tls": True}
    made = RegionBroker(Management("", "gtm"), "agadez", tmp_path, interval)
    for shovel in made.shovels({"hub": hub, "amqps": amqps, "password": "x"}).values():
        assert f"heartbeat={heartbeat}&" in shovel["dest-uri"] + shovel["src-uri"]
