"""deploy/make-secrets.sh: random, private, made once; the broker's hash is of the password in the services' address."""

import base64
import hashlib
import json
import os
import stat
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml  # type: ignore[import-untyped]

from launcher.compose_broker import COMPOSED, FILE, render

ROOT = Path(__file__).resolve().parents[3]
NAMES = set(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["secrets"])


def make(folder: Path, **environment: str) -> dict[str, str]:
    """Run the script; what is in each file."""
    subprocess.run(
        ["sh", str(ROOT / "deploy" / "make-secrets.sh")],
        env={**os.environ, "GTM_SECRETS": str(folder), **environment},
        check=True,
        capture_output=True,
        timeout=30,
    )
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_every_secret_is_made_and_private(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    made = make(folder)
    assert set(made) == NAMES
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o444}
    assert made.pop("smtp_url") == ""
    assert all(made.values())


def test_no_two_are_alike_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    first = make(tmp_path / "a")
    other = make(tmp_path / "b")
    assert [name for name in first if first[name] == other[name]] == ["smtp_url"]
    again = make(tmp_path / "a")
    first.pop("rabbitmq_definitions.json")
    assert {name: again[name] for name in first} == first


def test_only_what_is_missing_is_made_anew(tmp_path: Path) -> None:
    before = make(tmp_path)
    (tmp_path / "mongo_uri_actors").unlink()
    (tmp_path / "mongo_uri").write_text("of an earlier release")
    after = make(tmp_path)
    assert after["mongo_uri_actors"] != before["mongo_uri_actors"]
    assert after["amqp_uri_actors"] == before["amqp_uri_actors"]
    assert "mongo_uri" not in after


@pytest.mark.parametrize("attempt", range(5))  # the bytes are random: a zero or a newline among them must do no harm
def test_the_broker_knows_the_hash_of_the_password(tmp_path: Path, attempt: int) -> None:
    made = make(tmp_path, GTM_NODE="agadez")
    definitions = json.loads(made["rabbitmq_definitions.json"])
    hashes = {user["name"]: base64.b64decode(user["password_hash"]) for user in definitions["users"]}
    assert set(hashes) == {f"agadez.{name}" for name in (*COMPOSED, "gateway")}
    for name in (*COMPOSED, "gateway"):
        uri, salted = urlsplit(made[f"amqp_uri_{name}"]), hashes[f"agadez.{name}"]
        assert uri.username == f"agadez.{name}"
        assert hashlib.sha256(salted[:4] + str(uri.password).encode()).digest() == salted[4:]
        assert str(uri.password) not in made["rabbitmq_definitions.json"]
    assert "@" not in made["rabbitmq_definitions.json"]


def test_what_the_broker_loads_is_what_the_table_of_rights_says() -> None:
    """If not: `python -c "from launcher import compose_broker as c; c.FILE.write_text(c.render())"`."""
    assert FILE.read_text(encoding="utf-8") == render()


def test_the_key_file_is_one_that_mongodb_takes(tmp_path: Path) -> None:
    key = make(tmp_path)["mongo_keyfile"].strip()
    assert 6 <= len(key) <= 1024
    assert set(key) <= set("0123456789abcdef")
