"""`./gtm events`: whether docs/events.md is what the contracts say; makes it anew."""

import click

from launcher import event_catalogue, progress, texts


@click.command(help=texts.say("help-events"))
@click.option("--write", is_flag=True, help=texts.say("help-events-write"))
def events(write: bool) -> int:
    """Exit with 0 if the page is up to date (now), 1 if not."""
    page, file = event_catalogue.render(), event_catalogue.FILE
    if file.exists() and file.read_text(encoding="utf-8") == page:
        progress.tell("events-current", path=file)
        return 0
    if not write:
        progress.warn("events-stale", path=file)
        return 1
    file.write_text(page, encoding="utf-8")
    progress.tell("events-written", path=file)
    return 0
