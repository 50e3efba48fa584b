"""Descriptions of nodes, `deploy/nodes/<id>.toml`: what a node is called, who owns it, what runs there, its centre.

A folder of them is the same on every node of a federation. Every mistake in a file is told in one line that names file
and key and says what would be right (docs/federation.md).
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from chassis.process.described import DescriptionError, Table
from chassis.process.settings import SERVICES

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "deploy" / "nodes"
FEDERATION: Final = "federation"
KNOWN: Final = tuple(dict.fromkeys((*SERVICES, FEDERATION)))
"""The services that a node can run, in the order in which they are listed."""

ID: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
RESERVED: Final = frozenset({"gtm", "public", "internal", "own", "others", "all", "guest", "gateway", *KNOWN})
"""Words that mean something else in a routing key, a queue's name or a broker's account."""

_REGION = re.compile(r"NE\d{3}")
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")
_ADDRESS = re.compile(rf"https?://({_HOST.pattern.removeprefix('(?=.{1,253}$)')})(:\d{{1,5}})?")
_BIND = re.compile(r"\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:]*")
PORTS_ABOVE: Final = 20  # a node's other ports lie within as many above its first


@dataclass(frozen=True, kw_only=True)
class Listen:
    """Where regions dial in: the name they use, which is in the certificate; the port; the address listened on."""

    host: str
    port: int | None = None
    bind: str = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """How long the certificates that a centre gives are valid, and how long before their end one is warned."""

    valid_days: int = 730
    warn_days: int = 30


@dataclass(frozen=True, kw_only=True)
class Link:
    """How a node speaks over its links."""

    heartbeat_seconds: int = 30


@dataclass(frozen=True, kw_only=True)
class NodeDescription:
    """A node as its file describes it. `hub`: the centre that it joins; None for a centre."""

    id: str
    name: Mapping[str, str]
    body: str
    services: tuple[str, ...]
    region: str | None = None
    hub: str | None = None
    address: str | None = None
    http_port: int = 8080
    listen: Listen | None = None
    certificates: Certificates = field(default_factory=Certificates)
    link: Link = field(default_factory=Link)

    @classmethod
    def undescribed(cls, id: str) -> "NodeDescription":
        """A node without a file: everything but links to others."""
        return cls(id=id, name={"fr": id, "en": id}, body=id, services=SERVICES)


def folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the descriptions are: GTM_NODES, else those of the checkout."""
    given = environ.get("GTM_NODES")
    return Path(given).expanduser().absolute() if given else FOLDER


def ids(folder: Path) -> list[str]:
    """The nodes that there is a file of."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load(folder: Path) -> dict[str, NodeDescription]:
    """All nodes by id, the centre first, each with a centre that is described. Raises: DescriptionError."""
    found = {id: read(folder / f"{id}.toml") for id in ids(folder)}
    for one in found.values():
        _check_hub(one, found, folder)
    return dict(sorted(found.items(), key=lambda item: (item[1].hub is not None, item[0])))


def one(folder: Path, id: str) -> NodeDescription | None:
    """The node of that id, its centre's file checked too; None if it has no file. Raises: DescriptionError."""
    path = folder / f"{id}.toml"
    if not ID.fullmatch(id) or not path.is_file():
        return None
    found = read(path)
    known = {found.id: found}
    if found.hub and (folder / f"{found.hub}.toml").is_file():
        known[found.hub] = read(folder / f"{found.hub}.toml")
    _check_hub(found, known, folder)
    return found


def read(path: Path) -> NodeDescription:
    """The node that a file describes. Raises: DescriptionError."""
    top = Table(path.name, _parsed(path))
    id = top.text("id", fits=ID, fault="node-id-form")
    if id in RESERVED:
        raise top.error("id", "node-id-reserved", given=id)
    if id != path.stem:
        raise top.error("id", "node-id-file", given=id, wanted=f"{id}.toml")
    name = top.table("name", required=True)
    made = NodeDescription(
        id=id,
        name={language: name.text(language) for language in ("fr", "en")},
        body=top.text("body"),
        services=_services(top),
        region=top.maybe("region", fits=_REGION, fault="node-region-form"),
        hub=top.maybe("hub", fits=ID, fault="node-id-form"),
        address=top.maybe("address", fits=_ADDRESS, fault="node-address-form"),
        http_port=top.whole("http_port", 1, 65535 - PORTS_ABOVE, 8080),
        listen=_listen(top),
        certificates=_certificates(top),
        link=_link(top),
    )
    name.no_more()
    top.no_more()
    return made


def installed(services: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the services whose code is in this checkout, in the usual order."""
    return tuple(name for name in KNOWN if name in services and _is_installed(name))


@cache
def _is_installed(name: str) -> bool:
    return (ROOT / "services" / name / "service.py").is_file()


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DescriptionError("node-unreadable-toml", file=path.name, key="", reason=str(error)) from error
    except OSError as error:
        raise DescriptionError("node-unreadable-file", file=path.name, key="", reason=error.strerror) from error


def _services(top: Table) -> tuple[str, ...]:
    given = top.take("services", required=True)
    fine = isinstance(given, list) and given and all(name in KNOWN for name in given) and len(set(given)) == len(given)
    if not fine:
        raise top.error("services", "node-services-form", known=", ".join(KNOWN))
    return tuple(name for name in KNOWN if name in given)


def _listen(top: Table) -> Listen | None:
    table = top.table("listen")
    if table is None:
        return None
    made = Listen(
        host=table.text("host", fits=_HOST, fault="node-host-form"),
        port=table.whole("port", 1, 65535, None),
        bind=table.maybe("bind", fits=_BIND, fault="node-bind-form") or Listen.bind,
    )
    table.no_more()
    return made


def _certificates(top: Table) -> Certificates:
    table = top.table("certificates") or Table(top.file, {})
    valid = table.whole("valid_days", 2, 3650, Certificates.valid_days)
    warn = table.whole("warn_days", 1, valid - 1, min(Certificates.warn_days, valid - 1))
    table.no_more()
    return Certificates(valid_days=valid, warn_days=warn)


def _link(top: Table) -> Link:
    table = top.table("link") or Table(top.file, {})
    made = Link(heartbeat_seconds=table.whole("heartbeat_seconds", 5, 86_400, Link.heartbeat_seconds))
    table.no_more()
    return made


def _check_hub(one: NodeDescription, known: Mapping[str, NodeDescription], folder: Path) -> None:
    """Raises: DescriptionError, unless its centre is another node that is described, is a centre and listens."""
    file = f"{one.id}.toml"
    if one.hub is None:
        return
    if one.listen is not None:
        raise DescriptionError("node-listen-centre", file=file, key="listen")
    hub = known.get(one.hub)
    if one.hub == one.id or hub is None:
        others = ", ".join(id for id in ids(folder) if id != one.id) or "–"
        raise DescriptionError("node-hub-unknown", file=file, key="hub", given=one.hub, known=others)
    if hub.hub is not None or hub.listen is None:
        raise DescriptionError("node-hub-no-centre", file=file, key="hub", given=one.hub, other=f"{one.hub}.toml")
