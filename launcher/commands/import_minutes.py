"""`./gtm import-minutes`: give the node one compte-rendu, or a folder of old ones, and report on each file."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from launcher import progress, texts
from launcher.api_access import open_client
from launcher.api_errors import ApiError
from launcher.minutes_files import CREATED, MEDIA_TYPES, REFUSED, THERE, Outcome, Sending, in_folder, send_each

COLOURS = {CREATED: "green", THERE: "cyan", REFUSED: "red"}
NOT_UTF8 = "not-utf-8"  # the node's code for a text whose encoding nobody declared
COLUMNS = ("file", "result", "date", "warnings", "problem")

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FILE_OR_FOLDER = click.Path(exists=True, path_type=Path)


@click.command(help=texts.say("help-import-minutes"))
@click.argument("files", nargs=-1, type=FILE, metavar="FILE...")
@click.option(
    "--archive",
    "archives",
    multiple=True,
    type=FILE_OR_FOLDER,
    metavar="FOLDER",
    help=texts.say("help-import-minutes-archive"),
)
@click.option("--charset", metavar="NAME", help=texts.say("help-import-minutes-charset"))
@click.option("--json", "as_json", is_flag=True, help=texts.say("help-import-minutes-json"))
def import_minutes(files: tuple[Path, ...], archives: tuple[Path, ...], charset: str | None, as_json: bool) -> int:
    """Exit with 0 if every file is in, 1 if one was refused or could not be sent."""
    sendings = [Sending(path=path) for path in files]
    for given in archives:
        sendings += [Sending(path=path, archive=True) for path in (in_folder(given) if given.is_dir() else [given])]
    if not sendings:
        raise click.UsageError(texts.say("minutes-nothing", endings=", ".join(MEDIA_TYPES)))
    outcomes, broken = _send(sendings, charset)
    if as_json:
        click.echo(_for_machines(outcomes, len(sendings), broken))
    elif outcomes:
        Console(highlight=False).print(_for_people(outcomes))
        if charset is None and any(one.code == NOT_UTF8 for one in outcomes):
            progress.tell("minutes-charset")
    if broken is not None:
        progress.console.print(f"gtm: {broken}", markup=False, style="red", soft_wrap=True)
        progress.tell("minutes-not-sent", count=len(sendings) - len(outcomes))
    return 1 if broken is not None or any(one.result == REFUSED for one in outcomes) else 0


def _send(sendings: list[Sending], charset: str | None) -> tuple[list[Outcome], ApiError | None]:
    """What became of the files that were sent, and what kept the rest from being sent, if there is a rest."""
    outcomes: list[Outcome] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=progress.console) as bars:
        bar = bars.add_task(texts.say("minutes-sending"), total=len(sendings))
        try:
            for outcome in send_each(open_client(), sendings, charset=charset):
                outcomes.append(outcome)
                bars.advance(bar)
        except ApiError as error:
            return outcomes, error
    return outcomes, None


def _for_machines(outcomes: list[Outcome], asked: int, broken: ApiError | None) -> str:
    counts = Counter(outcome.result for outcome in outcomes)
    report = {
        "files": [asdict(outcome) for outcome in outcomes],
        **{result: counts[result] for result in (CREATED, THERE, REFUSED)},
        "not_sent": asked - len(outcomes),
        "reason": str(broken) if broken else None,
    }
    return json.dumps(report, ensure_ascii=False, indent=2)


def _for_people(outcomes: list[Outcome]) -> Table:
    headings = [Column(texts.say(f"minutes-{column}"), overflow="fold") for column in COLUMNS]
    table = Table(*headings, title=texts.say("minutes-title"), caption=_counts(outcomes))
    for one in outcomes:
        result = Text(texts.say(f"minutes-{one.result}"), style=COLOURS[one.result])
        warnings = "" if one.result == REFUSED else str(len(one.warnings))
        table.add_row(Text(one.file), result, one.date or "", warnings, Text(_problem(one)))
    return table


def _problem(outcome: Outcome) -> str:
    problem = outcome.problem or ""
    line = "" if outcome.line is None else texts.say("minutes-line", line=outcome.line)
    return f"{problem} ({line})" if line and line not in problem else problem


def _counts(outcomes: list[Outcome]) -> str:
    counts = Counter(outcome.result for outcome in outcomes)
    return texts.say("minutes-counts", **{result: counts[result] for result in (CREATED, THERE, REFUSED)})
