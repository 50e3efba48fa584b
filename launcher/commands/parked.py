"""`./gtm parked`: the messages that a service could not handle and set aside; look at them, retry them, let them go."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Column, Table
from rich.text import Text

from launcher import operating, progress, texts
from launcher.api_access import open_client
from launcher.api_client import ApiClient
from launcher.settings import SERVICES

COLUMNS = ("id", "service", "event", "reason", "attempts", "since")

of_service = click.option("--service", type=click.Choice(SERVICES), help=texts.say("help-parked-service"))
as_json = click.option("--json", "as_json", is_flag=True, help=texts.say("help-json"))
FILTERS = {"queue": "help-parked-queue", "type": "help-parked-type", "reason": "help-parked-reason"}
most_shown = click.option(
    "--most", type=click.IntRange(1), default=operating.AT_ONCE, show_default=True, help=texts.say("help-parked-most")
)


def which(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose among the messages."""
    for name, told in reversed(FILTERS.items()):
        command = click.option(f"--{name}", name, help=texts.say(told))(command)
    return command


@click.group(invoke_without_command=True, help=texts.say("help-parked"))
@of_service
@which
@most_shown
@as_json
@click.pass_context
def parked(context: click.Context, /, service: str | None, most: int, as_json: bool, **filters: str | None) -> int:
    """Exit with 0 when done, 1 if refused, if there is no such message, or if a service could not be asked."""
    return _list(service, most, as_json, filters) if context.invoked_subcommand is None else 0


@parked.command("list", help=texts.say("help-parked-list"))
@of_service
@which
@most_shown
@as_json
def list_parked(service: str | None, most: int, as_json: bool, **filters: str | None) -> int:
    """See `parked`."""
    return _list(service, most, as_json, filters)


@parked.command("show", help=texts.say("help-parked-show"))
@click.argument("id")
@of_service
@as_json
def show(id: str, service: str | None, as_json: bool) -> None:
    """Everything that is known of one."""
    message = operating.show_parked(open_client(), id, service)
    if as_json:
        click.echo(json.dumps(message, ensure_ascii=False, indent=2))
        return
    body, trace = message.pop("body", message.pop("body_base64", None)), message.pop("traceback", None)
    for name, value in message.items():
        click.echo(f"{name}: {'' if value is None else value}")
    for text in (trace, json.dumps(body, ensure_ascii=False, indent=2)):
        if text:
            click.echo(f"\n{text}")


@parked.command("replay", help=texts.say("help-parked-replay"))
@click.argument("id", required=False)
@click.option("--all", "everything", is_flag=True, help=texts.say("help-parked-replay-all"))
@of_service
@which
@as_json
def replay(id: str | None, everything: bool, service: str | None, as_json: bool, **filters: str | None) -> int:
    """One, or all that a queue is known for and that fit."""
    if (id is None) is not everything or (id is not None and any(filters.values())):
        raise click.UsageError(texts.say("parked-which"))
    client = open_client()
    if id is not None:
        holder = service or operating.holder(client, id)
        replayed, skipped, away = {holder: operating.replay_parked(client, id, holder)}, 0, 0
    else:
        replayed, skipped, away = _replay_all(client, service, filters)
    if as_json:
        click.echo(json.dumps({"replayed": replayed, "skipped": skipped}))
    else:
        click.echo(texts.say("parked-replayed", count=sum(replayed.values())))
    if skipped:
        progress.warn("parked-skipped", count=skipped)
    return 1 if skipped or away else 0


@parked.command("drop", help=texts.say("help-parked-drop"))
@click.argument("id")
@click.option("--reason", required=True, help=texts.say("help-parked-drop-reason"))
@of_service
@as_json
def drop(id: str, reason: str, service: str | None, as_json: bool) -> None:
    """For good; the text of the message and the reason stay in the service's database."""
    dropped = operating.drop_parked(open_client(), id, reason, service)
    click.echo(json.dumps(dropped, ensure_ascii=False, indent=2) if as_json else texts.say("parked-dropped", id=id))


def _replay_all(
    client: ApiClient, service: str | None, filters: dict[str, str | None]
) -> tuple[dict[str, int], int, int]:
    """Service → how many were given back; how many could not be; the exit code."""
    found = operating.parked(client, service, 1, **filters)
    replayed: dict[str, int] = {}
    skipped = 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=progress.console) as bars:
        bar = bars.add_task(texts.say("parked-replaying"), total=found["total"])
        for name in (name for name, total in found["totals"].items() if total):
            for done, refused in operating.replay_parked_pages(client, name, **filters):
                replayed[name] = replayed.get(name, 0) + done
                skipped += refused
                bars.advance(bar, done + refused)
    return {name: count for name, count in replayed.items() if count}, skipped, tell_away(found)


def _list(service: str | None, most: int, as_json: bool, filters: dict[str, str | None]) -> int:
    found = operating.parked(open_client(), service, most, **filters)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    elif found["items"]:
        Console(highlight=False).print(_table(found["items"], found["total"]))
        if found["next_cursor"]:
            click.echo(texts.say("parked-more", count=len(found["items"]), total=found["total"]))
        click.echo(texts.say("parked-what-now"))
    elif not found["unavailable"]:
        click.echo(texts.say("parked-none-such" if any(filters.values()) else "parked-none"))
    return tell_away(found)


def tell_away(found: dict[str, Any]) -> int:
    """Name the services that gave no answer; the exit code."""
    for one in found["unavailable"]:
        progress.warn("service-unavailable", service=one["service"], reason=one["detail"])
    return 1 if found["unavailable"] else 0


def _table(items: list[dict[str, Any]], total: int) -> Table:
    # An id that is broken into lines cannot be copied.
    headings = [Column(texts.say(f"parked-{name}"), overflow="fold", no_wrap=name == "id") for name in COLUMNS]
    table = Table(*headings, title=texts.say("parked-title", count=total))
    for item in items:
        event = _short(item["type"] or item["queue"] or "?")
        cells = (item["id"], item["service"], event, item["reason"], item["attempts"], _local(item["first_failed"]))
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in cells))
    return table


def _short(type: str) -> str:
    """A type as people say it: gtm.actors.institution.created.v1 is actors.institution.created."""
    words = type.split(".")
    return ".".join(words[1:4]) if words[0] == "gtm" and len(words) == 5 else type


def _local(instant: object) -> str:
    """The time on this machine's clock; as it is where a sender wrote something else there."""
    try:
        return datetime.fromisoformat(str(instant or "")).astimezone().strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return str(instant or "")
