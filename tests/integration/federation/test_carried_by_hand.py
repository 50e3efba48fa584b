"""What two nodes did while no link led from one to the other, carried by hand; then the link comes back."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from chassis.federation import carried
from chassis.kernel.ids import new_id
from services.federation.adapters.carried_keys import CarriedKeys
from tests.integration.federation.between import WHY, Pair, create, held, up_to_date
from tests.integration.federation.linked import Linked
from tests.integration.federation.test_command import gtm_here as gtm
from tests.unit.federation.carriedfile import made


@pytest.fixture(autouse=True)
def linked(pair: Pair, eventually: Any) -> None:
    up_to_date(pair, eventually)
    for node, other in (pair, pair[::-1]):  # and what was there before they joined has come
        eventually(lambda: held(other, node.name) == held(node, node.name), within=120)  # noqa: B023 (now)


@contextmanager
def without_link(pair: Pair, eventually: Any) -> Iterator[None]:
    """The centre's broker lets the region's account in no more; nobody has been told."""
    manage, vhost = pair[0].surroundings.manage, pair[0].vhost
    manage("PUT", "user-limits/agadez/max-connections", {"value": 0})

    def nobody() -> bool:
        """None is open now (as the broker itself counts them: its lists of connections are late), nor a while later."""
        manage("DELETE", "connections/username/agadez")
        time.sleep(1)
        queue = manage("GET", f"queues/{vhost}/peer.agadez") or {}
        # A queue is counted a while after what happened to it.
        return not manage("GET", "connections/username/agadez") and queue.get("messages_unacknowledged") == 0

    try:
        eventually(nobody)
        yield
    finally:
        with suppress(HTTPError):  # a suspended member has no account, nor a limit
            manage("DELETE", "user-limits/agadez/max-connections")


def change(node: Linked, id: str, version: int, note: str) -> None:
    node.call("actors", "change_institution", {"id": id, "version": version, "changes": {"note": note}})


def heard(node: Linked, *ids: str) -> list[tuple[str, int]]:
    """The events of these records in a node's log, each as (record, version)."""
    rows = node.database("actors")["outbox"].find({"subject": {"$in": list(ids)}})
    return sorted((one["subject"], one["recordversion"]) for one in rows)


def exported(node: Linked, target: Path, *more: str) -> Path:
    done = gtm(node, "export", str(target), "--json", *more)
    assert done.returncode == 0, done.stderr
    return Path(json.loads(done.stdout)["file"])


def imported(node: Linked, file: Path) -> dict[str, Any]:
    done = gtm(node, "import", str(file), "--json")
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def counts(report: dict[str, Any], noun: str = "institution") -> dict[str, int]:
    found = [one for one in report["outcomes"] if one["noun"] == noun]
    return {name: sum(one[name] for one in found) for name in ("new", "known", "refused", "waiting")}


def refusal(node: Linked, file: Path, language: str = "fr") -> str:
    done = gtm(node, "import", str(file), language=language)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    return done.stderr


def test_a_week_without_a_link(pair: Pair, tmp_path: Path, eventually: Any) -> None:
    centre, region = pair
    shared = create(region)
    eventually(lambda: shared in held(centre, "agadez"))
    eventually(lambda: region.link("central").get("confirmed_until"))
    with without_link(pair, eventually):
        ours, secret = [create(centre) for _ in range(2)], create(centre, "internal")
        theirs = [create(region) for _ in range(3)]
        change(region, shared, 1, "sans liaison")
        change(region, theirs[0], 1, "une fois")
        change(region, theirs[0], 2, "deux fois")
        to_centre, to_region = exported(region, tmp_path), exported(centre, tmp_path, "--to", "agadez")
        assert to_centre.name.startswith("gtm-agadez-central-") and to_centre.suffix == carried.ENDING
        assert counts(imported(centre, to_centre))["new"] == 6
        assert counts(imported(region, to_region))["new"] == 2
        assert held(centre, "agadez") == held(region, "agadez")
        assert held(region, "central") == held(centre, "central")
        assert secret not in held(region, "central") and set(ours) <= set(held(region, "central"))
        again = imported(centre, to_centre)
        assert counts(again)["new"] == counts(again)["refused"] == counts(again)["waiting"] == 0
        assert counts(again)["known"] >= 6
        # The broker counts its queues every few seconds.
        eventually(lambda: centre.waiting("peer.agadez") > 0 and region.waiting("outbound.central") > 0)
    after = create(region)
    eventually(lambda: after in held(centre, "agadez") and not region.waiting("outbound.central"), within=120)
    eventually(lambda: region.link("central")["state"] == "up_to_date")
    once = {(shared, 1), (shared, 2), *((id, 1) for id in theirs), (theirs[0], 2), (theirs[0], 3)}
    found = heard(centre, shared, *theirs)
    # Versions of one record may overtake each other: one that comes after a newer one is known, and not in the log.
    assert len(found) == len(set(found)) and set(found) <= once
    assert {(shared, 2), (theirs[0], 3), *((id, 1) for id in theirs[1:])} <= set(found)
    assert heard(region, *ours) == sorted((id, 1) for id in ours)
    assert held(centre, "agadez") == held(region, "agadez")
    for node in pair:
        assert node.database("actors")["parked"].count_documents({}) == 0
        assert not [one for one in node.surroundings.manage("GET", "users") if one["name"].endswith(".carried")]


