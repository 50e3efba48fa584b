"""Says what a long command is doing: a moving line on a terminal, plain lines elsewhere. On standard error."""

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.status import Status

from launcher import texts

console = Console(stderr=True, highlight=False)


@contextlib.contextmanager
def step(code: str, **params: object) -> Iterator[Callable[[str], None]]:
    """A step that takes a while; it is told with its duration when it is done. Gives a way to add a detail."""
    label = texts.say(code, **params)
    started = time.monotonic()
    with _moving(label) as detail:
        yield detail
    console.print(f"[green]✓[/] {label} ({_seconds(time.monotonic() - started)})")


def tell(code: str, **params: object) -> None:
    """One line, at once."""
    console.print(texts.say(code, **params), markup=False, soft_wrap=True)


def warn(code: str, **params: object) -> None:
    """One line that should not be missed."""
    console.print(texts.say(code, **params), markup=False, style="yellow", soft_wrap=True)


@contextlib.contextmanager
def _moving(label: str) -> Iterator[Callable[[str], None]]:
    if not console.is_terminal:
        console.print(f"{label}…", markup=False, soft_wrap=True)
        yield lambda _: None
        return
    with Status(label, console=console) as status:
        yield lambda detail: status.update(f"{label} {detail}")


def _seconds(duration: float) -> str:
    text = f"{duration:.1f} s"
    return text.replace(".", ",") if texts.language() == "fr" else text
