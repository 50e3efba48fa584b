"""`./gtm log`: how large the logs of events are, and taking out of them what the retention policy lets go."""

import json
from datetime import datetime
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table
from rich.text import Text

from launcher import logkeeping, progress, texts
from launcher.api_access import open_client
from launcher.api_client import ApiClient
from launcher.settings import SERVICES

COLUMNS = ("log-service", "log-rows", "log-size", "log-oldest", "log-policy", "log-last")
MEGABYTE = 1_000_000

as_json = click.option("--json", "as_json", is_flag=True, help=texts.say("help-json"))


@click.group(invoke_without_command=True, help=texts.say("help-log"))
@as_json
@click.pass_context
def log(context: click.Context, as_json: bool) -> int:
    """Exit with 0 when done, 1 if refused or if a service could not be asked."""
    return _status(as_json) if context.invoked_subcommand is None else 0


@log.command("status", help=texts.say("help-log-status"))
@as_json
def status(as_json: bool) -> int:
    """See `log`."""
    return _status(as_json)


@log.command("compact", help=texts.say("help-log-compact"))
@click.option("--service", type=click.Choice(SERVICES), help=texts.say("help-log-service"))
@click.option("--dry-run", is_flag=True, help=texts.say("help-log-dry-run"))
@as_json
def compact(service: str | None, dry_run: bool, as_json: bool) -> int:
    """One service after the other; what was removed is told, and written down in each service's database."""
    client = open_client()
    found = logkeeping.status(client)
    asked = [one for one in found["items"] if service in (None, one["service"])]
    reports = [_compact(client, one, dry_run) for one in asked]
    if as_json:
        click.echo(json.dumps({"items": reports, "unavailable": found["unavailable"]}, ensure_ascii=False, indent=2))
    else:
        for report in reports:
            _tell(report, dry_run)
    return _tell_away(found)


def _compact(client: ApiClient, one: dict[str, Any], dry_run: bool) -> dict[str, Any]:
    report = logkeeping.Report(one["service"])
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=progress.console) as bars:
        bar = bars.add_task(texts.say("log-compacting", service=one["service"]), total=one["rows"])
        for examined in logkeeping.compact(client, report, dry_run=dry_run):
            bars.advance(bar, examined)
    return report.told()


def _tell(report: dict[str, Any], dry_run: bool) -> None:
    code = "log-would-remove" if dry_run else "log-removed"
    nouns = ", ".join(f"{noun}: {count}" for noun, count in sorted(report["nouns"].items()))
    params = {name: report[name] for name in ("service", "examined", "removed", "run")}
    click.echo(texts.say(code, nouns=f" ({nouns})" if nouns else "", **params))


def _status(as_json: bool) -> int:
    found = logkeeping.status(open_client())
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        Console(highlight=False).print(_table(found["items"]))
    return _tell_away(found)


def _tell_away(found: dict[str, Any]) -> int:
    for one in found["unavailable"]:
        progress.warn("service-unavailable", service=one["service"], reason=one["detail"])
    return 1 if found["unavailable"] else 0


def _table(items: list[dict[str, Any]]) -> Table:
    headings = [Column(texts.say(name), overflow="fold") for name in COLUMNS]
    table = Table(*headings, title=texts.say("log-title"))
    for item in items:
        size = "?" if item["bytes"] is None else f"{item['bytes'] / MEGABYTE:.1f} MB"
        runs = item["compactions"]
        last = texts.say("log-run", day=_day(runs[0]["began"]), count=runs[0]["removed"]) if runs else "–"
        cells = (item["service"], str(item["rows"]), size, _day(item["oldest"]), _policy(item), last)
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _policy(item: dict[str, Any]) -> str:
    rules = [one for one in item["nouns"] if one["keep"] != "all"]
    if not rules:
        return texts.say("log-keep-all")
    return "\n".join(texts.say("log-keep-latest", noun=one["noun"], days=one["after_days"]) for one in rules)


def _day(instant: str | None) -> str:
    return datetime.fromisoformat(instant).astimezone().strftime("%Y-%m-%d") if instant else "–"
