"""The lists of what was erased (chassis/process/erasures.py): kept beside a backup, and brought into what is restored.

A backup is of one moment and is never changed: who was erased since is on the lists alone. They hold no name.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chassis.process.erasures import FOLDER, append, lines_of


def beside(backup: Path, node: str) -> Path:
    """The folder of the lists that belong to the backups of a node in one place."""
    return backup.absolute().parent / f"gtm-{node}"


def put_beside(home: Path, backup: Path, node: str) -> None:
    """Add what the node has erased until now to the lists beside its backups, older ones too."""
    _merge(beside(backup, node), (home,))


def bring(home: Path, sources: Iterable[Path]) -> None:
    """Give a restored node all that is known to be erased: at its start it is erased again."""
    _merge(home, sources)


def outlived(backup: Path, node: str, days: int) -> list[Path]:
    """The node's backups in that place that are older than its policy says: they hold what was erased since."""
    limit = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    return [one for one in sorted(backup.absolute().parent.glob(f"gtm-{node}-*.backup")) if one.stat().st_mtime < limit]


def _merge(target: Path, sources: Iterable[Path]) -> None:
    for source in sources:
        for path in sorted((source / FOLDER).glob("*.jsonl")):
            kept = target / FOLDER / path.name
            known = {one["record"] for one in lines_of(kept)}
            new = [one for one in lines_of(path) if one["record"] not in known]
            if new:
                append(kept, new)
