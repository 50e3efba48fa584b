"""The command line of `./gtm`: finds a command by its module, and turns every error into one line and an exit code."""

import errno
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence

import click

from launcher import commands, progress, texts
from launcher.errors import LauncherError, ProcessFailedError
from launcher.settings import home_of

# What a person can mend: somebody else's folder, a disk that is full or read-only.
BEYOND_US = (errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EROFS)
HELP = {"help_option_names": ["-h", "--help"]}


class Commands(click.Group):
    """The modules of `launcher.commands`, each loaded only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the alphabet."""
        return sorted(found.name.replace("_", "-") for found in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        name = cmd_name.replace("-", "_")
        command = getattr(importlib.import_module(f"launcher.commands.{name}"), name)
        return command if isinstance(command, click.Command) else None


@click.command(cls=Commands, help=texts.say("help"), epilog=texts.say("help-epilog"), context_settings=HELP)
def gtm() -> None:
    """Take the name of a command; the text of the help is in messages.toml."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["help"]:
        given = [*given[1:], "--help"]
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr] # an old terminal must not end a command
    try:
        given = _named_node(given)
        _know_the_node(given)
        return int(gtm.main(given or ["--help"], prog_name="gtm", standalone_mode=False) or 0)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.Abort:
        progress.tell("interrupted")
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except LauncherError as error:
        return _told(error)
    except OSError as error:
        if error.errno not in BEYOND_US or not error.filename:
            raise
        return _told(LauncherError("file-trouble", path=error.filename, reason=error.strerror))


def _named_node(given: list[str]) -> list[str]:
    """`gtm --node NAME COMMAND` is GTM_NODE for this command; what is left of the words."""
    if given[:1] == ["--node"] and len(given) > 1:
        os.environ["GTM_NODE"] = given[1]
        return given[2:]
    if given and given[0].startswith("--node="):
        os.environ["GTM_NODE"] = given[0].partition("=")[2]
        return given[1:]
    return given


def _know_the_node(given: Sequence[str]) -> None:
    """Commands that speak to a node find it by GTM_HOME alone: the rest is as its last start was told."""
    if given[:1] in (["up"], ["test"], ["check"]):
        return
    for name, value in home_of().program("gateway").get("env", {}).items():
        if name.startswith("GTM_"):
            os.environ.setdefault(name, value)


def _told(error: LauncherError) -> int:
    if isinstance(error, ProcessFailedError):
        for line in error.lines:
            progress.console.print(f"  {line}", markup=False, style="dim", soft_wrap=True)
    progress.console.print(f"gtm: {error}", markup=False, style="red", soft_wrap=True)
    return error.exit_code
