"""Nodes that hold different things end with the same: one that joins, one that lost records, one that was rebuilt."""

from typing import Any

import pytest

from chassis.process.settings import life_noted
from tests.integration.federation.between import Pair, create, held
from tests.integration.federation.linked import Linked, apart, joined
from tests.integration.federation.words import where


def restart(node: Linked, **environment: str) -> None:
    """The actors greet the centre when they start."""
    node.stop("actors")
    node.shared |= environment
    node.run("actors", **node.shared)  # type: ignore[arg-type] # variables, all of them


def begin_another_life(node: Linked) -> int:
    """As a restore does."""
    life = life_noted(node.home) + 1
    (node.home / "incarnation").write_text(str(life))
    restart(node)
    return life


@pytest.fixture(autouse=True)
def linked(pair: Pair) -> None:
    joined(pair)


def test_a_node_that_joins_has_what_was_there_before(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    apart(pair)
    ours = [create(centre) for _ in range(3)]
    secret = create(centre, visibility="internal")
    theirs = create(region)
    joined(pair)
    eventually(lambda: held(region, "central") == held(centre, "central"), within=120)
    eventually(lambda: held(centre, "agadez") == held(region, "agadez"), within=120)
    assert set(ours) <= set(held(region, "central"))
    assert theirs in held(centre, "agadez")
    assert secret not in held(region, "central")
    assert region.api("GET", f"/institutions/{secret}").status_code == 404


def test_what_was_lost_or_missed_comes_again(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    lost, stale, kept = create(region), create(region), create(region)
    changed = region.api("GET", f"/institutions/{stale}").json()
    eventually(lambda: {lost, stale, kept} <= set(held(centre, "agadez")))
    region.call("actors", "change_institution", {"id": stale, "version": 1, "changes": {"note": "après"}})
    eventually(lambda: held(centre, "agadez")[stale]["version"] == 2)
    copies = centre.database("actors")["institutions"]
    copies.delete_one({"_id": lost})
    copies.update_one({"_id": stale}, {"$set": {"version": 1, "note": None}})
    assert held(centre, "agadez") != held(region, "agadez")
    restart(region)
    eventually(lambda: held(centre, "agadez") == held(region, "agadez"), within=120)
    assert held(centre, "agadez")[stale]["note"] == "après"
    assert changed["version"] == 1
    notes = centre.database("actors")["comparisons"]
    assert notes.find_one({"peer": "agadez", "noun": "institution", "of": "agadez"})


def test_once_a_day_what_the_region_lost_comes_again_too(pair: Pair, eventually: Any) -> None:
    """The day is short here. What was lost meanwhile is the centre's, who answers in kind."""
    centre, region = pair
    lost = create(centre)
    eventually(lambda: lost in held(region, "central"))
    restart(region, GTM_DIGEST_SECONDS="1")
    announced = region.database("actors")["comparisons"]
    before = announced.find_one({"_id": "announced"})["at"]  # type: ignore[index]
    eventually(lambda: announced.find_one({"_id": "announced"})["at"] > before, within=120)  # type: ignore[index]
    region.database("actors")["institutions"].delete_one({"_id": lost})
    eventually(lambda: lost in held(region, "central"), within=120)


def test_a_node_that_was_restored_has_its_newer_records_back(pair: Pair, eventually: Any) -> None:
    """Its backup lacks a record and has an old version of another; the centre heard of both."""
    centre, region = pair
    newer, older = create(region), create(region)
    region.call("actors", "change_institution", {"id": older, "version": 1, "changes": {"note": "après la sauvegarde"}})
    eventually(lambda: (held(centre, "agadez").get(older) or {}).get("version") == 2)
    eventually(lambda: newer in held(centre, "agadez"))
    before = held(region, "agadez")
    own = region.database("actors")
    own["institutions"].delete_one({"_id": newer})
    own["institutions"].update_one({"_id": older}, {"$set": {"version": 1, "note": None}})
    own["outbox"].delete_many({"$or": [{"subject": newer}, {"subject": older, "recordversion": 2}]})
    life = begin_another_life(region)
    eventually(lambda: held(region, "agadez") == before, within=120)
    answer = region.call("actors", "change_institution", {"id": older, "version": 2, "changes": {"note": "et ensuite"}})
    assert answer["version"] == 3
    eventually(lambda: held(centre, "agadez")[older]["note"] == "et ensuite")
    assert held(centre, "agadez")[older]["incarnation"] == life


def test_a_record_made_internal_is_forgotten_and_one_shown_again_is_back(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    id = create(region, mandate="Essai Amataltal")
    eventually(lambda: where(centre, "Amataltal", "actors"))
    hide(region, id)
    eventually(lambda: not where(centre, "Amataltal", "actors"))
    assert centre.api("GET", f"/institutions/{id}").status_code == 404
    assert region.api("GET", f"/institutions/{id}").json()["mandate"] == "Essai Amataltal"
    region.call("actors", "change_institution", {"id": id, "changes": {"visibility": "gtm"}})
    eventually(lambda: centre.api("GET", f"/institutions/{id}").status_code == 200)


def test_a_tombstone_that_was_lost_comes_again(pair: Pair, eventually: Any) -> None:
    """On either side: the centre missed one of the region, the region one of the centre."""
    centre, region = pair
    for owner, other in ((region, centre), (centre, region)):
        id = create(owner, mandate="Essai Gougaram")
        eventually(lambda id=id, owner=owner, other=other: id in held(other, owner.name))
        miss_the_withdrawal(owner, other, id, eventually)
        assert len(words_of_others(other, "Gougaram")) == 2
        assert other.api("GET", f"/institutions/{id}").ok
    restart(region)
    for other in pair:
        eventually(lambda other=other: words_of_others(other, "Gougaram") == [], within=120)
        # Its own, internal, is there as before.
        assert other.database("actors")["institutions"].count_documents({"mandate": "Essai Gougaram"}) == 1


def test_a_node_that_lost_the_withdrawal_in_a_restore_hides_the_record_again(pair: Pair, eventually: Any) -> None:
    """Its backup has the record as it was public; the centre has the tombstone, which comes back to its owner."""
    centre, region = pair
    id = create(region, mandate="Essai Iferouane")
    eventually(lambda: id in held(centre, "agadez"))
    before = region.database("actors")["institutions"].find_one({"_id": id})
    assert before is not None
    hide(region, id)
    eventually(lambda: not where(centre, "Iferouane", "actors"))
    own = region.database("actors")
    own["institutions"].replace_one({"_id": id}, before)
    own["withdrawn"].delete_one({"record": id})
    own["outbox"].delete_many({"subject": id, "recordversion": {"$gt": 1}})
    begin_another_life(region)
    eventually(lambda: region.api("GET", f"/institutions/{id}").json()["visibility"] == "internal", within=120)
    assert region.api("GET", f"/institutions/{id}").json()["mandate"] == "Essai Iferouane"
    changed = region.call("actors", "change_institution", {"id": id, "changes": {"note": "et ensuite"}})
    assert changed["version"] == 3
    assert where(centre, "Iferouane", "actors") == []


def hide(node: Linked, id: str) -> None:
    node.call("actors", "change_institution", {"id": id, "version": 1, "changes": {"visibility": "internal"}})


def miss_the_withdrawal(owner: Linked, other: Linked, id: str, eventually: Any) -> None:
    """Make a record internal; the other node is as if it had not heard of that."""
    database = other.database("actors")
    record, rows = database["institutions"].find_one({"_id": id}), list(database["outbox"].find({"subject": id}))
    assert record is not None
    hide(owner, id)
    eventually(lambda: database["withdrawn"].find_one({"record": id}))
    database["institutions"].insert_one(record)
    database["outbox"].delete_many({"subject": id})
    database["outbox"].insert_many(rows)
    database["withdrawn"].delete_one({"record": id})


def words_of_others(node: Linked, word: str) -> list[str]:
    """Records and events of other nodes that hold the word."""
    database = node.database("actors")
    records = database["institutions"].find({"origin": {"$ne": node.name}, "mandate": {"$regex": word}})
    rows = database["outbox"].find({"heard": True, "envelope.data.mandate": {"$regex": word}})
    return [one["_id"] for one in (*records, *rows)]
