"""`./gtm status`: how the node stands."""

import json
from datetime import datetime

import click
from rich.console import Console
from rich.table import Table

from launcher import status as node_status
from launcher import texts
from launcher.settings import Settings

NOT_READY = 3  # as `systemctl status` answers for a unit that does not run
COLOURS = {"running": "green", "external": "cyan", "starting": "yellow", "stopping": "yellow", "stopped": "dim"}


@click.command(help=texts.say("help-status"))
@click.option("--json", "as_json", is_flag=True, help=texts.say("help-status-json"))
def status(as_json: bool) -> int:
    """Exit with 0 if the node is ready, 3 if not."""
    found = node_status.of(Settings.from_environment())
    if as_json:
        click.echo(json.dumps(found.for_machines(), indent=2))
    else:
        Console(highlight=False).print(_table(found))
    return 0 if found.ready else NOT_READY


def _table(found: node_status.NodeStatus) -> Table:
    title = texts.say("status-ready" if found.ready else "status-not-ready", node=found.node, address=found.address)
    table = Table(
        *(texts.say(f"status-{column}") for column in ("name", "pid", "state", "since", "deaths")), title=title
    )
    for row in found.processes:
        name, state = row["name"], row["state"]
        said = f"[{COLOURS.get(state, 'red')}]{texts.say('state-' + state)}[/]"
        table.add_row(name, str(row["pid"] or ""), said, _local(row["since"]), _deaths(found, name))
    return table


def _local(instant: str | None) -> str:
    """The time on this machine's clock."""
    return datetime.fromisoformat(instant).astimezone().strftime("%Y-%m-%d %H:%M:%S") if instant else ""


def _deaths(found: node_status.NodeStatus, name: str) -> str:
    deaths = found.deaths.get(name)
    if not deaths:
        return ""
    last = deaths[-1]
    return texts.say("status-died", count=len(deaths), what=last.what, when=last.when.partition(" ")[2])
