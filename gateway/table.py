"""The lines of the URL tables in gateway/routes/: what each says, and how a table becomes views and OpenAPI operations.

A line names the path under /api/v1, the service's method, the contract's schemas, and in French what one gets. The
service checks the payload and is the authority; the gateway forwards it as it came, and documents it by the same
schemas.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema

from chassis.contract.logqueries import VersionSchema
from gateway import openapi, views

Shape = Literal["list", "one", "state", "history", "create", "change", "act", "own"]
METHODS: dict[str, str] = {
    "list": "GET",
    "one": "GET",
    "state": "GET",
    "history": "GET",
    "create": "POST",
    "change": "PATCH",
    "act": "POST",
}
SCHEMA = type[Schema]
VERSIONS = "Ses versions, de la plus récente à la plus ancienne : quand, par qui, par quel acte, quels champs"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One address with one method."""

    shape: Shape
    method: str
    path: str
    target: str
    about: str
    gives: SCHEMA | None = None
    takes: Schema | None = None
    view: Callable[..., Response] | None = None
    noun: str = ""
    home: str = ""
    """Where what is created under another record's address lives itself."""
    derived: bool = False
    """Whether the answer shows more than the record, which may change while its version does not."""
    doc: dict[str, Any] = field(default_factory=dict)

    @property
    def endpoint(self) -> str:
        """The operation's name, unique in the API: the method of the service that it calls."""
        return f"list_{self.noun}_history" if self.shape == "history" else self.target.rpartition(".")[2]


def lists(path: str, target: str, gives: SCHEMA, filters: SCHEMA | None, about: str) -> Line:
    """GET of a page: {items, next_cursor, origins}."""
    takes = filters() if filters else None
    return Line(shape="list", method="GET", path=path, target=target, gives=gives, takes=takes, about=about)


def one(path: str, target: str, gives: SCHEMA, about: str) -> Line:
    """GET of a record by its id."""
    return Line(shape="one", method="GET", path=path, target=target, gives=gives, about=about)


def page(path: str, target: str, gives: SCHEMA, about: str) -> Line:
    """GET of a record by its id, with what other records make of it."""
    return Line(shape="one", method="GET", path=path, target=target, gives=gives, about=about, derived=True)


def state(path: str, target: str, gives: SCHEMA, about: str) -> Line:
    """GET of how things stand with the record in the address: derived, so it has no versions and no past."""
    return Line(shape="state", method="GET", path=path, target=target, gives=gives, about=about, derived=True)


def history(path: str, target: str, noun: str) -> Line:
    """GET of a record's versions, the newest first."""
    return Line(shape="history", method="GET", path=path, target=target, gives=VersionSchema, noun=noun, about=VERSIONS)


def create(path: str, target: str, takes: SCHEMA, gives: SCHEMA, about: str) -> Line:
    """POST of a new record: 201, Location."""
    return Line(shape="create", method="POST", path=path, target=target, gives=gives, takes=takes(), about=about)


def under(path: str, target: str, takes: SCHEMA, gives: SCHEMA, home: str, about: str) -> Line:
    """POST of a new record about the one in the address: 201, Location under `home`."""
    made = create(path, target, takes, gives, about)
    return replace(made, takes=takes(exclude=["id"]), home=home)


def change(path: str, target: str, takes: SCHEMA, gives: SCHEMA, about: str) -> Line:
    """PATCH of some fields, with If-Match; the body is the command's `changes`."""
    inner = takes().fields["changes"].schema  # type: ignore[attr-defined]
    return Line(shape="change", method="PATCH", path=path, target=target, gives=gives, takes=inner, about=about)


def act(path: str, target: str, takes: SCHEMA, gives: SCHEMA, about: str) -> Line:
    """POST of a move in a record's life; the body may be empty, If-Match is honoured."""
    body = takes(exclude=[name for name in ("id", "version") if name in takes._declared_fields])
    return Line(shape="act", method="POST", path=path, target=target, gives=gives, takes=body, about=about)


def own(method: str, path: str, view: Callable[..., Response], about: str, **doc: Any) -> Line:
    """An address that does not fit the shapes above; it brings its view and its documentation (openapi.document)."""
    return Line(shape="own", method=method, path=path, target=view.__name__, view=view, about=about, doc=doc)


def blueprint(name: str, about: str, lines: Iterable[Line]) -> Blueprint:
    """A table as a flask-smorest blueprint under /api/v1."""
    made = Blueprint(name, __name__, url_prefix="/api/v1", description=about)
    for line in with_histories(lines):
        view = line.view or views.FOR_SHAPE[line.shape](line)
        view.__name__ = line.endpoint
        documented = made.doc(**openapi.document(line))(view)
        made.add_url_rule(line.path, line.endpoint, documented, methods=[line.method])
    return made


def with_histories(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, and after each that gives a record by its id the one that gives its versions."""
    for line in lines:
        yield line
        service, _, method = line.target.partition(".")
        if line.shape == "one":
            yield history(f"{line.path}/history", f"{service}.list_history", method.removeprefix("get_"))
