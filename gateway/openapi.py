"""The API's description, OpenAPI 3.1: made from the URL tables and the schemas of the contracts in use.

Texts are French, the language of the people who will read the page; names and codes are English as in the API.
"""

from typing import TYPE_CHECKING, Any, Final

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from flask_smorest import Api
from marshmallow import Schema, fields

from chassis.contract.fields import MOMENT
from chassis.process.metrics import VERSION
from gateway import query

if TYPE_CHECKING:
    from gateway.table import Line

PROBLEM_MEDIA: Final = "application/problem+json"

# Status → what it means; which of them an operation can give, by its shape.
MEANINGS: Final = {
    "304": "Pas modifié depuis l’ETag donné",
    "400": "Requête illisible : JSON mal formé, UTF-8 invalide, If-Match illisible",
    "401": "Jeton ou session absents, faux ou terminés",
    "403": "Le rôle du demandeur ne le permet pas ; ou X-CSRF-Token manque à une demande avec cookie",
    "404": "Aucun enregistrement visible sous cet identifiant",
    "406": "Aucune des formes demandées n’existe",
    "409": "L’état de l’enregistrement ou un autre enregistrement s’y oppose",
    "410": "Ce qu’il était alors n’est plus conservé",
    "412": "L’enregistrement a changé depuis la version donnée",
    "413": "Corps trop volumineux",
    "415": "Type de contenu non pris en charge",
    "416": "Le fichier n’a pas cette plage d’octets",
    "422": "Contenu refusé : champs ou paramètres en faute, tous nommés",
    "428": "If-Match est requis",
    "429": "Trop de demandes, ou de mots de passe faux ; Retry-After dit quand réessayer",
    "500": "Faute de la plateforme",
    "503": "Un service ne répond pas ; il est nommé",
}
ALWAYS: Final = ("401", "403", "422", "500", "503")
BY_SHAPE: Final[dict[str, tuple[str, ...]]] = {
    "list": ("304",),
    "one": ("304", "404", "410"),
    "state": ("304", "404"),
    "history": ("304", "404"),
    "create": ("400", "409", "413", "415"),
    "change": ("400", "404", "409", "412", "413", "415", "428"),
    "act": ("400", "404", "409", "412", "413", "415", "428"),
}


class FieldProblemSchema(Schema):
    """One field at fault."""

    field = fields.String(required=True, metadata={"description": "Chemin du champ, avec des points"})
    code = fields.String(required=True)
    detail = fields.String(required=True)
    line = fields.Integer(metadata={"description": "Ligne de la source, là où elle est connue"})


class NodeProblemSchema(Schema):
    """A node that has what this one lacks."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)


class OfferSchema(Schema):
    """What can be done instead."""

    rel = fields.String(required=True, metadata={"description": "response, progress-report, referral, … ; origin"})
    method = fields.String(required=True)
    href = fields.String(required=True, allow_none=True, metadata={"description": "null : adresse inconnue ici"})
    title = fields.String(required=True)


class ProblemSchema(Schema):
    """Problem details (RFC 9457), in the caller's language."""

    type = fields.Url(required=True, require_tld=False)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "Ce qui ne va pas, et le remède"})
    code = fields.String(required=True, metadata={"description": "Stable, à usage des programmes"})
    instance = fields.String()
    correlation_id = fields.String(required=True)
    errors = fields.List(fields.Nested(FieldProblemSchema), required=True)
    nodes = fields.List(
        fields.Nested(NodeProblemSchema),
        metadata={"description": "Avec `not-on-this-node` : les nœuds qui ont ce qui est demandé"},
    )
    origin = fields.String(metadata={"description": "Avec `not-the-origin` : le nœud qui seul peut le modifier"})
    instead = fields.List(
        fields.Nested(OfferSchema),
        metadata={"description": "Avec `not-the-origin` : ce que ce nœud peut ajouter, et où s’adresser"},
    )


