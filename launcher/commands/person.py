"""`./gtm person`: give somebody all that the node holds on them, or erase it; by id of a focal point or account."""

import json

import click

from chassis.kernel.erasure import REASONS
from launcher import progress, texts
from launcher.api_access import open_client
from launcher.api_client import ApiClient
from launcher.api_errors import ApiProblemError
from launcher.errors import LauncherError

KINDS = {"focal-points": "person-focal-points", "accounts": "person-accounts"}


@click.group(help=texts.say("help-person"))
def person() -> None:
    """Exit with 0 when done, 1 if refused or if nobody has that id."""


@person.command("export", help=texts.say("help-person-export"))
@click.argument("id")
def export(id: str) -> int:
    """JSON on standard output; 1 where a service did not answer."""
    client = open_client()
    held = client.get(f"/{_kind(client, id)}/{id}/data")
    click.echo(json.dumps(held, ensure_ascii=False, indent=2))
    for service in held["unavailable"]:
        progress.warn("person-incomplete", service=service)
    return 0 if held["complete"] else 1


@person.command("erase", help=texts.say("help-person-erase"))
@click.argument("id")
@click.option("--reason", type=click.Choice(REASONS), default=REASONS[0], help=texts.say("help-person-reason"))
@click.option("--yes", is_flag=True, help=texts.say("help-person-yes"))
def erase(id: str, reason: str, yes: bool) -> int:
    """Asks before; of an account also the focal point that it is linked to, which is named first."""
    client = open_client()
    wanted = [(_kind(client, id), id)]
    if wanted[0][0] == "accounts":
        linked = client.get(f"/accounts/{id}")["focal_point_id"]
        wanted += [("focal-points", linked)] if linked else []
    for kind, one in wanted:
        click.echo(texts.say(KINDS[kind], id=one))
    if not yes:
        click.confirm(texts.say("person-sure"), abort=True)
    for kind, one in wanted:
        client.post(f"/{kind}/{one}/erase", {"reason": reason})
        click.echo(texts.say("person-erased", id=one))
    progress.warn("person-backups")
    return 0


def _kind(client: ApiClient, id: str) -> str:
    """What the id is of. Raises: LauncherError person-unknown."""
    for kind in KINDS:
        try:
            client.get(f"/{kind}/{id}")
        except ApiProblemError as error:
            if error.status != 404:
                raise
        else:
            return kind
    raise LauncherError("person-unknown", id=id)
