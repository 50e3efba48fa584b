"""`./gtm keys`: the key by which the node signs who may do what."""

from datetime import datetime

import click

from launcher import accounts, texts
from launcher.settings import Settings


@click.group(help=texts.say("help-keys"))
def keys() -> None:
    """Exit with 0 when done, 1 if it could not be done."""


@keys.command("rotate", help=texts.say("help-keys-rotate"))
@click.option("--now", is_flag=True, help=texts.say("help-keys-now"))
def rotate(now: bool) -> None:
    """Works on a running node and on one that is down: the processes see the files change."""
    made = accounts.rotate_key(Settings.from_environment(), at_once=now)
    until = made["before_counts_until"]
    if until is None:
        click.echo(texts.say("keys-rotated-now", key=made["key"]))
        return
    local = datetime.fromtimestamp(until).astimezone().strftime("%Y-%m-%d %H:%M")
    click.echo(texts.say("keys-rotated", key=made["key"], until=local))
