"""What the trail costs the writes that it vouches for. `python -m bench.trail`, over the tests' store (GTM_TEST_*).

Records with their events, a commit each: with nobody sealing, and with a sealer beside them as in a service (which
gives places too, for there is no relay), in turns in one run; then how many a second are sealed, and verified.
"""

import argparse
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from chassis.calls.trail import SEAL_SECONDS
from chassis.history.chain_check import ChainCheck
from chassis.kernel.ids import new_id
from chassis.kernel.principal import SYSTEM, Caller
from chassis.process.settings import Settings
from chassis.storage.store import Store
from services.actors.contract.events import INSTITUTION_CREATED
from services.actors.domain.institution import Institution
from services.actors.repository.institution import Institutions
from tests.integration.surroundings import Surroundings


def opened(surroundings: Surroundings, prefix: str, home: Path) -> Store:
    """The database as one process has it."""
    settings = Settings(
        amqp_uri="amqp://nobody@127.0.0.1:1/", mongo_uri=surroundings.mongo, mongo_prefix=prefix, home=home, keys=home
    )
    return Store([Institutions]).open("bench", settings)


def stored(store: Store, many: int) -> float:
    """Records a second."""
    began = time.perf_counter()
    for _ in range(many):
        with store.work(Caller(principal=SYSTEM, correlation_id=new_id())) as work:
            made = work.new(Institution, "public", name=new_id(), note="n" * 200)
            work.save(made, INSTITUTION_CREATED)
    return many / (time.perf_counter() - began)


def beside(store: Store, other: Store, many: int) -> float:
    """The same while another seals."""
    over = threading.Event()

    def seal() -> None:
        while not over.wait(SEAL_SECONDS):
            other.seal_trail()

    sealer = threading.Thread(target=seal)
    sealer.start()
    try:
        return stored(store, many)
    finally:
        over.set()
        sealer.join()


def timed(act: Callable[[], int]) -> float:
    """How many a second."""
    began = time.perf_counter()
    return act() / (time.perf_counter() - began)


def verified(store: Store) -> int:
    """Entries and what they stand for, all of them."""
    check, checked, after = ChainCheck(store.trail), 0, 0
    while True:
        found = check.entries(after)
        checked += found.checked
        if found.following is None:
            return checked
        after = int(found.following)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--size", type=int, default=200, help="writes a round of each kind (default 200)")
    asked = options.parse_args()
    surroundings, prefix = Surroundings.from_environment(), f"t{uuid.uuid4().hex[:10]}_"
    with tempfile.TemporaryDirectory() as folder:
        store, other = (opened(surroundings, prefix, Path(folder)) for _ in range(2))
        alone, with_sealer, sealed = list[float](), list[float](), list[float]()
        for _ in range(asked.rounds):
            alone.append(stored(store, asked.size))
            store.outbox.place_waiting()
            sealed.append(timed(store.trail.seal_all))
            with_sealer.append(beside(store, other, asked.size))
            store.seal_trail()
        checked = timed(lambda: verified(store))
    surroundings.drop_databases(prefix)
    medians = [statistics.median(one) for one in (alone, with_sealer, sealed)]
    ratio = medians[1] / medians[0]
    print(f"stored a second: {medians[0]:.0f} unsealed, {medians[1]:.0f} beside a sealer, ratio {ratio:.2f}")
    print(f"sealed a second: {medians[2]:.0f}; verified a second: {checked:.0f}")


if __name__ == "__main__":
    main()
