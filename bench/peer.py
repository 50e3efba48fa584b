"""What nameko offers for the same: its event handler, with one insert an event. `python -m bench.peer AMQP STORE`.

It acknowledges what failed and knows no duplicates; the insert is as safe as ours.
"""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402 (the patch comes first, as in a service)
from typing import Any  # noqa: E402

from nameko.containers import ServiceContainer  # noqa: E402
from nameko.events import event_handler  # noqa: E402
from pymongo import MongoClient  # noqa: E402

DATABASE, COLLECTION = "bench_peer", "copies"
QUEUE = "evt-bench-made--peer.on_made"


class PeerService:
    """Keeps what it hears."""

    name = "peer"
    copies: Any = None

    @event_handler("bench", "made")
    def on_made(self, payload: dict[str, Any]) -> None:
        """One insert an event."""
        self.copies.insert_one(payload)


def main(amqp_uri: str, mongo_uri: str) -> None:
    """Until it is killed."""
    client: MongoClient[dict[str, Any]] = MongoClient(mongo_uri, w="majority", journal=True)
    PeerService.copies = client[DATABASE][COLLECTION]
    container = ServiceContainer(PeerService, {"AMQP_URI": amqp_uri, "max_workers": 10})
    container.start()
    container.wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
