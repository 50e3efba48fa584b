"""Progress of a backup or a restore: a bar on a terminal, one line elsewhere."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.progress import DownloadColumn as SizeColumn

from launcher import progress, texts

Passed = Callable[[int], None]


@contextlib.contextmanager
def of_documents(code: str, total: int) -> Iterator[Passed]:
    """A bar that counts; is told how many more there are each time."""
    with _bar(code, total, MofNCompleteColumn()) as (bars, bar):
        yield lambda more: bars.advance(bar, more)


@contextlib.contextmanager
def of_bytes(code: str, path: Path) -> Iterator[Passed]:
    """A bar over the size of a file; is told each time how far it was read."""
    size = path.stat().st_size
    with _bar(code, size, SizeColumn()) as (bars, bar):
        yield lambda so_far: bars.update(bar, completed=so_far)
        bars.update(bar, completed=size)


@contextlib.contextmanager
def _bar(code: str, total: int, column: ProgressColumn) -> Iterator[tuple[Progress, TaskID]]:
    label = texts.say(code)
    columns = (TextColumn("{task.description}"), BarColumn(), column, TimeElapsedColumn())
    with Progress(*columns, console=progress.console) as bars:
        yield bars, bars.add_task(label, total=total)
