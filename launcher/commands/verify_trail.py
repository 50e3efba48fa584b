"""`./gtm verify-trail`: whether every change that was made is still told, and is told as it was."""

import json
from datetime import datetime

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from launcher import logkeeping, progress, texts
from launcher.api_access import open_client
from launcher.api_client import ApiClient
from launcher.errors import LauncherError
from launcher.logkeeping import Verified
from launcher.settings import SERVICES

TRAILS = (*SERVICES, "gateway")


@click.command("verify-trail", help=texts.say("help-verify-trail"))
@click.argument("services", nargs=-1, metavar="[SERVICE]…", type=click.Choice(TRAILS))
@click.option("--since", metavar="DATE", help=texts.say("help-verify-since"))
@click.option("--json", "as_json", is_flag=True, help=texts.say("help-json"))
def verify_trail(services: tuple[str, ...], since: str | None, as_json: bool) -> int:
    """Exit with 0 if all holds, 1 if anything does not or a service could not be asked."""
    moment = _moment(since)
    client = open_client()
    known = (*logkeeping.services(client), "gateway")
    reports = [_verify(client, one, moment) for one in known if not services or one in services]
    if as_json:
        click.echo(json.dumps({"items": [vars(one) for one in reports]}, ensure_ascii=False, indent=2))
    else:
        for report in reports:
            _tell(report)
    return 1 if any(one.faults or one.away for one in reports) else 0


def _verify(client: ApiClient, service: str, since: str | None) -> Verified:
    report = Verified(service)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=progress.console) as bars:
        bar = bars.add_task(texts.say("trail-verifying", service=service), total=None)
        for checked in logkeeping.verify(client, report, since):
            bars.update(bar, total=max(report.total, report.checked), advance=checked)
        bars.update(bar, total=report.checked)
    return report


def _tell(report: Verified) -> None:
    for fault in report.faults:
        code, told = fault["code"], {name: value for name, value in fault.items() if name != "code"}
        missing = dict.fromkeys(("subject", "type", "version", "time"), "–")
        code += "-of" if told.get("of") else ""  # another node keeps it
        click.echo(texts.say(f"trail-{code}", **{**missing, **told, "service": report.service}))
    for kind, count in sorted(report.explained.items()):
        click.echo(texts.say(f"trail-explained-{kind}", service=report.service, count=count))
    if report.away:
        progress.warn("service-unavailable", service=report.service, reason=report.away)
    else:
        code = "trail-wrong" if report.faults else "trail-holds"
        head = report.head or {"n": 0, "sha256": "–"}
        counts = {"count": len(report.faults), "checked": report.checked}
        click.echo(texts.say(code, service=report.service, **counts, n=head["n"], sha256=head["sha256"]))


def _moment(given: str | None) -> str | None:
    """An instant, or the beginning of a day, here."""
    if given is None:
        return None
    try:
        return datetime.fromisoformat(given).astimezone().isoformat()
    except (ValueError, OverflowError) as error:
        raise LauncherError("verify-since", given=given) from error
