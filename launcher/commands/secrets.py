"""`./gtm secrets`: the passwords by which the node's processes enter its broker and its store."""

import click

from launcher import progress, rotation, texts, watching
from launcher.backup.storing import settings_of_node


@click.group(help=texts.say("help-secrets"))
def secrets() -> None:
    """Exit with 0 when done, 1 if it could not be done."""


@secrets.command("rotate", help=texts.say("help-secrets-rotate"))
@click.argument("kind", type=click.Choice([*rotation.KINDS, "all"]), default="all")
def rotate(kind: str) -> int:
    """Works on a running node, a process after the other, and on one that is down."""
    with watching.stoppable():
        try:
            kinds = rotation.KINDS if kind == "all" else (kind,)
            started = rotation.rotate(settings_of_node(), kinds)
        except watching.ToldToStop:
            progress.warn("secrets-interrupted")
            return 130
    click.echo(texts.say("secrets-rotated" if started else "secrets-rotated-down", names=", ".join(started)))
    return 0
