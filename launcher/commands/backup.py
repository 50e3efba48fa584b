"""`./gtm backup`: the whole of the node in one file."""

from pathlib import Path

import click

from launcher import progress, texts, watching
from launcher.backup import making
from launcher.backup.storing import settings_of_node


@click.command(help=texts.say("help-backup"))
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
def backup(file: Path) -> int:
    """Exit with 0 once the file is whole and was read back."""
    with watching.stoppable():
        try:
            path, manifest = making.make(settings_of_node(), file)
        except watching.ToldToStop:
            progress.tell("interrupted")
            return 130
    size = f"{path.stat().st_size / 1_000_000:.1f}"
    click.echo(texts.say("backup-done", path=path, documents=manifest.documents, megabytes=size))
    progress.warn("backup-secret")
    return 0
