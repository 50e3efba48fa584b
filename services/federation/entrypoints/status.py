"""How the links are: for people in words, for Prometheus in gauges."""

from contextlib import suppress
from datetime import datetime
from typing import Any

from chassis.contract.schema import load
from chassis.kernel.clock import now
from chassis.kernel.errors import UnavailableError
from chassis.process import metrics
from chassis.service import rpc
from services.federation.contract import wording
from services.federation.contract.commands import StatusQuery
from services.federation.contract.records import HeardNodesSchema, StatusSchema
from services.federation.domain.link import Signs, describe, seconds_between, why_outside
from services.federation.domain.node import Node
from services.federation.entrypoints.parts import Federating, Parts

TOLD_SECONDS = 24 * 3600  # that a warning is shown after the last time it came up
CERTIFICATE_SECONDS = 45 * 24 * 3600
GAUGES = ("outbox_waiting", "parked", "refused", "disk_free", "link_waiting")


class StatusEntrypoints(Federating):
    """For whoever has signed in: the state of a link is no secret among members; of nodes alone, for everybody."""

    @rpc
    def heard(self, payload: Any) -> Any:
        """{node, nodes}: how each other node is and when it was last heard, beside whatever is shown of its records."""
        self.asking()
        load(StatusQuery(), payload or {})
        parts, link = self.parts, self.parts.files.link()
        nodes = [_heard(parts, one, link) for one in _others(parts, link)]
        return dict(HeardNodesSchema().dump({"node": parts.settings.node, "nodes": nodes}))

    @rpc
    def status(self, payload: Any) -> Any:
        """{node, hub, links}: of each other node, one line."""
        caller = self.asking()
        load(StatusQuery(), payload or {})
        parts, language = self.parts, caller.language
        link = parts.files.link()
        links = [_told(parts, one, link, language) for one in _others(parts, link)]
        own = {"node": parts.settings.node, "name": parts.settings.name[language], "hub": parts.settings.hub}
        return dict(StatusSchema().dump({**own, "links": links}))


def _others(parts: Parts, link: dict[str, Any]) -> list[dict[str, Any]]:
    """{node, name, state, certificate_ends, direct} of each other node that is known."""
    hub, own = parts.settings.hub, parts.settings.node
    if hub is not None and not link:
        return []  # what it still knows of a centre that it left, or has not joined, is no link
    known: dict[str, Node] = {one.node: one for one in parts.nodes.every() if one.node != own}
    found = [_of_node(one, direct=hub is None or name == hub) for name, one in known.items()]
    if link and hub not in known:
        # Joined, and its own entry has not come over yet.
        name = link["hub"]["name"]
        found.insert(0, {"node": hub, "name": name, "state": "joined", "direct": True, "certificate_ends": None})
    return [one for one in found if one["direct"] or one["state"] in ("joined", "suspended")]


def _of_node(node: Node, direct: bool) -> dict[str, Any]:
    name = {"fr": node.name.fr, "en": node.name.en} if node.name else {"fr": node.node, "en": node.node}
    return {
        "node": node.node,
        "name": name,
        "state": node.state,
        "direct": direct,
        "certificate_ends": node.certificate_ends,
        "fenced_at": node.fenced_at,
    }


def _heard(parts: Parts, other: dict[str, Any], link: dict[str, Any]) -> dict[str, Any]:
    told = _told(parts, other, link, "fr")
    return {"node": other["node"], "name": other["name"], "state": told["state"], "last_heard": told["last_heard"]}


def _told(parts: Parts, other: dict[str, Any], link: dict[str, Any], language: str) -> dict[str, Any]:
    node, name, at = other["node"], other["name"][language], now()
    heard = parts.links.of(node)
    shovels, waiting = _link_state(parts, other, link)
    silent = seconds_between(heard["heard_at"], at) if heard.get("heard_at") else None
    state = describe(_signs(parts, other, heard, shovels, waiting or 0, silent))
    ends = _ends(other, link)
    return {
        "node": node,
        "name": name,
        "direct": other["direct"],
        "state": state,
        "text": wording.state_in_words(state, language, name, silent),
        "last_heard": heard.get("heard_at"),
        "silent_seconds": silent,
        "lag_seconds": heard.get("lag"),
        "clock_ahead_seconds": heard.get("clock_ahead"),
        "confirmed_until": heard.get("confirmed_until"),
        "waiting": None if waiting is None else _waiting(waiting, language, name),
        "shovels": [{"name": one, "state": how} for one, how in shovels.items()],
        "certificate_ends": ends,
        "gauges": heard.get("gauges"),
        "compared": [],
        "warnings": _warnings(heard, ends, link if other["direct"] else {}, language, other, at),
    }


