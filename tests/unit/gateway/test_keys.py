"""The signing key: made once, private, the same for all who start at once."""

import json
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from chassis.kernel.principal import Principal
from chassis.process.tokens import TokenReader, sign
from gateway.keys import PUBLIC, SIGNING, ensure_key

WHO = Principal(account_id="a", roles=frozenset({"member"}))


def test_the_key_is_private_and_its_public_half_is_not(keys_folder: Path) -> None:
    old = os.umask(0o077)
    try:
        ensure_key(keys_folder)
    finally:
        os.umask(old)
    assert stat.S_IMODE((keys_folder / SIGNING).stat().st_mode) == 0o600
    assert stat.S_IMODE((keys_folder / PUBLIC).stat().st_mode) == 0o644
    assert json.loads((keys_folder / SIGNING).read_text())["d"]
    assert "d" not in json.loads((keys_folder / PUBLIC).read_text())["keys"][0]
    assert sorted(path.name for path in keys_folder.iterdir()) == [PUBLIC, SIGNING]


def test_the_key_stays_the_same(keys_folder: Path) -> None:
    assert ensure_key(keys_folder).kid == ensure_key(keys_folder).kid
    assert len(json.loads((keys_folder / PUBLIC).read_text())["keys"]) == 1


def test_all_who_start_at_once_agree_on_one_key(keys_folder: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        kids = {key.kid for key in pool.map(lambda _: ensure_key(keys_folder), range(16))}
    assert len(kids) == 1


def test_a_token_is_read_by_the_public_half_alone(keys_folder: Path) -> None:
    token = sign(ensure_key(keys_folder), "central", WHO, 60)
    (keys_folder / SIGNING).unlink()
    assert TokenReader(keys_folder, "central").read(token) == WHO


def test_tokens_of_a_replaced_key_still_count(keys_folder: Path) -> None:
    token = sign(ensure_key(keys_folder), "central", WHO, 60)
    (keys_folder / SIGNING).unlink()
    ensure_key(keys_folder)
    assert len(json.loads((keys_folder / PUBLIC).read_text())["keys"]) == 2
    assert TokenReader(keys_folder, "central").read(token) == WHO
