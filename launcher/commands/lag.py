"""`./gtm lag`: how far each service is behind, in words."""

import json
from typing import Any

import click
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from launcher import operating, progress, texts
from launcher.api_access import open_client

COLUMNS = ("service", "outbox", "queues", "retries", "parked")
UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


@click.command(help=texts.say("help-lag"))
@click.option("--json", "as_json", is_flag=True, help=texts.say("help-json"))
def lag(as_json: bool) -> int:
    """Exit with 0 if every service answered, 1 if not."""
    found = operating.lag(open_client())
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        Console(highlight=False).print(_table(found))
        if found["unavailable"] or any(_behind(one) for one in found["items"]):
            click.echo(texts.say("lag-explained"))
        else:
            click.echo(texts.say("lag-none"))
    for one in found["unavailable"]:
        progress.warn("service-unavailable", service=one["service"], reason=one["detail"])
    return 1 if found["unavailable"] else 0


def _behind(one: dict[str, Any]) -> int:
    """How many events have not arrived where they belong."""
    return int(one["outbox"]["waiting"] + one["parked"] + sum(one["queues"].values()) + sum(one["retries"].values()))


def _table(found: dict[str, Any]) -> Table:
    headings = [Column(texts.say(f"lag-{column}"), overflow="fold") for column in COLUMNS]
    table = Table(*headings, title=texts.say("lag-title"))
    for one in found["items"]:
        cells = (_outbox(one["outbox"]), _lines(one["queues"]), _ladder(one["retries"]), _count(one["parked"]))
        styles = ("yellow", "yellow", "yellow", "red")
        told = (Text(cell or "–", style=style if cell else "dim") for cell, style in zip(cells, styles, strict=True))
        table.add_row(Text(one["service"]), *told)
    for one in found["unavailable"]:  # the others see what waits for it, and no more
        waiting = Text(_lines(one["queues"]) or "–", style="yellow")
        table.add_row(Text(one["service"], style="red"), "?", waiting, "?", "?")
    return table


def _outbox(outbox: dict[str, Any]) -> str:
    if not outbox["waiting"]:
        return ""
    return texts.say("lag-since", count=outbox["waiting"], duration=_duration(outbox["oldest_seconds"]))


def _lines(queues: dict[str, int]) -> str:
    return "\n".join(f"{name}: {count}" for name, count in queues.items() if count)


def _ladder(retries: dict[str, int]) -> str:
    waiting = ((int(seconds), count) for seconds, count in retries.items() if count)
    return "\n".join(texts.say("lag-within", count=count, duration=_duration(seconds)) for seconds, count in waiting)


def _count(number: int) -> str:
    return str(number) if number else ""


def _duration(seconds: float) -> str:
    """In the largest unit that fits, rounded down."""
    size, unit = next(((size, unit) for size, unit in UNITS if seconds >= size), UNITS[-1])
    return f"{int(seconds // size)} {texts.say('lag-day') if unit == 'd' else unit}"
