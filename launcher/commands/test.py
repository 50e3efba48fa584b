"""`./gtm test`: all tests, over a broker and a store of their own."""

import subprocess

import click

from launcher import testing, texts
from launcher.environments import ROOT

RAW = {"ignore_unknown_options": True, "allow_interspersed_args": False, "help_option_names": ["--help"]}


@click.command(help=texts.say("help-test"), context_settings=RAW)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[PYTEST ARGS]")
def test(arguments: tuple[str, ...]) -> int:
    """The exit code is that of pytest, of the script of the compose test, or of the soak."""
    if arguments[:1] == ("compose",):
        script = ROOT / "tests" / "compose" / "run.sh"
        return subprocess.run([str(script), *arguments[1:]], cwd=ROOT, check=False).returncode
    if arguments[:1] == ("soak",):
        return testing.soak(arguments[1:])
    if arguments[:1] == ("supply",):
        return testing.run(["tests/supply", *arguments[1:]])
    return testing.run(list(arguments))
