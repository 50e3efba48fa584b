"""docs/events.md is what `./gtm events --write` makes of the contracts."""

import re
from pathlib import Path

import pytest

from launcher import cli, event_catalogue
from launcher.environments import ROOT
from services.registry import every_event

PAGE = event_catalogue.render()


def test_the_page_is_what_the_contracts_say() -> None:
    assert event_catalogue.FILE.read_text(encoding="utf-8") == PAGE, "run: ./gtm events --write"


@pytest.mark.parametrize("name", sorted(every_event()))
def test_each_event_has_its_line_and_its_sample(name: str) -> None:
    event = every_event()[name]
    line = next(line for line in PAGE.splitlines() if line.startswith(f"| [`{name}`]"))
    assert event.about in line
    assert f"`{event.routing_key('*', '*')}`" in line
    assert f"<details><summary><code>{name}</code></summary>" in PAGE


def test_the_page_tells_who_listens() -> None:
    line = next(line for line in PAGE.splitlines() if line.startswith("| [`gtm.actors.group.changed.v1`]"))
    assert "`meetings.on_group`, `notifications.on_group`" in line


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", PAGE):
        if target.startswith("#"):
            assert f'<a id="{target[1:]}"></a>' in PAGE
        else:
            assert (ROOT / "docs" / target).resolve().is_file(), target


def test_the_summary_is_french() -> None:
    assert PAGE.index("**En bref.**") < PAGE.index("## What every event says")


def test_the_command_checks_and_with_write_makes_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GTM_HOME", str(tmp_path / "never"))
    monkeypatch.setattr(event_catalogue, "FILE", tmp_path / "events.md")
    assert cli.main(["events"]) == 1
    assert cli.main(["events", "--write"]) == 0
    assert event_catalogue.FILE.read_text(encoding="utf-8") == PAGE
    assert cli.main(["events"]) == 0
