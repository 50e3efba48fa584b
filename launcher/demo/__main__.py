"""`python -m launcher.demo`: load the demonstration into the node that the environment names, with a progress bar."""

import sys
from datetime import UTC, datetime

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from launcher import progress, texts
from launcher.api_access import open_client
from launcher.demo.load import Done, Step, load, steps
from launcher.demo.node import Node
from launcher.errors import LauncherError


def main() -> int:
    """Load what is missing; 0 when all of it is there, 1 when the node refused or did not answer."""
    try:
        done = _load()
    except LauncherError as error:
        progress.console.print(texts.say("demo-incomplete", reason=error), markup=False, style="red", soft_wrap=True)
        return error.exit_code
    progress.console.print(_report(done))
    return 0


def _load() -> list[Done]:
    node = Node(open_client(), datetime.now(UTC).date())
    plan = steps()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=progress.console) as bars:
        whole = bars.add_task(texts.say("demo-title"), total=sum(len(step.entries) for step in plan))

        def tell(step: Step) -> None:
            bars.update(whole, advance=1, description=texts.say(f"demo-{step.noun}"))

        return load(node, plan, tell)


def _report(done: list[Done]) -> Table:
    headings = [texts.say(f"demo-{column}") for column in ("title", "entries", "changed")]
    table = Table(*headings)
    for step in done:
        table.add_row(texts.say(f"demo-{step.noun}"), str(step.entries), str(step.changed))
    return table


if __name__ == "__main__":
    sys.exit(main())
