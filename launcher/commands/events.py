"""`./gtm events`: whether docs/events.md is what the contracts say; makes it anew."""

import click

from launcher import event_catalogue, pages, texts


@click.command(help=texts.say("help-events"))
@click.option("--write", is_flag=True, help=texts.say("help-page-write"))
def events(write: bool) -> int:
    """Exit with 0 if the page is up to date (now), 1 if not."""
    return pages.keep_current("events", event_catalogue.FILE, event_catalogue.render(), write)
