"""The signing key: made once, private, the same for all who start at once."""

import json
import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chassis.kernel.principal import Principal
from chassis.process.tokens import LONGEST_SECONDS, InvalidTokenError, TokenReader, sign
from gateway.keys import PUBLIC, SIGNING, SigningKey, ensure_key, rotate

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


def test_another_key_signs_and_the_old_ones_tokens_still_count(keys_folder: Path) -> None:
    signing, reader = SigningKey(keys_folder), TokenReader(keys_folder, "central")
    old, before = signing.current(), sign(signing.current(), "central", WHO, 60)
    assert reader.read(before) == WHO
    told = rotate(keys_folder)
    after = sign(signing.current(), "central", WHO, 60)
    assert signing.current().kid == told["key"] != old.kid == told["before"]
    assert reader.read(after) == reader.read(before) == WHO
    assert stat.S_IMODE((keys_folder / SIGNING).stat().st_mode) == 0o600
    assert sorted(path.name for path in keys_folder.iterdir()) == [PUBLIC, SIGNING]


def test_an_old_key_goes_when_its_tokens_are_over(keys_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = TokenReader(keys_folder, "central")
    old = ensure_key(keys_folder)
    until = rotate(keys_folder)["before_counts_until"]
    assert until >= time.time() + LONGEST_SECONDS
    assert reader.read(sign(old, "central", WHO, 60)) == WHO  # and now it holds the old key in memory
    monkeypatch.setattr(time, "time", lambda: until + 1.0)
    with pytest.raises(InvalidTokenError):
        reader.read(sign(old, "central", WHO, 60))  # whoever stole it
    assert reader.read(sign(ensure_key(keys_folder), "central", WHO, 60)) == WHO
    rotate(keys_folder)
    kids = [one["kid"] for one in json.loads((keys_folder / PUBLIC).read_text())["keys"]]
    assert old.kid not in kids
    assert len(kids) == 2


def test_a_key_in_wrong_hands_stops_counting_at_once(keys_folder: Path) -> None:
    signing, reader = SigningKey(keys_folder), TokenReader(keys_folder, "central")
    stolen = sign(signing.current(), "central", WHO, 60)
    assert reader.read(stolen) == WHO
    assert rotate(keys_folder, at_once=True)["before_counts_until"] is None
    with pytest.raises(InvalidTokenError):
        reader.read(stolen)
    assert reader.read(sign(signing.current(), "central", WHO, 60)) == WHO


def test_rotations_at_the_same_time_leave_every_key_published(keys_folder: Path) -> None:
    ensure_key(keys_folder)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: rotate(keys_folder)["key"], range(8)))
    published = {one["kid"] for one in json.loads((keys_folder / PUBLIC).read_text())["keys"]}
    assert set(made) < published
    assert ensure_key(keys_folder).kid in made
