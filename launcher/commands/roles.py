"""`./gtm roles`: whether docs/roles.md is what the policy says; makes it anew."""

import click

from launcher import pages, texts
from launcher import roles as table


@click.command(help=texts.say("help-roles"))
@click.option("--write", is_flag=True, help=texts.say("help-page-write"))
def roles(write: bool) -> int:
    """Exit with 0 if the page is up to date (now), 1 if not."""
    return pages.keep_current("roles", table.FILE, table.render(), write)