def test_killed_in_the_middle_the_same_command_goes_on(pair: Pair, tmp_path: Path, eventually: Any) -> None:
    centre, region = pair
    with without_link(pair, eventually):
        ours = [create(centre) for _ in range(3)]
        centre.api("POST", "/federation/nodes/agadez/suspend", WHY)  # the centre tells of its members: a second block
        centre.api("POST", "/federation/nodes/agadez/resume", WHY)
        file = exported(centre, tmp_path / "tout.gtmx", "--to", "agadez", "--all")
        assert {one.service for one in carried_blocks(file)} == {"actors", "federation"}
        region.stop("federation")
        region.start_federation(GTM_CRASH_AT=f"federation.carried:{len(carried_blocks(file))}")
        cut = gtm(region, "import", str(file))
        assert (cut.returncode, cut.stdout) == (1, "")
        assert region.processes["federation"].wait(60) == -9
        region.stop("federation")
        region.start_federation()
        report = imported(region, file)
        assert report["before"] > 0
        assert set(ours) <= set(held(region, "central"))
        assert heard(region, *ours) == sorted((id, 1) for id in ours)
        assert imported(region, file)["before"] == 0
    eventually(lambda: region.link("central")["state"] == "up_to_date", within=120)
    assert heard(region, *ours) == sorted((id, 1) for id in ours)


def carried_blocks(file: Path) -> tuple[carried.Block, ...]:
    with file.open("rb") as content:
        return carried.closing_of(carried.read(content).closing).blocks


def test_what_is_wrong_with_a_file_is_named_before_anything_is_taken_in(
    pair: Pair, tmp_path: Path, eventually: Any
) -> None:
    centre, region = pair
    with without_link(pair, eventually):
        there = create(region)
        file = exported(region, tmp_path)
        whole, bad = file.read_bytes(), tmp_path / "abîmé.gtmx"
        bad.write_bytes(whole[:-1])
        assert "Il manque la fin" in refusal(centre, bad)
        bad.write_bytes(whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 1]) + whole[len(whole) // 2 + 1 :])
        assert "has changed since it was made" in refusal(centre, bad, "en")
        bad.write_bytes(b"Bonjour\n" * 100)
        assert "n’a pas été fait par" in refusal(centre, bad)
        assert "est pour central ; ici, c’est agadez" in refusal(region, file)
        answer = region.api("POST", "/federation/imports", {})
        assert (answer.status_code, answer.json()["code"]) == (415, "wrong-content-type")
        assert region.api("POST", "/federation/exports", {}, roles=("member",)).status_code == 403
        assert centre.api("POST", "/federation/nodes/agadez/suspend", WHY).ok
        assert "« suspended »" in refusal(centre, file)
        assert gtm(centre, "export", "--to", "agadez", str(tmp_path / "non.gtmx")).returncode == 1
        assert there not in held(centre, "agadez")
        assert centre.database("federation")["imports"].find_one({"sender": "agadez", "done": 0}) is None
        assert centre.api("POST", "/federation/nodes/agadez/resume", WHY).ok  # with an account anew: the link returns
        imported(centre, file)
        assert there in held(centre, "agadez")


def test_nobody_speaks_in_anothers_name(pair: Pair, tmp_path: Path) -> None:
    """A region's own keys, and a file that the platform would not write."""
    centre, region = pair
    keys = CarriedKeys(region.home / "keys" / "federation", "agadez", "central")
    ca = (region.home / "keys" / "federation" / "ca.pem").read_text()
    row = region.database("actors")["outbox"].find_one({"visibility": "gtm", "envelope.origin": "agadez"})
    if row is None:
        create(region)
        row = region.database("actors")["outbox"].find_one({"visibility": "gtm", "envelope.origin": "agadez"})
    assert row is not None
    forged = {**row["envelope"], "id": new_id(), "subject": (id := new_id())}
    forged["data"] = {**forged["data"], "id": id}
    file = tmp_path / "faux.gtmx"
    for origin in ("zinder", "central"):
        file.write_bytes(
            made(keys, ca, {"actors": [{**forged, "origin": origin, "source": f"/nodes/{origin}/actors"}]})
        )
        assert f"au nom de {origin}" in refusal(centre, file)
    # What only the services can see is wrong is parked by them, as if it had come over the link.
    file.write_bytes(made(keys, ca, {"actors": [{**forged, "data": {**forged["data"], "origin": "zinder"}}]}))
    report = imported(centre, file)
    assert counts(report) == {"new": 0, "known": 0, "refused": 1, "waiting": 0}
    parked = centre.database("actors")["parked"].find_one_and_delete({"event_id": forged["id"]})
    assert parked is not None and "does not agree" in parked["reason"]
    assert held(centre, "zinder") == {} and id not in held(centre, "agadez")
