"""The store: given, or MongoDB where it is installed, or the embedded server; what was chosen first stays."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pymongo.errors import OperationFailure

from launcher import environments, store
from launcher.backing import Backing
from launcher.environments import Environment
from launcher.errors import LauncherError
from launcher.homes import Home
from launcher.settings import Settings


@pytest.fixture(autouse=True)
def no_mongod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without MongoDB, and an environment of the embedded server that is only named."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(environments, "ensure", lambda kind: Environment(kind, tmp_path / ".venv"))
    return tmp_path / "bin"


def install_mongod(folder: Path) -> None:
    (folder / "mongod").write_text("#!/bin/sh\n", encoding="utf-8")
    (folder / "mongod").chmod(0o755)


def prepared(home: Home, **environ: str) -> Backing:
    return store.prepare(Settings.from_environment({"GTM_HOME": str(home.path), **environ}))


def test_a_given_store_is_used(home: Home):
    made = prepared(home, GTM_MONGO_URI="mongodb://elsewhere/")
    assert made.external
    assert not home.store.exists()


def test_the_embedded_server_syncs_on_commit_and_looks_for_no_settings(home: Home):
    (program,) = prepared(home).programs
    assert "--sync-on-commit" in program.argv
    assert program.argv[program.argv.index("--config") + 1] == str(home.store / "secantusd.toml")
    assert program.argv[program.argv.index("--host") + 1] == "127.0.0.1"
    assert program.argv[program.argv.index("--port") + 1] == "8086"
    assert program.argv[program.argv.index("--storage-path") + 1].startswith(str(home.store))


def test_an_installed_mongod_is_preferred(home: Home, no_mongod: Path):
    install_mongod(no_mongod)
    made = prepared(home)
    (program,) = made.programs
    assert program.argv[0] == str(no_mongod / "mongod")
    assert program.argv[program.argv.index("--bind_ip") + 1] == "127.0.0.1"
    assert program.argv[program.argv.index("--replSet") + 1] == "gtm"
    assert made.uri.endswith("@127.0.0.1:8086/?directConnection=true&authSource=admin&authMechanism=SCRAM-SHA-256")
    # A member of a set asks clients for passwords once it has a key; mongod takes no key that others may read.
    key = Path(program.argv[program.argv.index("--keyFile") + 1])
    assert key.stat().st_mode & 0o777 == 0o600
    assert 6 <= len(key.read_text("utf-8")) <= 1024


def test_each_process_may_read_and_write_its_own_database_alone(home: Home):
    made = prepared(home, GTM_MONGO_PREFIX="a_")
    written = json.loads((home.store / "accounts.json").read_text("utf-8"))["accounts"]
    rights = {one["name"]: one["roles"] for one in written}
    processes = ["actors", "meetings", "indicators", "notifications", "federation", "gateway"]
    assert {name: rights[name] for name in processes} == {
        name: [{"role": "readWrite", "db": f"a_{name}"}] for name in processes
    }
    assert {name for name, roles in rights.items() if roles[0]["role"] == "root"} == {"launcher"}
    for one in written:
        assert one["password"] == home.secret(f"store.{one['name']}")
    assert made.uri.startswith("mongodb://launcher:")
    assert made.of("meetings").startswith(f"mongodb://meetings:{home.secret('store.meetings')}@127.0.0.1:8086/")
    assert (home.store / "accounts.json").stat().st_mode & 0o777 == 0o600


def test_the_embedded_server_asks_for_passwords_that_are_no_arguments(home: Home):
    (program,) = prepared(home).programs
    assert "--auth" in program.argv
    assert program.env["GTM_STORE_ACCOUNTS"] == str(home.store / "accounts.json")
    secrets = [path.read_text("utf-8") for path in (home.path / "secrets").iterdir()]
    assert [secret for secret in secrets if secret in f"{program.argv} {program.env}"] == []


def test_what_was_chosen_first_stays(home: Home, no_mongod: Path):
    prepared(home)
    install_mongod(no_mongod)
    assert "--sync-on-commit" in prepared(home).programs[0].argv


def test_data_of_a_mongod_that_is_gone_are_not_passed_over(home: Home, no_mongod: Path):
    install_mongod(no_mongod)
    prepared(home)
    (no_mongod / "mongod").unlink()
    with pytest.raises(LauncherError) as caught:
        prepared(home)
    assert "mongod" in str(caught.value)


def test_an_address_that_is_none_is_refused_at_once():
    with pytest.raises(LauncherError):
        store.answers(Backing(name="store", uri="http://nowhere"))


class RecordingAdmin:
    """Answers like the `admin` database of a mongod whose replica set is as given, and keeps what it was asked."""

    def __init__(self, host: str | None) -> None:
        self.host = host
        self.asked: list[Any] = []

    def command(self, name: str, body: Any = None, **options: Any) -> dict[str, Any]:
        self.asked.append((name, body, options))
        if name == "replSetGetConfig" and self.host is None:
            raise OperationFailure("no replset config has been received", 94)
        return {"config": {"_id": "gtm", "version": 3, "members": [{"_id": 0, "host": self.host}]}}


@pytest.mark.parametrize(
    ("host", "asked"),
    [
        (None, [("replSetInitiate", {"_id": "gtm", "members": [{"_id": 0, "host": "127.0.0.1:8086"}]}, {})]),
        ("127.0.0.1:8086", []),
        (
            "127.0.0.1:9006",
            [
                (
                    "replSetReconfig",
                    {"_id": "gtm", "version": 4, "members": [{"_id": 0, "host": "127.0.0.1:8086"}]},
                    {"force": True},
                )
            ],
        ),
    ],
    ids=["never started", "started before", "port changed"],
)
def test_a_mongod_becomes_a_set_of_one_at_the_address_it_has(host: str | None, asked: list[Any]):
    admin = RecordingAdmin(host)
    store._make_set(cast(Any, SimpleNamespace(admin=admin)), "127.0.0.1:8086")
    assert admin.asked[1:] == asked