def _link_state(parts: Parts, other: dict[str, Any], link: dict[str, Any]) -> tuple[dict[str, str], int | None]:
    """The shovels to the node, and what waits for it; nothing where the broker cannot be asked, or there is no link."""
    if not other["direct"] or other["state"] in ("invited", "removed") or not parts.management.known:
        return {}, None
    try:
        if link:
            return parts.region_broker.states(other["node"]), parts.region_broker.outbound(other["node"])[0]
        return {}, parts.hub_broker.waiting(other["node"])
    except UnavailableError:
        return {}, None


def _signs(
    parts: Parts,
    other: dict[str, Any],
    heard: dict[str, Any],
    shovels: dict[str, str],
    waiting: int,
    silent: float | None,
) -> Signs:
    order = ("missing", "terminated", "starting", "running")
    worst = min(shovels.values(), key=lambda one: order.index(one) if one in order else 0, default=None)
    return Signs(
        state="fenced" if other.get("fenced_at") else other["state"],
        interval=float(heard.get("interval") or parts.settings.heartbeat),
        silent=silent,
        lag=heard.get("lag"),
        waiting=waiting,
        shovels=why_outside(worst, refused=parts.refused),
        stuck=bool(shovels) and parts.watch.stuck,
    )


def _waiting(messages: int, language: str, name: str) -> dict[str, Any]:
    text = wording.waiting_in_words({}, messages, language, name)
    return {"messages": messages, "oldest": None, "nouns": {}, "text": text}


def _ends(other: dict[str, Any], link: dict[str, Any]) -> datetime | None:
    """When the certificate of the link ends: ours on a region, the other's at the centre."""
    if link:
        text = link.get("certificate_ends") if other["direct"] else None
        return datetime.fromisoformat(text) if text else None
    ends: datetime | None = other["certificate_ends"]
    return ends


def _warnings(
    heard: dict[str, Any],
    ends: datetime | None,
    link: dict[str, Any],
    language: str,
    other: dict[str, Any],
    at: datetime,
) -> list[dict[str, Any]]:
    found = [one for one in heard.get("warnings", []) if seconds_between(one["at"], at) < TOLD_SECONDS]
    if other.get("fenced_at"):
        found = [one for one in found if one["code"] != "two-machines"]
        found.append({"code": "fenced", "at": other["fenced_at"]})
    if ends is not None and (ends - at).total_seconds() < CERTIFICATE_SECONDS:
        found.append({"code": "certificate", "at": None})
    if link.get("plain_agreed"):
        found.append({"code": "without-tls", "at": None})
    node, name = other["node"], other["name"][language]
    return [one | {"text": wording.warning_in_words(one["code"], language, node, name)} for one in found]


def set_gauges(parts: Parts, members: list[Node], link: dict[str, Any]) -> None:
    """What Prometheus is told of each other node."""
    at = now()
    _silence(parts, members, at)
    for node, heard in parts.links.every().items():
        if heard.get("lag") is not None:
            metrics.LINK_LAG.labels(node).set(heard["lag"])
        for name in GAUGES:
            value = (heard.get("gauges") or {}).get(name)
            if value is not None:
                metrics.NODE_GAUGES.labels(node, name).set(value)
        away = (heard.get("gauges") or {}).get("away")
        if away is not None:
            metrics.NODE_GAUGES.labels(node, "services_away").set(len(away))
    if link:
        _region_gauges(parts, link, at)
    for member in members:
        if member.state in ("joined", "suspended"):
            metrics.LINK_WAITING.labels(member.node, "out").set(parts.hub_broker.waiting(member.node))
        metrics.FENCED.labels(member.node).set(1 if member.fenced_at else 0)
        if member.certificate_ends is not None:
            metrics.CERTIFICATE.labels(member.node).set((member.certificate_ends - at).total_seconds())


def _silence(parts: Parts, members: list[Node], at: datetime) -> None:
    """Since when each was last heard, or belongs and was never; who is suspended or gone is not silent."""
    since = {member.node: member.joined_at for member in members if member.joined_at is not None}
    since |= {node: heard["heard_at"] for node, heard in parts.links.every().items() if heard.get("heard_at")}
    closed = {member.node for member in members if member.state != "joined"}
    for node, last in since.items():
        if node in closed:
            with suppress(KeyError):
                metrics.LAST_HEARD.remove(node)
        else:
            metrics.LAST_HEARD.labels(node).set(seconds_between(last, at))


def _region_gauges(parts: Parts, link: dict[str, Any], at: datetime) -> None:
    hub = link["hub"]["id"]
    metrics.LINK_WAITING.labels(hub, "out").set(parts.region_broker.outbound(hub)[0])
    for name, state in parts.region_broker.states(hub).items():
        metrics.SHOVEL.labels(hub, name).set(1 if state == "running" else 0)
    metrics.LINK_STUCK.labels(hub).set(1 if parts.watch.stuck else 0)
    if link.get("certificate_ends"):
        ends = datetime.fromisoformat(link["certificate_ends"])
        metrics.CERTIFICATE.labels(hub).set((ends - at).total_seconds())
