"""Views of minutes that fit no shape of the tables: reading one in, and giving one out in several forms."""

import base64
import binascii
from html import escape
from typing import Any, Final

from flask import Response, request

from chassis.kernel.errors import InvalidError
from gateway import context, etag, freshness, openapi, upload
from gateway.files import saved_as
from gateway.problems import Problem
from gateway.query import check_names
from gateway.rpc import ServiceFault
from gateway.views import as_of, as_record, json_response, known_id, past_form
from services.meetings.contract.records import MinutesPageSchema

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF: Final = "application/pdf"
FORMS: Final = ("application/json", "text/html", "text/plain", PDF, DOCX)
FILES: Final = {PDF: "pdf", DOCX: "docx"}
# A rendered page carries its own styles and nothing that runs.
PAGE_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"


def import_minutes() -> Response:
    """POST /minutes/import: 201 with what was understood, 200 when the same text was read before."""
    return _import({})


def import_minutes_of_meeting(id: str) -> Response:
    """POST /meetings/<id>/minutes/import: the same, into that meeting."""
    return _import({"meeting_id": known_id(id)})


def get_minutes(id: str) -> Response:
    """GET /minutes/<id> in the form that Accept asks for; JSON when it asks for nothing."""
    payload = {**as_of(), "id": known_id(id)}
    form = form_wanted()
    if form == "application/json":
        record = as_record("meetings.get_minutes", context.call("meetings.get_minutes", payload))
        response = json_response(record)
        freshness.tell(response, record)
        response = etag.conditional(response, etag.of_version(record["version"], past_form(payload)))
    elif form in FILES:
        asked = {**payload, "format": FILES[form], "language": context.language()}
        response = paper("meetings.render_minutes", asked)
    else:
        response = _rendered(payload, form)
    response.vary.update(("Accept", "Accept-Language"))
    return response


def minutes_docx(id: str) -> Response:
    """GET /meetings/<id>/minutes.docx, the minutes or, with ?skeleton=1, the empty form."""
    check_names(("skeleton",))
    payload = {"id": known_id(id), "skeleton": _yes_no("skeleton")}
    return paper("meetings.minutes_docx", payload)


def render_convocation(id: str) -> Response:
    """GET /meetings/<id>/convocation.pdf, in the language of the reader."""
    check_names(())
    return paper("meetings.render_convocation", {"id": known_id(id), "language": context.language()})


def render_attendance_sheet(id: str) -> Response:
    """GET /meetings/<id>/attendance.pdf, the sheet to be signed."""
    check_names(())
    return paper("meetings.render_attendance_sheet", {"id": known_id(id), "language": context.language()})


def paper(target: str, payload: dict[str, Any]) -> Response:
    """A file that a service lays out, to be kept under a name."""
    answer = context.call(target, payload, context.settings().import_seconds)
    try:
        content = base64.b64decode(answer["content_base64"], validate=True)
        response = Response(content, mimetype=answer["media_type"])
    except (KeyError, TypeError, binascii.Error) as error:
        raise ServiceFault(target, "no-document") from error
    response.headers["Content-Disposition"] = saved_as(str(answer.get("filename") or "document"))
    if "origin" in answer:
        freshness.tell(response, answer)
    return etag.conditional(response, etag.of_bytes(content))


def _import(where: dict[str, Any]) -> Response:
    check_names(("archive", "date"))
    payload = {**upload.document(), "archive": _yes_no("archive"), **where}
    if "date" in request.args:
        payload["date"] = request.args["date"]
    answer = context.call("meetings.import_minutes", payload, context.settings().import_seconds)
    if not isinstance(answer, dict) or "minutes_id" not in answer:
        raise ServiceFault("meetings.import_minutes", "no-minutes")
    created = answer.pop("created", True)
    response = json_response(answer, 201 if created else 200)
    response.headers["Location"] = f"/api/v1/minutes/{answer['minutes_id']}"
    return response


