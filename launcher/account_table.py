"""Who may do what at the broker, as docs/security.md prints it: made of the table in chassis/broker/rights.py.

After a change: `python -c "from launcher import account_table as t; t.write()"`.
"""

import re

from chassis.broker.rights import NOTHING, Rights, table
from chassis.broker.topology import EVENTS, RPC
from chassis.process.settings import SERVICES
from launcher.environments import ROOT
from services.registry import queues_of

FILE = ROOT / "docs" / "security.md"
BEGIN, END = "<!-- accounts: made by launcher/account_table.py -->\n", "<!-- end of accounts -->\n"
HEADINGS = ("account", "makes, deletes", "writes to", "reads, binds to", "keys of events", "keys of calls")


def render() -> str:
    """The table, of a centre called `central`."""
    heard = [one for service in SERVICES for one in queues_of(service)]
    rows = [(f"`central.{who}`", *_row(rights)) for who, rights in table("central", SERVICES, heard).items()]
    lines = [HEADINGS, ("---",) * len(HEADINGS), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def write() -> None:
    """Put it into the page."""
    text = FILE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    FILE.write_text(before + BEGIN + render() + END + rest.split(END)[1], encoding="utf-8")


def _row(rights: Rights) -> tuple[str, ...]:
    if rights.tags:
        return ("everything", "everything", "everything", "any", "any, and all of the management interface")
    keys = (rights.topics.get(exchange.name, (NOTHING, NOTHING))[0] for exchange in (EVENTS, RPC))
    return tuple(_plain(one) for one in (rights.configure, rights.write, rights.read, *keys))


def _plain(pattern: str) -> str:
    """The alternatives of a pattern, as people write names."""
    if pattern == NOTHING:
        return "–"
    inner = pattern.removeprefix("^").removesuffix("$")
    whole = re.fullmatch(r"\((.*)\)", inner)
    names = whole[1].split("|") if whole and "(" not in whole[1] else [inner]
    plain = (re.sub(r"\[[^]]*\]\+", "…", name).replace("\\", "").replace("|", ", ") for name in names)
    return ", ".join(f"`{name}`" for name in plain)
