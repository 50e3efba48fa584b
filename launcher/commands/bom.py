"""`./gtm bom FILE`: the bill of materials, in CycloneDX."""

import sys
from pathlib import Path

import click

from launcher import bom as bill
from launcher import progress, texts


@click.command(help=texts.say("help-bom"))
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
def bom(file: Path) -> int:
    """Write it; `-` is the standard output."""
    content = bill.render()
    if str(file) == "-":
        sys.stdout.buffer.write(content)
        return 0
    file.write_bytes(content)
    progress.tell("page-written", path=file)
    return 0
