"""Accounts of members at a centre's broker, made by several at the same moment: by a call, and by the round."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlsplit

import pytest

from services.federation.adapters.hub_broker import HubBroker
from services.federation.adapters.management import Management
from services.federation.domain.invitation import password_hash
from tests.integration.surroundings import Surroundings

AT_ONCE = 6


@pytest.fixture
def management(surroundings: Surroundings) -> Iterator[Management]:
    """A virtual host of its own, seen by an administrator."""
    vhost, parts = surroundings.make_vhost(), urlsplit(surroundings.management)
    who = f"{surroundings.user}:{surroundings.password}"
    yield Management(parts._replace(netloc=f"{who}@{parts.netloc}").geturl(), vhost)
    surroundings.drop_vhost(vhost)


def test_made_by_several_at_once_nobody_is_refused(management: Management) -> None:
    for round in range(4):
        region, ready = f"t{uuid.uuid4().hex[:10]}", Barrier(AT_ONCE)
        wanted = {region: password_hash(f"essai {round}", b"sel!")}

        def make(wanted: dict[str, str] = wanted, ready: Barrier = ready) -> None:
            ready.wait()
            HubBroker(management).provision("central", wanted, ())

        try:
            with ThreadPoolExecutor(AT_ONCE) as several:
                for done in [several.submit(make) for _ in range(AT_ONCE)]:
                    done.result()
            found = management.get("users", region)
            assert (found["password_hash"], found["tags"]) in ((wanted[region], []), (wanted[region], ""))
        finally:
            HubBroker(management).remove(region)
