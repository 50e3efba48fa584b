"""A region joins its centre: the link both ways, what may leave, and what each may not do."""

from typing import Any

import pytest
from amqp.exceptions import AccessRefused, PreconditionFailed

from tests.integration.federation.between import Pair, create, seen
from tests.integration.federation.linked import dial, joined


@pytest.fixture(scope="module", autouse=True)
def linked(pair: Pair) -> None:
    joined(pair)


def test_each_hears_the_other_and_says_so_in_words(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    eventually(lambda: centre.link("agadez").get("state") == "up_to_date")
    eventually(lambda: region.link("central").get("state") == "up_to_date")
    assert region.link("central")["text"] == "à jour"
    eventually(lambda: region.link("central")["lag_seconds"] is not None)
    assert abs(region.link("central")["clock_ahead_seconds"]) < 5
    assert {one["state"] for one in region.link("central")["shovels"]} == {"running"}
    assert region.link("central")["certificate_ends"] == centre.link("agadez")["certificate_ends"] > "2027"
    eventually(lambda: centre.link("agadez")["gauges"]["ready"] == ["actors"])


def test_the_region_knows_the_members_from_the_centre(pair: Pair, eventually: Any) -> None:
    _, region = pair
    eventually(lambda: len(region.api("GET", "/federation/nodes").json()["items"]) == 2)
    found = {one["node"]: one for one in region.api("GET", "/federation/nodes").json()["items"]}
    assert {name: (one["origin"], one["role"]) for name, one in found.items()} == {
        "central": ("central", "hub"),
        "agadez": ("central", "region"),
    }


def test_records_cross_both_ways_and_internal_ones_never_leave(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    hidden = create(region, "internal")
    there, back = create(region), create(centre)
    eventually(lambda: seen(centre, there).ok)
    eventually(lambda: seen(region, back).ok)
    assert seen(centre, there).json()["origin"] == "agadez"
    assert seen(centre, hidden).status_code == 404
    kept = region.database("actors")["outbox"].find_one({"subject": hidden})
    assert kept is not None and kept["visibility"] == "internal"


OWN = "agadez.gtm.actors.institution.created"


@pytest.mark.parametrize(
    ("exchange", "key"),
    [
        ("gtm.shared.agadez", "zinder.gtm.actors.institution.created"),
        ("gtm.shared.agadez", "central.gtm.actors.institution.created"),
        ("gtm.shared.agadez", "agadez.internal.actors.institution.created"),
        ("gtm.shared.agadez", "agadezx.gtm.actors.institution.created"),
        ("gtm.shared.agadez", "x.agadez.gtm.actors"),
        ("gtm.events", OWN),
        ("gtm.inbound", OWN),
        ("", "peer.agadez"),
        ("amq.topic", OWN),
    ],
)
def test_the_account_of_a_region_can_write_nothing_but_its_own(pair: Pair, exchange: str, key: str) -> None:
    with dial(pair[1]) as connection, pytest.raises(AccessRefused):
        connection.Producer(auto_declare=False).publish(b"{}", exchange=exchange, routing_key=key)


def test_nor_read_nor_declare_nor_speak_as_another(pair: Pair) -> None:
    with dial(pair[1]) as connection, pytest.raises(AccessRefused):
        connection.default_channel.basic_consume("actors.inbound")
    with dial(pair[1]) as connection, pytest.raises(AccessRefused):
        connection.default_channel.queue_declare("mine")
    with dial(pair[1]) as connection, pytest.raises(AccessRefused):
        connection.default_channel.queue_bind("peer.agadez", "gtm.events", "#")
    with dial(pair[1]) as connection, pytest.raises(PreconditionFailed):
        connection.Producer(auto_declare=False).publish(
            b"{}", exchange="gtm.shared.agadez", routing_key=OWN, user_id="zinder"
        )


def test_a_cc_header_brings_nothing_anywhere_and_the_link_goes_on(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    forged = "central.gtm.actors.institution.created"
    with dial(pair[1]) as connection:
        for header in ("CC", "BCC"):
            connection.Producer(auto_declare=False).publish(
                b'{"forged": true}',
                exchange="gtm.shared.agadez",
                routing_key=OWN,
                headers={header: [forged, "zinder.public.actors.institution.created"]},
            )
    eventually(lambda: centre.call("actors", "list_parked", {})["total"] >= 2)
    # The key of its own brought it to those who listen, who refused it; the other keys led to nobody.
    assert {one["routing_key"] for one in centre.call("actors", "list_parked", {})["items"]} == {OWN}
    assert region.call("actors", "list_parked", {})["total"] == 0
    there, back = create(region), create(centre)
    eventually(lambda: seen(centre, there).ok and seen(region, back).ok)


def test_the_rights_stand_in_the_broker_as_they_are_published(pair: Pair) -> None:
    centre = pair[0]
    manage = centre.surroundings.manage
    (rights,) = manage("GET", "users/agadez/permissions")
    assert (rights["configure"], rights["write"], rights["read"]) == ("^$", r"^gtm\.shared\.agadez$", r"^peer\.agadez$")
    (topic,) = manage("GET", "users/agadez/topic-permissions")
    assert (topic["exchange"], topic["write"]) == ("gtm.shared.agadez", r"^agadez\.(gtm|public)\.")
    assert manage("GET", "users/agadez")["tags"] in ("", [])
    queue = centre.queue("peer.agadez")
    assert queue["arguments"] == {"x-queue-type": "quorum"}
