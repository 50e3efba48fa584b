"""Files of documents in a file that is carried by hand: what is in it, what is not, and that twice is once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.federation.between import Pair
from tests.integration.federation.linked import joined
from tests.integration.federation.test_carried_by_hand import exported, imported, without_link
from tests.integration.federation.test_command import gtm_here as gtm
from tests.integration.federation.test_files_follow import (
    AUTO,
    WITH_MEETINGS,
    add,
    document,
    is_here,
    picture,
    read,
    start,
    state,
)
from tests.integration.gateway.children import start_gateway

NONE = {"new": 0, "known": 0, "unnamed": 0, "wrong": 0}


@pytest.fixture(scope="module")
def nodes(pair: Pair) -> Iterator[Pair]:
    joined(pair)
    before = [node.http for node in pair]
    for node in pair:
        start(node)
        node.http = start_gateway(node, "gateway-too", **node.shared | WITH_MEETINGS)
    yield pair
    for node, address in zip(pair, before, strict=True):
        node.stop("meetings", "gateway-too")
        node.http = address


def test_files_up_to_a_size_are_carried_and_twice_is_once(nodes: Pair, tmp_path: Path, eventually: Any) -> None:
    centre, region = nodes
    early = document(centre)
    eventually(lambda: region.database("meetings")["documents"].find_one({"_id": early}), within=120)
    with without_link(nodes, eventually):
        id, secret = document(centre), document(centre, visibility="internal")
        small, large, most = picture(AUTO), picture(2**20), picture(3 * 2**20)
        names = [add(centre, id, one) for one in (small, large, most)]
        hidden = add(centre, secret, picture(900))
        alone = exported(centre, tmp_path / "sans.gtmx", "--to", "agadez", "--no-files")
        assert alone.stat().st_size < 2**20
        told = gtm(centre, "export", "--to", "agadez", str(tmp_path / "clé.gtmx"))
        assert told.returncode == 0, told.stderr
        assert "1 fichiers de plus de 2.1 MB" in told.stdout and "le plus gros : 3.1 MB" in told.stdout
        report = imported(region, tmp_path / "clé.gtmx")
        assert report["files"] == NONE | {"new": 2}
        assert report["took"]["events"] > 0 and report["took"]["rate"] > 0
        for digest, data in zip(names, (small, large), strict=False):
            assert is_here(region, id, digest)
            assert read(region, id, digest, len(data)) == data
        assert state(region, id, names[2])["state"] == "on_request"
        assert not region.database("meetings")["files"].find_one({"_id": hidden})
        assert imported(region, tmp_path / "clé.gtmx")["files"] == NONE | {"known": 2}
        whole = imported(region, exported(centre, tmp_path / "tout.gtmx", "--to", "agadez", "--files", "20"))
        assert whole["files"]["new"] == 1
        assert read(region, id, names[2], len(most)) == most
        assert region.call("meetings", "list_parked", {})["items"] == []


def test_a_file_that_no_record_here_names_is_not_kept(nodes: Pair, tmp_path: Path, eventually: Any) -> None:
    centre, region = nodes
    with without_link(nodes, eventually):
        id = document(region)
        digest, data = add(region, id, picture(500)), region.database("meetings")["file_pieces"]
        file = exported(region, tmp_path)
        data.update_one({"_id": f"{digest}:00000000"}, {"$set": {"data": b"x" * 500}})
        other = exported(region, tmp_path / "altéré.gtmx")
        # The bytes are not those of that name, though the file is signed: the disk of its node lost them.
        assert imported(centre, other)["files"]["wrong"] == 1
        assert not centre.database("meetings")["file_pieces"].find_one({"_id": f"{digest}:00000000"})
        assert imported(centre, file)["files"]["new"] == 1
        assert is_here(centre, id, digest)
    answer = centre.call("meetings", "keep_carried_part", PART | {"sha256": "0" * 64})
    assert answer == {"outcome": "unnamed"}
    assert not centre.database("meetings")["file_pieces"].find_one({"_id": f"{'0' * 64}:00000000"})


PART = {"size": 3, "start": 0, "content_base64": "AAAA"}
