"""What a thin line means: idle bytes a day, and how long a month of a region's work takes. `python -m bench.thin`.

A centre and a region, each with a broker and services of its own, joined over the line of tests/thin.py: 256 kbit/s,
600 ms there and back, one packet in twenty lost each way. Needs root; starts and ends all that it needs, but the store
where GTM_TEST_MONGO_URI names one.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.month import FEDERATED, SERVICES, Month
from chassis.contract.envelope import write
from tests.faults.own import OwnStore
from tests.integration.eventually import eventually
from tests.integration.federation.far import FarCentre, far_pair
from tests.integration.federation.linked import Linked, invite
from tests.integration.node import Node
from tests.thin import FREE, THIN, Line

DAY = 86_400
MEGABYTE = 1e6
QUIET_SECONDS = 60  # after which what joining has set in motion is over


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--idle", type=float, default=300, help="seconds to watch the idle line (default 300; 0: none)"
    )
    options.add_argument("--beat", type=int, default=30, help="seconds between two pulses (default 30)")
    options.add_argument("--month", type=float, default=1.0, help="share of a month's work (default 1; 0: none)")
    options.add_argument("--free", action="store_true", help="the same way without the burden, to compare")
    asked = options.parse_args()
    services = ("actors", "meetings", "indicators") if asked.month else ("actors",)
    with tempfile.TemporaryDirectory(prefix="gtm-thin-") as folder:
        profile = FREE if asked.free else THIN
        beat = {"GTM_HEARTBEAT_SECONDS": str(asked.beat)}
        with (
            store_for(Path(folder)) as store,
            far_pair(Path(folder), store, profile, services, **beat) as (centre, region, line),
        ):
            print(f"{line.kind} line: {profile}", flush=True)
            join(centre, region, line)
            if asked.idle:
                idle(line, asked.idle, asked.beat)
            if asked.month:
                month(centre, region, line, asked.month)


@contextmanager
def store_for(folder: Path) -> Iterator[str]:
    """The address of a store."""
    if given := os.environ.get("GTM_TEST_MONGO_URI"):
        yield given
        return
    (folder / "store").mkdir()
    store = OwnStore(folder / "store")
    store.start()
    try:
        yield store.uri
    finally:
        store.close()


def join(centre: Linked, region: Linked, line: Line) -> None:
    """Until each has heard the other."""
    token, began, before = invite(centre), _now(), line.bytes()
    eventually(lambda: region.api("POST", "/federation/join", {"invitation": token}).ok, within=600, every=2)
    joined = _now() - began
    up = ("up_to_date", "catching_up")
    eventually(lambda: region.link("central").get("state") in up, within=600, every=0.5)
    print(f"joined in {joined:.1f} s, heard after {_now() - began:.1f} s; {_told(line, before)}")


def idle(line: Line, seconds: float, beat: int) -> None:
    """Bytes of a link over which nothing is said but that it lives."""
    time.sleep(QUIET_SECONDS)
    before, began = line.bytes(), _now()
    time.sleep(seconds)
    sent, came = (now - then for now, then in zip(line.bytes(), before, strict=True))
    days = (_now() - began) / DAY
    print(f"idle, a pulse every {beat} s, {seconds:g} s watched: {sent} bytes out, {came} back;")
    print(f"  a day of it: {sent / days / MEGABYTE:.2f} + {came / days / MEGABYTE:.2f} MB")


def month(centre: FarCentre, region: Linked, line: Line, share: float) -> None:
    """The line is cut while the region works, then mended: until the centre has applied it all."""
    work = Month(region, share)
    with line.cut():
        began = _now()
        work.work()
        many, worked = work.events(), _now() - began
        eventually(lambda: region.waiting("outbound.central") >= many, within=300, every=0.5)
    before, began = line.bytes(), _now()
    wanted, half = latest(region), 0.0
    while len(wanted.items() - (here := latest(centre)).items()):
        half = half or (_now() - began) * (len(wanted.items() & here.items()) > len(wanted) / 2)
        time.sleep(1)
        assert _now() - began < 3600, f"{len(wanted.items() & here.items())} of {len(wanted)} records"
    took = _now() - began
    written = sum(sizes(region))
    print(
        f"{share:g} of a month: {many} events made in {worked:.0f} s, {written / MEGABYTE:.2f} MB as they are written"
    )
    print(f"  all applied at the centre {took:.0f} s after the line was mended; {_told(line, before)}")
    print(f"  half of the {len(wanted)} records as they are now after {half or took:.0f} s")


def latest(node: Node) -> dict[str, int]:
    """The version of each record of the region that a node's logs have reached."""
    found: dict[str, int] = {}
    for service in SERVICES:
        rows = node.database(service)["outbox"].find(
            {"visibility": {"$in": FEDERATED}, "envelope.origin": "agadez"}, {"subject": 1, "recordversion": 1}
        )
        for row in rows:
            found[row["subject"]] = max(found.get(row["subject"], 0), row["recordversion"])
    return found


def sizes(region: Node) -> list[int]:
    """Bytes of each event of the log as JSON."""
    shown = {"visibility": {"$in": FEDERATED}}
    return [len(write(row["envelope"])) for one in SERVICES for row in region.database(one)["outbox"].find(shown)]


def _told(line: Line, before: tuple[int, int]) -> str:
    sent, came = (now - then for now, then in zip(line.bytes(), before, strict=True))
    return f"{sent / 1e3:.0f} kB to the centre, {came / 1e3:.0f} kB from it"


_now = time.perf_counter

if __name__ == "__main__":
    main()
