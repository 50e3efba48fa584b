"""Ports follow from GTM_HTTP_PORT and stay within 20 above it; a wrong value is refused by the name of its variable."""

from pathlib import Path

import pytest

from launcher.environments import ROOT
from launcher.errors import SettingError
from launcher.settings import PORTS, Settings

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
