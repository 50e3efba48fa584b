"""`./gtm backup`: the whole of the node in one file."""

from pathlib import Path

import click

from chassis.history.retention import Personal, PolicyError, read_policy
from launcher import progress, texts, watching
from launcher.backup import erasures, making
from launcher.backup.storing import settings_of_node
from launcher.settings import Settings


@click.command(help=texts.say("help-backup"))
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
def backup(file: Path) -> int:
    """Exit with 0 once the file is whole and was read back."""
    with watching.stoppable():
        try:
            settings = settings_of_node()
            path, manifest = making.make(settings, file)
        except watching.ToldToStop:
            progress.tell("interrupted")
            return 130
    size = f"{path.stat().st_size / 1_000_000:.1f}"
    click.echo(texts.say("backup-done", path=path, documents=manifest.documents, megabytes=size))
    progress.warn("backup-secret")
    days = kept_days(settings)
    for old in erasures.outlived(path, settings.node, days):
        progress.warn("backup-outlived", path=old, days=days)
    return 0


def kept_days(settings: Settings) -> int:
    """For how long the node's policy keeps backups; as without one where it is wrong, which its services tell."""
    path = Path(settings.environ.get("GTM_RETENTION") or settings.home.path / "retention.toml")
    try:
        return read_policy(path, {}).personal.backups
    except (PolicyError, OSError):
        return Personal().backups
