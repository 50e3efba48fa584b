"""Views outside /api/v1: the landing page, the documentation, explanations of problems, health, metrics, files."""

import gzip
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
from flask import Response, render_template, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector

from chassis.process.metrics import READY, VERSION
from gateway import context, elsewhere, etag, messages, portable
from gateway.health import Readiness
from gateway.problems import FRAMEWORK_CODES, Problem
from gateway.query import check_names
from gateway.views import json_response

HERE: Final = Path(__file__).resolve().parent
# What is served from gateway/static; nothing else there can be asked for.
FILES: Final = {
    "gtm.css": ("gtm.css", "text/css"),
    "vendor/rapidoc/rapidoc-min.js": ("vendor/rapidoc/rapidoc-min.js.gz", "text/javascript"),
    "vendor/rapidoc/LICENSE.txt": ("vendor/rapidoc/LICENSE.txt", "text/plain"),
}
# The documentation page runs one script of ours, which styles itself and asks only this gateway.
DOCS_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# What of the API the landing page leads to, by the service that gives it.
ENTRANCES: Final = {
    "actors": ("/api/v1/institutions", "page-institutions"),
    "meetings": ("/api/v1/meetings", "page-meetings"),
    "indicators": ("/api/v1/indicators", "page-indicator-list"),
}


def landing() -> Response:
    """What this is, and whether it works."""
    report = readiness().report()
    here = context.settings().node.services
    return page(
        "landing.html",
        report=report,
        version=VERSION,
        service_text=elsewhere.service_text,
        entrances=[entrance for name, entrance in ENTRANCES.items() if name in here],
        federated="federation" in here,
        others=elsewhere.others(),
    )


def docs() -> Response:
    """The documentation of the API for people."""
    response = page("docs.html")
    response.headers["Content-Security-Policy"] = DOCS_POLICY
    return response


def description() -> Response:
    """GET /api/v1/openapi.json."""
    check_names(())
    extension = context.extension()
    if "openapi" not in extension:
        extension["openapi"] = orjson.dumps(portable.description(extension["api"].spec.to_dict()))
    response = Response(extension["openapi"], mimetype="application/json")
    return etag.conditional(response, etag.of_bytes(response.get_data()))


def problem(code: str) -> Response:
    """What a code means, in both languages' words for the reader's one."""
    if code not in messages.catalogue() or code.startswith(("page-", "title-", "offer-")):
        raise Problem(404, FRAMEWORK_CODES[404])
    return page("problem.html", code=code, detail=messages.text(code, context.language()))


def static(name: str) -> Response:
    """A file of ours, by its whole name."""
    if name not in FILES:
        raise Problem(404, FRAMEWORK_CODES[404])
    path, media = FILES[name]
    content = _read(path)
    response = Response(mimetype=media)
    if path.endswith(".gz") and request.accept_encodings.quality("gzip"):
        response.headers["Content-Encoding"] = "gzip"
    elif path.endswith(".gz"):
        content = gzip.decompress(content)
    response.set_data(content)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return etag.conditional(response, etag.of_bytes(content))


def live() -> Response:
    """This process answers."""
    return json_response({"live": True})


def ready() -> Response:
    """The node can work: 200, or 503 with the checks that failed."""
    report = readiness().report()
    response = json_response(report, 200 if report["ready"] else 503)
    response.headers["Cache-Control"] = "no-store"
    return response


def metrics() -> Response:
    """Prometheus metrics, added up over the workers of this gateway."""
    READY.labels("gateway").set(readiness().report()["ready"])
    registry = REGISTRY
    if values.ValueClass.__name__ == "MmapedValue":  # several processes: each keeps its numbers in a file
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def readiness() -> Readiness:
    """The application's checks."""
    checks: Readiness = context.extension()["readiness"]
    return checks


def page(template: str, **values: Any) -> Response:
    """An HTML page in the reader's language."""
    language = context.language()

    def told(code: str, **params: Any) -> str:
        return messages.text(code, language, params) or code

    html = render_template(template, t=told, language=language, node=context.settings().node.node, **values)
    response = Response(html, mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    return response


@cache
def _read(path: str) -> bytes:
    return (HERE / "static" / path).read_bytes()
