"""`./gtm restore`: a node out of a backup file."""

from pathlib import Path

import click

from launcher import progress, texts, watching
from launcher.backup import restoring
from launcher.backup.contents import Manifest
from launcher.backup.storing import settings_of_node


@click.command(help=texts.say("help-restore"))
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--check", "only_check", is_flag=True, help=texts.say("help-restore-check"))
@click.option("--force", is_flag=True, help=texts.say("help-restore-force"))
@click.option("--mail-off", is_flag=True, help=texts.say("help-restore-mail-off"))
@click.option("--incarnation", type=click.IntRange(2), metavar="N", help=texts.say("help-restore-incarnation"))
def restore(file: Path, only_check: bool, force: bool, mail_off: bool, incarnation: int | None) -> int:
    """Exit with 0 once the node of the file is in GTM_HOME, whole."""
    with watching.stoppable():
        try:
            if only_check:
                _tell("restore-holds", restoring.check(file))
                return 0
            settings = settings_of_node()
            wishes = restoring.Wishes(force=force, incarnation=incarnation, mail_off=mail_off)
            done = restoring.restore(settings, file, wishes)
        except watching.ToldToStop:
            progress.tell("interrupted")
            return 130
    _tell("restore-done", done.manifest)
    if done.aside:
        click.echo(texts.say("restore-aside", folder=done.aside))
    click.echo(texts.say("restore-raised", incarnation=done.incarnation))
    if settings.amqp_uri:
        progress.warn("restore-broker")
    click.echo(texts.say("restore-next", command="./gtm up"))  # the home knows whose it is
    return 0


def _tell(code: str, manifest: Manifest) -> None:
    click.echo(texts.say(code, node=manifest.node, made_at=manifest.made_at, documents=manifest.documents))
