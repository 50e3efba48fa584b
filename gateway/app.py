"""The gateway as a Flask application: the door through which everything outside reaches the services.

In order of time: answers.begin (ids, token) → the view of a table line (parse, call, dress) → answers.finish (headers,
compression, metrics, log). Anything raised on the way becomes a problem (problems.py).
"""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from chassis.process import metrics
from gateway import answers, elsewhere, offers, openapi, pages, problems
from gateway.auth import Authority
from gateway.buckets import Buckets
from gateway.freshness import Heard
from gateway.health import Readiness
from gateway.limits import Limits
from gateway.routes import (
    accounts,
    actors,
    auth,
    events,
    federation,
    indicators,
    machine_tokens,
    meetings,
    node,
    nodes,
    notifications,
    operators,
    persons,
    reference,
)
from gateway.rpc import RpcClient
from gateway.settings import GatewaySettings
from gateway.store import GatewayStore

TABLES = (
    auth.TABLE,
    machine_tokens.TABLE,
    accounts.TABLE,
    persons.TABLE,
    meetings.TABLE,
    actors.TABLE,
    indicators.TABLE,
    notifications.TABLE,
    federation.TABLE,
    events.TABLE,
    reference.TABLE,
    operators.TABLE,
    nodes.TABLE,
)
# The service without which a table has nothing to give; the others are the gateway's own, or of all services.
NEEDED = {
    actors.TABLE: "actors",
    reference.TABLE: "actors",
    meetings.TABLE: "meetings",
    indicators.TABLE: "indicators",
    notifications.TABLE: "notifications",
    federation.TABLE: "federation",
}


def create_app(settings: GatewaySettings, buckets: Buckets | None = None) -> Flask:
    """The application; opens no connection until the first request. buckets: those of all workers."""
    app = Flask("gateway", static_folder=None, root_path=str(pages.HERE))
    app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = settings.json_limit
    # Fields beside the file (there should be none); werkzeug's parser also holds its 64 KiB chunks to this.
    app.config["MAX_FORM_MEMORY_SIZE"] = 512 * 1024
    app.config["MAX_FORM_PARTS"] = 10
    if settings.proxies:  # else the header is anybody's word
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0)  # type: ignore[method-assign]
    store = GatewayStore(settings.node)
    rpc = RpcClient(settings.node.amqp_uri)
    authority = Authority(settings, store)
    app.extensions["gtm"] = {
        "settings": settings,
        "rpc": rpc,
        "store": store,
        "authority": authority,
        "limits": Limits(settings, buckets or Buckets()),
        "readiness": Readiness(settings, rpc, store),
        "heard": Heard(),
        "nodes": elsewhere.descriptions(settings.node.nodes),
    }
    problems.register(app)
    offers.register(app)
    answers.register(app, authority)
    api = openapi.make_api(app)
    for table in TABLES:
        service = NEEDED.get(table)
        if service in (None, *settings.node.services):
            api.register_blueprint(table)
        else:
            elsewhere.register(app, table, str(service))
    node.register(app, api)
    app.extensions["gtm"]["api"] = api
    metrics.announce_build()
    return app
