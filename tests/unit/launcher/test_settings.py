"""Ports follow from GTM_HTTP_PORT and stay within 20 above it; a wrong value is refused by the name of its variable."""

from pathlib import Path

import pytest

from chassis.federation import nodes
from launcher.environments import ROOT
from launcher.errors import SettingError
from launcher.homes import Home
from launcher.settings import PORTS, Settings, home_of

ALL = "0.0.0.0"  # noqa: S104 (nothing is bound)


def test_all_ports_lie_within_twenty_above_the_first():
    ports = Settings.from_environment({"GTM_HTTP_PORT": "9000"}).ports
    assert ports["http"] == 9000
    assert len(set(ports.values())) == len(PORTS)
    assert all(9000 <= port <= 9020 for port in ports.values())


def test_each_port_can_be_set():
    for number, (name, (_, variable)) in enumerate(PORTS.items()):
        assert Settings.from_environment({variable: str(20000 + number)}).ports[name] == 20000 + number


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("GTM_HTTP_PORT", "http"),
        ("GTM_HTTP_PORT", "0"),
        ("GTM_HTTP_PORT", "65530"),
        ("GTM_STORE_PORT", "70000"),
        ("GTM_START_SECONDS", "-1"),
        ("GTM_NODE", "Agadez"),
        ("GTM_NODE", "tillabéri"),
        ("GTM_NODE", "../x"),
    ],
)
def test_a_wrong_value_is_refused_by_name(variable: str, value: str):
    with pytest.raises(SettingError) as caught:
        Settings.from_environment({variable: value})
    assert variable in str(caught.value)
    assert value in str(caught.value)
    assert caught.value.exit_code == 2


def test_home_is_seen_from_where_the_command_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environment({"GTM_HOME": "node"}).home.path == tmp_path / "node"
    assert Settings.from_environment({}).home.path == ROOT / "var"


def test_a_gateway_for_all_addresses_is_asked_on_this_machine():
    settings = Settings.from_environment({"GTM_HTTP_HOST": ALL, "GTM_PUBLIC_URL": "https://gtm.example/"})
    assert settings.gateway_address == "http://127.0.0.1:8080"
    assert settings.public_url == "https://gtm.example"


def test_the_settings_show_no_password():
    uri = {"GTM_AMQP_URI": "amqp://u:hidden@h/v", "GTM_MONGO_URI": "mongodb://u:hidden@h/"}
    assert "hidden" not in repr(Settings.from_environment(uri))


def test_a_node_has_the_ports_and_address_of_its_description():
    agadez = Settings.from_environment({"GTM_NODE": "agadez"})
    assert (agadez.ports["http"], agadez.ports["notifications"], agadez.public_url) == (
        8100,
        8114,
        "http://127.0.0.1:8100",
    )
    moved = Settings.from_environment({"GTM_NODE": "central", "GTM_HTTP_PORT": "9000"})
    assert (moved.ports["link"], moved.public_url) == (9008, "http://127.0.0.1:9000")


def test_described_nodes_stand_side_by_side():
    taken: dict[int, str] = {}
    for id in nodes.ids(nodes.FOLDER):
        for port in Settings.from_environment({"GTM_NODE": id}).ports.values():
            assert taken.setdefault(port, id) == id


def test_services_can_be_chosen_and_wrong_ones_are_refused():
    assert Settings.from_environment({"GTM_SERVICES": "indicators actors"}).services == ("actors", "indicators")
    with pytest.raises(SettingError, match="reunions"):
        Settings.from_environment({"GTM_SERVICES": "actors reunions"})


def test_a_node_without_a_description_runs_all_that_needs_no_links():
    alone = Settings.from_environment({"GTM_NODE": "nowhere"})
    assert alone.services == ("actors", "meetings", "indicators", "notifications")
    assert (alone.description, alone.ports["http"]) == (None, 8080)


def test_a_mistake_in_the_description_is_told_by_file_and_key(tmp_path: Path):
    (tmp_path / "agadez.toml").write_text('id = "agadez"\n', encoding="utf-8")
    with pytest.raises(SettingError) as caught:
        Settings.from_environment({"GTM_NODE": "agadez", "GTM_NODES": str(tmp_path)})
    assert "agadez.toml" in str(caught.value) and "name" in str(caught.value)


def test_another_node_has_a_home_of_its_own_beside_the_centres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("launcher.settings.ROOT", tmp_path)
    assert home_of({}).path == home_of({"GTM_NODE": "central"}).path == tmp_path / "var"
    assert home_of({"GTM_NODE": "agadez"}).path == tmp_path / "var" / "nodes" / "agadez"
    assert home_of({"GTM_NODE": "agadez", "GTM_HOME": str(tmp_path)}).path == tmp_path
    (tmp_path / "var").mkdir()
    Home(tmp_path / "var").belong_to("agadez")  # as a node of before there were homes by name
    assert home_of({"GTM_NODE": "agadez"}).path == tmp_path / "var"


def test_a_home_knows_its_node(tmp_path: Path):
    home = Home(tmp_path)
    assert home.node is None
    home.belong_to("ins")
    assert Settings.from_environment({"GTM_HOME": str(tmp_path)}).node == "ins"
    assert Settings.from_environment({"GTM_HOME": str(tmp_path)}).ports["http"] == 8160