def _rendered(asked: dict[str, Any], form: str) -> Response:
    payload = {**asked, "format": form.removeprefix("text/").replace("plain", "text"), "language": context.language()}
    answer = context.call("meetings.render_minutes", payload)
    if not isinstance(answer, dict) or not isinstance(answer.get("text"), str):
        raise ServiceFault("meetings.render_minutes", "no-text")
    response = Response(with_origin(answer, form), mimetype=form)
    freshness.tell(response, answer)
    if form == "text/html":
        response.headers["Content-Security-Policy"] = PAGE_POLICY
    return etag.conditional(response, etag.of_bytes(response.get_data()))


def with_origin(answer: dict[str, Any], form: str) -> str:
    """The text, and whose it is and how fresh where it is another node's."""
    text = str(answer["text"])
    told = "".join(one["text"] for one in freshness.origins([answer]) if not one["own"])
    if not told:
        return text
    if form == "text/html":
        return text.replace("<body>", f"<body>\n<p><em>{escape(told)}</em></p>", 1)
    return f"{told}\n\n{text}"


def form_wanted() -> str:
    """The form that Accept asks for, JSON if none. Raises: Problem not-acceptable."""
    if "Accept" not in request.headers:
        return FORMS[0]
    form = request.accept_mimetypes.best_match(FORMS)
    if form is None:
        raise Problem(406, "not-acceptable", {"offered": ", ".join(FORMS)})
    return form


def _yes_no(name: str) -> bool:
    given = request.args.get(name, "false")
    if given not in ("true", "1", "false", "0"):
        raise InvalidError("not-true-or-false", name, {"given": given[:20]})
    return given in ("true", "1")


_YES_NO: Final = {"type": "boolean", "default": False}
_DAY: Final = {"type": "string", "format": "date"}
_IMPORTED: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["meeting_id", "minutes_id", "warnings", "extracted"],
    "properties": {
        "meeting_id": {"type": "string", "format": "uuid"},
        "minutes_id": {"type": "string", "format": "uuid"},
        "warnings": {"type": "array", "items": {}, "description": "Ce qui n’a pas été compris, gardé tel quel"},
        "extracted": {
            "type": "object",
            "description": "Ce qui a été compris, et des lignes de la source",
        },
    },
}
_LOCATION: Final = "Adresse du compte-rendu"
IMPORT_DOC: Final[dict[str, Any]] = {
    "parameters": [
        openapi.parameter("archive", "Ancien : adopté à sa date, sans prévenir personne", _YES_NO),
        openapi.parameter("date", "Le jour de la réunion, si le texte ne le dit pas", _DAY),
        openapi.IDEMPOTENCY,
    ],
    "requestBody": {
        "required": True,
        "content": {
            "text/plain": {"schema": {"type": "string"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary", "description": "DOCX, PDF ou texte"}},
                }
            },
        },
    },
    "responses": {
        "200": openapi.answer("Déjà lu : le premier résultat", _IMPORTED, Location=_LOCATION),
        "201": openapi.answer("Lu", _IMPORTED, Location=_LOCATION),
    }
    | openapi.problems("400", "404", "409", "413", "415"),
}
DOCX_DOC: Final[dict[str, Any]] = {
    "parameters": [openapi.parameter("skeleton", "Le formulaire vide, rempli de l’ordre du jour", _YES_NO)],
    "responses": {"200": openapi.answer("Le document", {"type": "string", "format": "binary"}, DOCX)}
    | openapi.problems("304", "404", "409"),
}
PDF_DOC: Final[dict[str, Any]] = {
    "parameters": [openapi.header("If-None-Match", "ETag déjà connu")],
    "responses": {"200": openapi.answer("Le document", {"type": "string", "format": "binary"}, PDF)}
    | openapi.problems("304", "404", "503"),
}
MINUTES_DOC: Final[dict[str, Any]] = {
    "parameters": [openapi.AS_OF, openapi.header("If-None-Match", "ETag déjà connu")],
    "responses": {
        "200": {
            **openapi.answer("Le compte-rendu", MinutesPageSchema),
            "content": {
                "application/json": {"schema": MinutesPageSchema},
                "text/html": {"schema": {"type": "string"}},
                "text/plain": {"schema": {"type": "string"}},
                PDF: {"schema": {"type": "string", "format": "binary"}},
                DOCX: {"schema": {"type": "string", "format": "binary"}},
            },
        }
    }
    | openapi.problems("304", "404", "406", "410", "503"),
}
