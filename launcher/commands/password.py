"""`./gtm password`: another password for the administrator, who has lost it."""

import click

from launcher import accounts, texts
from launcher.control import Supervisor
from launcher.errors import LauncherError
from launcher.settings import Settings


@click.command(help=texts.say("help-password"))
def password() -> None:
    """Set that of GTM_ADMIN_PASSWORD, or print a generated one, this once."""
    settings = Settings.from_environment()
    if Supervisor.of(settings.home) is None:
        raise LauncherError("not-up")
    given = settings.environ.get("GTM_ADMIN_PASSWORD")
    environ = settings.home.program("gateway")["env"] | ({"GTM_ADMIN_PASSWORD": given} if given else {})
    new = accounts.reset_admin(environ)
    click.echo(texts.say("up-password", password=new) if new else texts.say("password-set"))
