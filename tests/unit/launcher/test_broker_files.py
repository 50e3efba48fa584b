"""The private broker: its own name, cookie, ports and files, on the loopback address alone, many accounts."""

import base64
import hashlib
import json
from pathlib import Path

import pytest

from launcher import broker, packages
from launcher.backing import Backing
from launcher.errors import LauncherError
from launcher.homes import Home
from launcher.settings import Settings


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A RabbitMQ that is only looked at, never run."""
    server = tmp_path / "bin" / "rabbitmq-server"
    server.parent.mkdir()
    for name in ("rabbitmq-server", "epmd"):
        (server.parent / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (server.parent / name).chmod(0o755)
    monkeypatch.setattr(broker, "PACKAGED", server)
    monkeypatch.setenv("PATH", str(server.parent))
    return server


def prepared(home: Home, **environ: str) -> Backing:
    return broker.prepare(Settings.from_environment({"GTM_HOME": str(home.path), **environ}))


def test_a_given_broker_is_used_and_nothing_is_written(home: Home):
    made = prepared(home, GTM_AMQP_URI="amqp://u:p@elsewhere/v")
    assert made.external
    assert made.uri == "amqp://u:p@elsewhere/v"
    assert not home.broker.exists()


def test_every_listener_is_on_the_loopback_address(home: Home):
    made = prepared(home)
    lines = dict(line.split(" = ") for line in (home.broker / "rabbitmq.conf").read_text("utf-8").splitlines())
    assert lines["listeners.tcp.1"] == "127.0.0.1:8081"
    assert (lines["management.tcp.ip"], lines["management.tcp.port"]) == ("127.0.0.1", "8082")
    assert (lines["prometheus.tcp.ip"], lines["prometheus.tcp.port"]) == ("127.0.0.1", "8085")
    assert lines["listeners.ssl.1"] == "127.0.0.1:8088"
    daemon, server = made.programs
    assert (server.env["ERL_EPMD_ADDRESS"], server.env["ERL_EPMD_PORT"]) == ("127.0.0.1", "8084")
    assert daemon.env["ERL_EPMD_PORT"] == "8084"
    assert server.env["RABBITMQ_DIST_PORT"] == "8083"
    assert "inet_dist_use_interface {127,0,0,1}" in server.env["ERL_AFLAGS"]


def test_all_its_files_are_under_the_home(home: Home):
    server = prepared(home).programs[1]
    assert server.env["ERL_INETRC"] == str(home.broker / "inetrc")
    folders = [
        value
        for name, value in server.env.items()
        if name.endswith(("_FILE", "_FILES", "_BASE", "_DIR")) or name == "HOME"
    ]
    assert len(folders) == 9
    assert all(value.startswith(str(home.broker)) for value in folders)
    assert server.cwd == home.broker


def test_each_process_has_an_account_and_its_password_is_in_no_file_of_the_broker(home: Home):
    made = prepared(home, GTM_NODE="agadez")
    processes = ["actors", "meetings", "indicators", "notifications", "federation", "gateway"]
    everybody = [*processes, "launcher", "administrator"]
    passwords = {name: home.secret(f"broker.{name}") for name in everybody}
    assert len(set(passwords.values())) == len(everybody)
    for name in processes:
        assert made.of(name) == f"amqp://agadez.{name}:{passwords[name]}@127.0.0.1:8101/gtm"
    assert made.uri == f"amqp://agadez.launcher:{passwords['launcher']}@127.0.0.1:8101/gtm"
    assert made.management == f"http://agadez.administrator:{passwords['administrator']}@127.0.0.1:8102"
    text = (home.broker / "definitions.json").read_text("utf-8")
    users = {user["name"].partition(".")[2]: user for user in json.loads(text)["users"]}
    assert set(users) == set(everybody)
    for name, user in users.items():
        assert passwords[name] not in text
        raw = base64.b64decode(user["password_hash"])
        assert raw[4:] == hashlib.sha256(raw[:4] + passwords[name].encode()).digest()
    assert [name for name, user in users.items() if user["tags"]] == ["launcher", "administrator"]


def test_a_node_without_links_has_nobody_who_administers_the_broker_but_the_launcher(home: Home):
    made = prepared(home, GTM_SERVICES="actors meetings")
    assert made.management is None
    users = json.loads((home.broker / "definitions.json").read_text("utf-8"))["users"]
    assert [user["name"] for user in users] == [
        "central.actors", "central.meetings", "central.gateway", "central.launcher"
    ]  # fmt: skip


def test_only_a_centre_listens_for_links(home: Home):
    made = prepared(home, GTM_NODE="agadez")
    assert "ssl" not in (home.broker / "rabbitmq.conf").read_text("utf-8")
    assert "link" not in made.ports
    assert not (home.path / "keys" / "federation").exists()


def test_a_centre_listens_with_certificates_of_its_own_authority(home: Home):
    made = prepared(home, GTM_LINK_BIND="0.0.0.0", GTM_LINK_PORT="5671")  # noqa: S104 (nothing is bound)
    lines = dict(line.split(" = ") for line in (home.broker / "rabbitmq.conf").read_text("utf-8").splitlines())
    assert lines["listeners.ssl.1"] == "0.0.0.0:5671"
    assert (lines["ssl_options.verify"], lines["ssl_options.fail_if_no_peer_cert"]) == ("verify_peer", "true")
    for name in ("cacertfile", "certfile", "keyfile"):
        path = home.broker / lines[f"ssl_options.{name}"]
        assert path.resolve().is_relative_to(home.path / "keys" / "federation")
        assert path.is_file()
    assert "link" in made.ports


def test_keys_that_moved_are_found_again(home: Home, tmp_path: Path):
    prepared(home)
    before = (home.broker / "federation" / "ca.pem").read_text()
    prepared(home, GTM_KEYS=str(tmp_path / "elsewhere"))
    assert (home.broker / "federation" / "ca.pem").read_text() != before
    assert (home.broker / "federation").resolve() == tmp_path / "elsewhere" / "federation"


def test_an_address_to_listen_on_that_is_none_is_refused_by_name(home: Home):
    with pytest.raises(LauncherError, match="GTM_LINK_BIND"):
        prepared(home, GTM_LINK_BIND="partout")


def test_its_name_outlives_a_change_of_port(home: Home):
    first = prepared(home).programs[1].env["RABBITMQ_NODENAME"]
    assert first == "gtm_central_8080@localhost"
    assert prepared(home, GTM_HTTP_PORT="9000").programs[1].env["RABBITMQ_NODENAME"] == first


def test_no_secret_is_an_argument_or_readable_by_others(home: Home):
    made = prepared(home)
    secrets = [path.read_text("utf-8") for path in (home.path / "secrets").iterdir()]
    assert len(secrets) > 8
    for secret in secrets:
        assert all(secret not in " ".join(one.argv) for one in made.programs)
        assert secret not in repr(made)
    modes = {path.stat().st_mode & 0o077 for path in home.broker.iterdir()}
    assert modes == {0}


def test_the_callers_erlang_settings_do_not_reach_it(home: Home, monkeypatch: pytest.MonkeyPatch):
    server = prepared(home, ERL_FLAGS="-name x", RABBITMQ_NODENAME="rabbit@x", NOTIFY_SOCKET="/x").programs[1]
    assert "ERL_FLAGS" not in server.env
    assert "NOTIFY_SOCKET" not in server.env
    assert server.env["RABBITMQ_NODENAME"].startswith("gtm_")


def test_without_rabbitmq_one_line_says_what_to_install(home: Home, installed: Path, monkeypatch: pytest.MonkeyPatch):
    installed.unlink()
    monkeypatch.setattr(packages, "can_install", lambda: False)
    with pytest.raises(LauncherError) as caught:
        prepared(home)
    assert "apt-get install rabbitmq-server" in str(caught.value)
    assert "docker compose up" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("uri", "place"),
    [("amqp://u:hidden@host:5672/v", "host:5672"), ("amqps://u:hidden@host/v", "host"), ("nonsense", "?")],
)
def test_a_place_shows_no_password(uri: str, place: str):
    assert broker.place(uri) == place
