"""Addresses outside /api/v1: pages for people, health and metrics for machines."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST

from gateway import federation_page, openapi, pages
from gateway.openapi import GatewayApi

HTML = "text/html"
JSON = "application/json"


@dataclass(frozen=True)
class Page:
    """One address that is read."""

    path: str
    view: Callable[..., Response]
    media: str
    about: str
    fails: tuple[str, ...] = ()
    form: dict[str, Any] | None = None
    """What a POST of the page's own form takes."""


PAGES = (
    Page("/", pages.landing, HTML, "Page d’accueil : ce que c’est, et l’état du nœud"),
    Page("/api/docs", pages.docs, HTML, "Cette documentation"),
    Page("/api/v1/openapi.json", pages.description, JSON, "Cette description", ("304", "401", "422", "500", "503")),
    Page(
        "/federation",
        federation_page.federation_page,
        HTML,
        "La fédération : qui entend qui, et pour qui s’identifie ce qui attend",
        ("401", "404", "429", "503"),
        {"username": {"type": "string"}, "password": {"type": "string", "format": "password"}},
    ),
    Page("/problems/<code>", pages.problem, HTML, "Ce que dit un code d’erreur", ("404",)),
    Page("/static/<path:name>", pages.static, "*/*", "Fichiers de ces pages", ("304", "404")),
    Page("/health/live", pages.live, JSON, "Ce processus répond"),
    Page("/health/ready", pages.ready, JSON, "Le nœud peut travailler : 200, ou 503 avec ce qui manque"),
    Page("/metrics", pages.metrics, CONTENT_TYPE_LATEST.partition(";")[0], "Mesures pour Prometheus"),
)


def register(app: Flask, api: GatewayApi) -> None:
    """Add the addresses to the application and to its description."""
    api.spec.tag({"name": "Nœud", "description": "Pages, état et mesures de ce nœud"})
    for page in PAGES:
        methods = ["GET", "POST"] if page.form else ["GET"]
        app.add_url_rule(page.path, page.view.__name__, page.view, defaults={}, methods=methods)
        rule = next(app.url_map.iter_rules(page.view.__name__))
        api.spec.path(rule=rule, operations={"get": _operation(page), **_posted(page)})


def _posted(page: Page) -> dict[str, dict[str, object]]:
    if page.form is None:
        return {}
    schema = {"type": "object", "required": list(page.form), "properties": page.form}
    content = {"application/x-www-form-urlencoded": {"schema": schema}}
    made = _operation(page) | {"operationId": f"post_{page.view.__name__}", "summary": f"{page.about} (formulaire)"}
    return {"post": {**made, "requestBody": {"required": True, "content": content}}}


def _operation(page: Page) -> dict[str, object]:
    schema = {"type": "object"} if page.media == JSON else {"type": "string"}
    responses = {"200": openapi.answer(page.about, schema, page.media)} | openapi.problems("default", *page.fails)
    if page.form:
        # The page says itself what is wrong with its form; what is refused before it comes to it is a problem as ever.
        responses |= {status: openapi.problem(status, openapi.MEANINGS[status], page.media) for status in page.fails}
    if page.view is pages.ready:
        responses["503"] = openapi.answer("Pas prêt : les contrôles qui échouent", schema)
    return {
        "operationId": f"show_{page.view.__name__}",
        "summary": page.about,
        "tags": ["Nœud"],
        "security": [],
        "responses": responses,
    }
