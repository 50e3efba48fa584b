"""`./gtm down`: stop the node."""

import click

from launcher import progress, stopping, texts, watching
from launcher.settings import home_of


@click.command(help=texts.say("help-down"))
def down() -> None:
    """Return once every process has ended."""
    with watching.unstoppable(), progress.step("down-stopping"):
        there = stopping.stop(home_of())
    progress.tell("down-done" if there else "down-nothing")
