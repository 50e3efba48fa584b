"""`./gtm logs`: what the processes wrote."""

import click

from launcher import following, texts
from launcher.programs import shown
from launcher.settings import SERVICES, home_of

NAMES = (*shown(SERVICES), "supervisor")


@click.command(help=texts.say("help-logs", names=", ".join(NAMES)))
@click.argument("service", required=False, type=click.Choice(NAMES), metavar="[SERVICE]")
@click.option("-f", "--follow", is_flag=True, help=texts.say("help-logs-follow"))
@click.option("-n", "--lines", default=50, show_default=True, type=click.IntRange(0), help=texts.say("help-logs-lines"))
def logs(service: str | None, follow: bool, lines: int) -> None:
    """The end of one log, or of all of them; with --follow what comes, until Ctrl-C."""
    names = [service] if service else list(NAMES)
    tails = [following.Tail(home_of().logs / f"{name}.log", name if len(names) > 1 else "") for name in names]
    for tail in tails:
        _print(tail.last(lines))
    try:
        while follow:
            news = [line for tail in tails for line in tail.news()]
            _print(news)
            if not news:
                following.pause()
    except KeyboardInterrupt:
        return


def _print(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)
