"""What this node does not have: its addresses answer 404 and say which nodes do; and the node as it describes itself.

The descriptions are read once, at the start. One that is wrong is told in the log and hides the others' addresses,
never this node's own work.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, Response
from flask_smorest import Blueprint

from chassis.federation import nodes
from chassis.federation.nodes import NodeDescription
from chassis.process.described import DescriptionError
from chassis.process.logs import get_logger
from gateway import context, etag, messages
from gateway.problems import Problem
from gateway.query import check_names
from gateway.views import json_response

log = get_logger()
METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")
NOT_HERE = "not-on-this-node"
MOST_NAMED = 6


def descriptions(folder: Any) -> dict[str, NodeDescription]:
    """All described nodes by id; none if a file is wrong."""
    try:
        return nodes.load(folder)
    except DescriptionError as error:
        log.error("nodes.unreadable", mistake=str(error))
        return {}


def register(app: Flask, table: Blueprint, service: str) -> None:
    """Answer the addresses of a table whose service is elsewhere; they are in no description of this node."""
    apart = Flask("elsewhere", static_folder=None)
    apart.register_blueprint(table)

    def view(**_path: str) -> Response:
        raise not_here(service)

    for path in {rule.rule for rule in apart.url_map.iter_rules()}:
        app.add_url_rule(path, f"elsewhere {path}", view, methods=METHODS)


def not_here(service: str) -> Problem:
    """The refusal, naming the nodes that have the service."""
    having = [one for one in known().values() if service in one.services and one.id != here()]
    language = context.language()
    where = ", ".join(_named(one, language) for one in having[:MOST_NAMED])
    params = {
        "node": here(),
        "service": messages.text(service_text(service), language) or service,
        "where": where or messages.text("page-nowhere", language),
    }
    return Problem(404, NOT_HERE, params, more={"nodes": [_place(one, language) for one in having]})


def show_node() -> Response:
    """GET /node: this node, and the others that are described."""
    check_names(())
    settings = context.settings().node
    own = known().get(here()) or NodeDescription.undescribed(here())
    told = {
        "id": own.id,
        "name": dict(own.name),
        "body": own.body,
        "region": own.region,
        "services": list(settings.services),
        "hub": own.hub,
        "address": settings.public_url,
        "others": [
            {"id": one.id, "name": dict(one.name), "services": list(one.services), "address": one.address}
            for one in others()
        ],
    }
    response = json_response(told)
    return etag.conditional(response, etag.of_bytes(response.get_data()))


def others() -> Sequence[NodeDescription]:
    """The other nodes that are described, the centre first."""
    return [one for one in known().values() if one.id != here()]


def known() -> Mapping[str, NodeDescription]:
    """All described nodes, by id."""
    found: Mapping[str, NodeDescription] = context.extension()["nodes"]
    return found


def name_of(node: str, language: str) -> str:
    """What a node is called; its id if it is not described."""
    found = known().get(node)
    return found.name[language] if found else node


def here() -> str:
    """The id of this node."""
    return context.settings().node.node


def service_text(service: str) -> str:
    """The code of the text that names a service."""
    return {"meetings": "page-meetings-service"}.get(service, f"page-{service}")


def _named(one: NodeDescription, language: str) -> str:
    return f"{one.name[language]} ({one.address})" if one.address else one.name[language]


def _place(one: NodeDescription, language: str) -> dict[str, Any]:
    return {"id": one.id, "name": one.name[language], "address": one.address}
