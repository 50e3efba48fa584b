"""`./gtm replay`: send the events of a service's log to a consumer's queue again, or rebuild the copies it keeps."""

import json

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from launcher import progress, texts
from launcher.api_access import open_client
from launcher.api_client import ApiClient
from launcher.operating import Replay
from launcher.settings import SERVICES


@click.command(help=texts.say("help-replay"))
@click.argument("service", type=click.Choice(SERVICES), metavar="SERVICE")
@click.option("--to", "queue", required=True, metavar="QUEUE", help=texts.say("help-replay-to"))
@click.option("--rebuild", metavar="NOUN", help=texts.say("help-replay-rebuild"))
@click.option("--subject", metavar="ID", help=texts.say("help-replay-subject"))
@click.option("--type", "type_", metavar="TYPE", help=texts.say("help-replay-type"))
@click.option("--json", "as_json", is_flag=True, help=texts.say("help-json"))
def replay(
    service: str, queue: str, rebuild: str | None, subject: str | None, type_: str | None, as_json: bool
) -> None:
    """Exit with 0 if all is sent, 1 if the node refused or did not answer."""
    if rebuild and (subject or type_):
        raise click.UsageError(texts.say("replay-rebuild-whole"))
    asked = Replay(service=service, queue=queue, rebuild=rebuild, subject=subject, type=type_)
    client = open_client()
    expected = asked.expected(client)
    forgotten = 0
    if rebuild:
        forgotten = asked.forget(client)
        progress.tell("replay-forgotten", count=forgotten, noun=rebuild)
    sent = _send(asked, client, expected)
    if as_json:
        click.echo(json.dumps({"expected": expected, "sent": sent, "forgotten": forgotten}))
    else:
        click.echo(texts.say("replay-sent", count=sent, queue=queue))


def _send(asked: Replay, client: ApiClient, expected: int) -> int:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    sent = 0
    with Progress(*columns, console=progress.console) as bars:
        bar = bars.add_task(texts.say("replay-sending"), total=expected)
        for count in asked.pages(client):
            sent += count
            bars.advance(bar, count)
    return sent
