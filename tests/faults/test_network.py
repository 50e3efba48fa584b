"""The cable to broker or store is cut: packets vanish, connections stay half-open; then it is mended.

The writers are on the broker's side of the cut. GTM_CUT_SECONDS: how long it stays cut.
"""

import os
import time
from collections.abc import Iterator

import pytest

from tests.faults.link import FarNode, NoNamespaceError, make_link
from tests.faults.own import start_own
from tests.faults.scene import NEW_QUEUE_SECONDS, SERVICES, Scene
from tests.integration.eventually import eventually

pytestmark = [pytest.mark.slow]
CUT_SECONDS = float(os.environ.get("GTM_CUT_SECONDS") or 15)
NOTICED_WITHIN = 40.0
LOSSY_SECONDS = 5.0
LOST = 0.1


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    try:
        link = make_link()
    except NoNamespaceError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("network")
    broker, store, surroundings = start_own(folder, link.outside)
    node = FarNode(surroundings, folder, link)
    try:
        made = Scene(node, broker, store)
        made.run(*SERVICES)
        time.sleep(NEW_QUEUE_SECONDS)
        yield made
    finally:
        node.close()
        broker.close()
        store.close()
        link.close()


def link_of(scene: Scene) -> FarNode:
    assert isinstance(scene.node, FarNode)
    return scene.node


@pytest.mark.parametrize("name", ["broker", "store"])
def test_cut_and_mended(scene: Scene, name: str) -> None:
    port = scene.broker.port if name == "broker" else scene.store.port
    pids = scene.pids()
    with scene.writing() as writer:
        began = time.monotonic()
        with link_of(scene).link.cut(port):
            eventually(scene.not_ready, within=NOTICED_WITHIN, every=0.5)
            noticed = time.monotonic() - began
            time.sleep(max(0.0, began + CUT_SECONDS - time.monotonic()))
            answered = writer.answers
        back = scene.back()
        eventually(lambda: writer.answers > answered, within=30)
        writing = time.monotonic() - began
        print(
            f"\n{name} cut: noticed after {noticed:.1f} s, ready {back:.1f} s after mending, writes at {writing:.1f} s"
        )
    assert scene.pids() == pids


def test_a_line_that_loses_packets_only_slows(scene: Scene) -> None:
    pids = scene.pids()
    with scene.writing() as writer, link_of(scene).link.lossy(LOST):
        before = writer.answers
        time.sleep(LOSSY_SECONDS)
        eventually(lambda: writer.answers > before, within=30)
        print(f"\none packet in ten lost: {writer.answers - before} answers in {LOSSY_SECONDS:g} s")
    assert scene.pids() == pids