class GatewayApi(Api):
    """flask-smorest's Api, leaving errors to gateway/problems.py."""

    ERROR_SCHEMA = ProblemSchema
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Nothing: problems.register did."""


class Naming:
    """Names of schemas in the description: the class's, with its service's before it where two services share one."""

    def __init__(self) -> None:
        self._taken: dict[str, type[Schema]] = {}

    def __call__(self, schema: Any) -> str:
        kind = schema if isinstance(schema, type) else type(schema)
        partial = isinstance(schema, Schema) and bool(schema.partial)
        name = kind.__name__.removesuffix("Schema")
        if partial:
            name = name.removesuffix("Fields").removeprefix("Create") + "Changes"
        if self._taken.setdefault(name, kind) is not kind:
            name = kind.__module__.split(".")[1].capitalize() + name
            self._taken[name] = kind
        return name


def make_api(app: Flask) -> GatewayApi:
    """The API with its description at /api/v1/openapi.json."""
    app.config.update(
        API_TITLE="Plateforme GTM — interface de programmation",
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=None,
        API_SPEC_OPTIONS={
            "info": {"description": INTRODUCTION},
            "servers": [{"url": "/"}],  # wherever the reader found it
        },
    )
    api = GatewayApi(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=Naming())})
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    api.spec.components.security_scheme("cookie", {"type": "apiKey", "in": "cookie", "name": "gtm_session"})
    api.spec.components.response("Pdefault", problem("default", "Tout autre refus"))
    for status, meaning in MEANINGS.items():
        api.spec.components.response(f"P{status}", problem(status, meaning))
    return api


INTRODUCTION: Final = (
    "Acteurs, réunions, suivi-évaluation et notifications du Groupe technique sur la migration. "
    "Les listes sont paginées (`page_size`, `cursor`), les lectures portent un `ETag`, "
    "les modifications demandent `If-Match`, les erreurs suivent la RFC 9457 "
    "(`application/problem+json`) dans la langue d’`Accept-Language`. "
    "Une demande sans jeton lit ce qui est public."
)


def document(line: "Line") -> dict[str, Any]:
    """The operation of a table line."""
    made: dict[str, Any] = {
        "operationId": line.endpoint,
        "summary": line.about,
        "security": [{}, {"bearer": []}, {"cookie": []}],
        "parameters": _parameters(line),
        "responses": _success(line) | problems("default", *ALWAYS, *_refusals(line)),
    }
    if line.takes is not None and line.method in ("POST", "PATCH"):
        made["requestBody"] = body(line.takes, required=line.shape != "act")
    extra = dict(line.doc)
    made["responses"] |= extra.pop("responses", {})
    made["parameters"] += extra.pop("parameters", [])
    return made | extra


def body(schema: Any, *, required: bool = True) -> dict[str, Any]:
    """A JSON request body."""
    return {"required": required, "content": {"application/json": {"schema": schema}}}


def answer(meaning: str, schema: Any, media: str = "application/json", **headers: str) -> dict[str, Any]:
    """A successful answer. headers: name → what it says."""
    told = {"ETag": "Version de ce qui est donné", **headers}
    return {
        "description": meaning,
        "content": {media: {"schema": schema}},
        "headers": {
            name.replace("_", "-"): {"schema": {"type": "string"}, "description": text} for name, text in told.items()
        },
    }


ORIGIN_HEADERS: Final = {
    "GTM_Origin": "Le nœud à qui est l’enregistrement",
    "GTM_Origin_State": "own, unknown, ou l’état de la liaison",
    "GTM_Origin_Last_Heard": "Quand ce nœud s’est fait entendre",
    "GTM_Origin_Text": "Sa fraîcheur en mots, UTF-8 encodé en %",
}


def page_of(schema: Any, *, origins: bool = False) -> dict[str, Any]:
    """The schema of a page; with `origins`, it also says whose records are on it."""
    more = {"origins": {"type": "array", "items": ORIGIN}} if origins else {}
    return {
        "type": "object",
        "required": ["items", "next_cursor", *more],
        "properties": {
            "items": {"type": "array", "items": schema},
            "next_cursor": {"type": ["string", "null"], "description": "À donner dans `cursor` ; null à la fin"},
            **more,
        },
    }


ORIGIN: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Un nœud dont des enregistrements sont sur cette page, et leur fraîcheur",
    "required": ["node", "name", "own", "state", "last_heard", "text"],
    "properties": {
        "node": {"type": "string"},
        "name": {"type": "object", "additionalProperties": {"type": "string"}, "description": "Par langue"},
        "own": {"type": "boolean", "description": "Si c’est ce nœud-ci"},
        "state": {"type": "string", "description": "own, unknown, ou l’état de la liaison : up_to_date, silent…"},
        "last_heard": {"type": ["string", "null"], "format": "date-time"},
        "text": {"type": "string", "description": "« Agadez : dernières nouvelles il y a 3 jours »"},
    },
}


def problem(status: str, meaning: str, *pages: str) -> dict[str, Any]:
    """The answer of a status that tells a problem; `pages`: media types of pages that may tell it too."""
    told: dict[str, Any] = {PROBLEM_MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told |= {media: {"schema": {"type": "string"}} for media in pages}
    return {"description": meaning, **({} if status == "304" else {"content": told})}


def problems(*statuses: str) -> dict[str, Any]:
    """References to the answers of these statuses."""
    return {status: {"$ref": f"#/components/responses/P{status}"} for status in sorted(set(statuses))}


def header(name: str, meaning: str, *, required: bool = False) -> dict[str, Any]:
    """A request header."""
    return {"in": "header", "name": name, "required": required, "description": meaning, "schema": {"type": "string"}}


def parameter(name: str, meaning: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    """A query parameter."""
    return {"in": "query", "name": name, "description": meaning, "schema": schema or {"type": "string"}}


IDEMPOTENCY: Final = header("Idempotency-Key", "Nom choisi par l’appelant : la même demande n’est exécutée qu’une fois")
REASON: Final = header("Change-Reason", "Pourquoi, en une ligne (500 caractères), UTF-8 codé par pour-cent")
AS_OF: Final = {
    **parameter(
        "as_of",
        f"L’enregistrement tel qu’il était connu : {MOMENT[0].lower()}{MOMENT[1:]}. 404 s’il n’existait pas encore, "
        "410 si cette version n’est plus conservée. L’ETag d’alors ne permet pas de modifier",
    ),
    "examples": {"jour": {"value": "2025-03-01"}, "instant": {"value": "2025-03-01T08:00:00+01:00"}},
}
PAGING: Final = [
    parameter(
        "page_size",
        "Nombre d’éléments par page",
        {"type": "integer", "minimum": 1, "maximum": query.MOST, "default": query.PAGE_SIZE},
    ),
    parameter("cursor", "`next_cursor` de la page précédente"),
]


def _parameters(line: "Line") -> list[dict[str, Any]]:
    if line.shape == "list":
        filters = line.takes and type(line.takes)(exclude=[n for n in query.PAGING if n in line.takes.fields])
        known = [{"in": "query", "schema": filters}] if filters else []
        return [*PAGING, *known, header("If-None-Match", "ETag déjà connu")]
    if line.shape == "history":
        return [*PAGING, header("If-None-Match", "ETag déjà connu")]
    if line.shape == "state":
        return [header("If-None-Match", "ETag déjà connu")]
    if line.shape == "one":
        return [AS_OF, header("If-None-Match", "ETag déjà connu")]
    if line.shape in ("change", "act"):
        return [header("If-Match", "ETag de la version lue", required=line.shape == "change"), IDEMPOTENCY, REASON]
    return [IDEMPOTENCY, REASON] if line.shape == "create" else []


def _refusals(line: "Line") -> tuple[str, ...]:
    past = line.shape == "list" and line.takes is not None and "as_of" in line.takes.fields
    return (*BY_SHAPE.get(line.shape, ()), *(("410",) if past else ()), *(("404",) if line.home else ()))


def _success(line: "Line") -> dict[str, Any]:
    if line.gives is None:
        return {}
    if line.shape in ("list", "history"):
        return {"200": answer(line.about, page_of(line.gives, origins=line.shape == "list"))}
    if line.shape == "create":
        return {"201": answer("Créé", line.gives, Location="Adresse de l’enregistrement")}
    return {"200": answer(line.about, line.gives, **(ORIGIN_HEADERS if line.shape == "one" else {}))}
