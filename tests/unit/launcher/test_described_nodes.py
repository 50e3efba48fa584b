"""`gtm up --node`: which nodes may be started, in which home, and what is said."""

from pathlib import Path

import pytest

from launcher import cli, described, startup
from launcher.errors import LauncherError
from launcher.homes import Home
from launcher.settings import Settings


def settings(home: Home, node: str, **environ: str) -> Settings:
    return Settings.from_environment({"GTM_HOME": str(home.path), "GTM_NODE": node, **environ})


def test_a_typed_name_that_nothing_is_known_of_is_refused_with_the_known_ones(home: Home):
    with pytest.raises(LauncherError) as caught:
        described.check(settings(home, "agadz"), asked_for=True)
    assert "agadez, central, ins, tahoua, zinder" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_undescribed_node_of_the_environment_runs_and_it_is_said(home: Home, capsys: pytest.CaptureFixture[str]):
    described.check(settings(home, "essai"), asked_for=False)
    assert "« essai » n'a pas de description" in capsys.readouterr().err


def test_a_node_that_was_there_before_is_not_asked_for_a_description(home: Home, capsys: pytest.CaptureFixture[str]):
    home.belong_to("essai")
    described.check(settings(home, "essai"), asked_for=True)
    assert capsys.readouterr().err == ""


def test_a_mistake_in_another_nodes_file_is_told_and_stops_nothing(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "zinder.toml").write_text("id = 3\n", encoding="utf-8")
    described.check(settings(home, "essai", GTM_NODES=str(tmp_path)), asked_for=False)
    assert "zinder.toml" in capsys.readouterr().err


def test_a_home_of_another_node_is_refused_in_one_line(home: Home):
    home.belong_to("agadez")
    before = sorted(home.path.rglob("*"))
    with pytest.raises(LauncherError) as caught:
        startup.start(settings(home, "tahoua"), startup.Started())
    assert "agadez" in str(caught.value) and "tahoua" in str(caught.value) and "\n" not in str(caught.value)
    assert sorted(home.path.rglob("*")) == before


def test_the_node_may_be_named_before_any_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.delenv("GTM_HOME", raising=False)
    for words in (["--node", "nowhere"], ["--node=nowhere"]):
        monkeypatch.setenv("GTM_NODE", "central")
        assert cli.main([*words, "status", "--json"]) == 3
        assert '"node": "nowhere"' in capsys.readouterr().out


def test_the_demonstration_is_not_loaded_into_half_a_node(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("GTM_HOME", str(home.path))
    assert cli.main(["up", "--node", "ins", "--demo", "--detach"]) == 1
    assert "meetings" in capsys.readouterr().err
    assert not home.mail_off.exists()
