"""`./gtm up`: start the node, or find it started, and say where it is."""

import os

import click

from launcher import demonstration, described, progress, startup, texts, watching
from launcher.settings import Settings


@click.command(help=texts.say("help-up"))
@click.option("--detach", is_flag=True, help=texts.say("help-up-detach"))
@click.option("--demo", is_flag=True, help=texts.say("help-up-demo"))
@click.option("--node", metavar="NAME", help=texts.say("help-up-node"))
def up(detach: bool, demo: bool, node: str | None) -> int:
    """Start; stay in the foreground unless told otherwise."""
    settings = Settings.from_environment({**os.environ, **({"GTM_NODE": node} if node else {})})
    described.check(settings, asked_for=node is not None)
    if demo:
        demonstration.check_fits(settings)
        demonstration.forbid_mail(settings.home)
    started = startup.Started()
    with watching.stoppable():
        try:
            startup.start(settings, started)
            if demo:
                demonstration.load(settings, started.password)
        except watching.ToldToStop:
            return 130
        finally:
            _tell_password(started.password)
        _tell_address(settings, started)
        if detach or started.again:
            return 0
        progress.tell("up-foreground")
        return watching.watch(settings.home)


def _tell_address(settings: Settings, started: startup.Started) -> None:
    # As the node was started, which may be another address than this call's environment gives.
    address = settings.home.record()["address"]
    click.echo(texts.say("up-already" if started.again else "up-ready", address=address))


def _tell_password(password: str | None) -> None:
    if password:
        click.echo(texts.say("up-password", password=password))
