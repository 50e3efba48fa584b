"""`./gtm node`: the nodes that belong together; invite, join, look at the links, suspend, resume, remove, carry."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Column, Table
from rich.text import Text

from launcher import carrying, progress, texts
from launcher.api_access import open_client
from services.federation.contract.carrying import FILES_MOST

STATUS = ("node", "state", "heard", "lag", "waiting", "certificate")
MEMBERS = ("node", "name", "role", "state", "joined", "certificate")
OUTCOMES = ("service", "noun", "new", "known", "refused", "waiting", "elsewhere")
STYLES = {"up_to_date": "green", "catching_up": "yellow", "never_heard": "yellow", "invited": "dim", "removed": "dim"}

as_json = click.option("--json", "as_json", is_flag=True, help=texts.say("help-json"))
reason = click.option("--reason", required=True, help=texts.say("help-node-reason"))


@click.group(help=texts.say("help-node"))
def node() -> None:
    """Exit with 0 when done, 1 if the node refused or did not answer."""


@node.command("invite", help=texts.say("help-node-invite"))
@click.argument("node_name", metavar="NODE")
@click.option("--valid-hours", type=click.IntRange(1, 720), default=72, show_default=True)
@click.option("--replace", is_flag=True, help=texts.say("help-node-replace"))
@as_json
def invite(node_name: str, valid_hours: int, replace: bool, as_json: bool) -> None:
    """The token alone goes to standard output, so that it can be piped on."""
    asked = {"node": node_name, "valid_hours": valid_hours, "replace": replace}
    made = open_client().post("/federation/invitations", asked).body
    if as_json:
        _print(made)
        return
    click.echo(texts.say("node-invited", node=node_name, until=_local(made["expires"])), err=True)
    if not made["tls"]:
        click.echo(texts.say("node-invited-plain"), err=True)
    click.echo(made["invitation"])


@node.command("join", help=texts.say("help-node-join"))
@click.argument("invitation")
@click.option("--without-tls", is_flag=True, help=texts.say("help-node-without-tls"))
@as_json
def join(invitation: str, without_tls: bool, as_json: bool) -> None:
    """`-` reads it from standard input: what is on a command line others on this machine can see."""
    token = sys.stdin.read().strip() if invitation == "-" else invitation
    joined = open_client().post("/federation/join", {"invitation": token, "without_tls": without_tls}).body
    if as_json:
        _print(joined)
        return
    click.echo(texts.say("node-joined", hub=joined["hub"], place=f"{joined['host']}:{joined['port']}"))
    if joined["incarnation"] > 1:
        click.echo(texts.say("node-joined-life", incarnation=joined["incarnation"], hub=joined["hub"]))
    if not joined["tls"]:
        click.echo(texts.say("node-joined-plain"))


@node.command("list", help=texts.say("help-node-list"))
@as_json
def list_nodes(as_json: bool) -> None:
    """Every member, whatever its state."""
    found = list(open_client().pages("/federation/nodes"))
    if as_json:
        _print(found)
    elif found:
        rows = [
            (one["node"], (one["name"] or {}).get(texts.language()), texts.say(f"node-role-{one['role']}"),
             texts.say(f"node-state-{one['state']}"), _local(one["joined_at"]), _local(one["certificate_ends"]))
            for one in found
        ]  # fmt: skip
        Console(highlight=False).print(_table("node-list-title", MEMBERS, rows))
    else:
        click.echo(texts.say("node-none"))


@node.command("status", help=texts.say("help-node-status"))
@as_json
def status(as_json: bool) -> None:
    """How each link is, in words."""
    found = open_client().get("/federation/status")
    if as_json:
        _print(found)
        return
    if not found["links"]:
        click.echo(texts.say("node-alone"))
        return
    rows = [
        (one["name"] or one["node"], Text(one["text"], style=STYLES.get(one["state"], "red")),
         _local(one["last_heard"]), _seconds(one["lag_seconds"]), (one["waiting"] or {}).get("text"),
         _local(one["certificate_ends"]))
        for one in found["links"]
    ]  # fmt: skip
    Console(highlight=False).print(_table("node-status-title", STATUS, rows))
    for one in found["links"]:
        for warning in one["warnings"]:
            click.echo(f"! {warning['text']}")


@node.command("suspend", help=texts.say("help-node-suspend"))
@click.argument("node_name", metavar="NODE")
@reason
@as_json
def suspend(node_name: str, reason: str, as_json: bool) -> None:
    """Nothing is deleted: what is for the node waits."""
    _act("suspend", node_name, {"reason": reason}, as_json)


@node.command("resume", help=texts.say("help-node-resume"))
@click.argument("node_name", metavar="NODE")
@reason
@as_json
def resume(node_name: str, reason: str, as_json: bool) -> None:
    """The end of a suspension."""
    _act("resume", node_name, {"reason": reason}, as_json)


@node.command("remove", help=texts.say("help-node-remove"))
@click.argument("node_name", metavar="NODE")
@reason
@click.option("--force", is_flag=True, help=texts.say("help-node-force"))
@as_json
def remove(node_name: str, reason: str, force: bool, as_json: bool) -> None:
    """At the centre, the end of a membership; on a region, of its own."""
    _act("remove", node_name, {"reason": reason, "force": force}, as_json)


@node.command("export", help=texts.say("help-node-export"))
@click.option("--to", metavar="NODE", help=texts.say("help-node-export-to"))
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help=texts.say("help-node-export-since"))
@click.option("--all", "everything", is_flag=True, help=texts.say("help-node-export-all"))
@click.option(
    "--files",
    "files_mb",
    type=click.FloatRange(0, 1000),
    default=FILES_MOST / 2**20,
    show_default=True,
    metavar="MB",
    help=texts.say("help-node-export-files"),
)
@click.option("--no-files", "files_mb", flag_value=0.0, help=texts.say("help-node-export-no-files"))
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@as_json
def export_events(
    to: str | None, since: datetime | None, everything: bool, files_mb: float, file: Path, as_json: bool
) -> None:
    """The file is there whole, or not at all."""
    since_when = since.astimezone().isoformat() if since else None
    most = int(files_mb * 2**20)
    wanted = {"to": to, "since": since_when, "everything": everything, "files_most": most}
    with progress.step("carried-exporting", to=to or "…") as detail:
        made = carrying.export(open_client(), wanted, file, lambda size: detail(_size(size)))
    if as_json:
        told = {"file": str(made.path), "bytes": made.size, "to": made.to, "since": made.since, "events": made.events}
        _print(told | {"files": made.files, "left_out": made.left_out})
        return
    events = made.count
    click.echo(texts.say("carried-exported", path=made.path, events=events, size=_size(made.size), to=made.to))
    if made.since:
        click.echo(texts.say("carried-exported-since", since=_local(made.since), to=made.to))
    if made.files:
        click.echo(texts.say("carried-exported-files", files=made.files))
    if made.left_out["files"]:
        left, largest = made.left_out["files"], _size(made.left_out["largest"])
        click.echo(f"! {texts.say('carried-left-out', files=left, largest=largest, most=_size(most))}")
    last = "carried-exported-next" if events or made.files else "carried-nothing"
    click.echo(texts.say(last, to=made.to, name=made.path.name))


@node.command("import", help=texts.say("help-node-import"))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE")
@as_json
def import_events(file: Path, as_json: bool) -> None:
    """Exit with 0 also when some events were refused by a service: they are parked, and told."""
    report: dict[str, Any] = {}
    with Progress(console=progress.console, transient=True) as moving:
        step = moving.add_task(texts.say("carried-checking"), total=None)
        for line in carrying.take_in(open_client(), file):
            report = line.get("report") or report
            if line.get("phase"):
                label = texts.say(f"carried-{line['phase']}")
                moving.update(step, description=label, completed=line["done"], total=line["of"])
    if as_json:
        _print(report)
    else:
        _tell_import(report)


def _tell_import(report: dict[str, Any]) -> None:
    rows = [tuple(str(one[name]) for name in OUTCOMES) for one in report["outcomes"]]
    if rows:
        columns = (Column(texts.say(f"carried-column-{one}"), overflow="fold") for one in OUTCOMES)
        title = texts.say("carried-report-title", sender=report["sender"], made_at=_local(report["made_at"]))
        table = Table(*columns, title=title)
        for row in rows:
            table.add_row(*row)
        Console(highlight=False).print(table)
    sums = {name: sum(one[name] for one in report["outcomes"]) for name in OUTCOMES[2:]}
    click.echo(texts.say("carried-summary", **sums))
    files = report["files"]
    if any(files.values()):
        click.echo(texts.say("carried-files-summary", **files))
    if report["took"]["events"]:
        click.echo(texts.say("carried-took", **report["took"]))
    if report["before"]:
        click.echo(texts.say("carried-before", before=report["before"]))
    for name in ("refused", "waiting"):
        if sums[name]:
            click.echo(f"! {texts.say(f'carried-{name}', **sums)}")
    if report["certificate_ended"]:
        click.echo(f"! {texts.say('carried-certificate-ended', sender=report['sender'])}")


def _act(act: str, node_name: str, body: dict[str, Any], as_json: bool) -> None:
    record = open_client().post(f"/federation/nodes/{node_name}/{act}", body).body
    if as_json:
        _print(record)
    else:
        click.echo(texts.say(f"node-done-{act}", node=node_name))


def _print(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _table(title: str, names: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Table:
    table = Table(*(Column(texts.say(f"node-column-{one}"), overflow="fold") for one in names), title=texts.say(title))
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(str(cell or "–")) for cell in row))
    return table


def _local(instant: str | None) -> str:
    """On this machine's clock."""
    return datetime.fromisoformat(instant).astimezone().strftime("%Y-%m-%d %H:%M") if instant else ""


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.1f} s"


def _size(size: int) -> str:
    """In the unit that suits it."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.0f} kB"
