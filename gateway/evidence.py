"""Views of the files that prove a progress report; how bytes go in and out is in gateway/files.py."""

from typing import Any, Final

from flask import Response

from gateway import files, openapi
from services.meetings.contract.follow_up import ProgressReportSchema


def add_report_file(id: str) -> Response:
    """POST /progress-reports/<id>/files: 201 with the report."""
    return files.taken_in(id, "meetings.keep_report_file_part", "meetings.add_report_file", "progress-reports")


def get_report_file(id: str, sha256: str) -> Response:
    """GET /progress-reports/<id>/files/<sha256>."""
    return files.given_out(id, sha256, "meetings.read_file_of_report")


def remove_report_file(id: str, sha256: str) -> Response:
    """DELETE /progress-reports/<id>/files/<sha256>: 200 with the report."""
    return files.taken_away(id, sha256, "meetings.remove_report_file")


def fetch_report_file(id: str, sha256: str) -> Response:
    """POST /progress-reports/<id>/files/<sha256>/fetch."""
    return files.fetched(id, sha256, "meetings.fetch_report_file")


ADD_DOC: Final[dict[str, Any]] = {
    **files.ADD_DOC,
    "responses": {
        **files.ADD_DOC["responses"],
        "201": openapi.answer("Le rapport", ProgressReportSchema, Location="Adresse du fichier"),
    },
}
REMOVE_DOC: Final[dict[str, Any]] = {
    **files.REMOVE_DOC,
    "responses": {**files.REMOVE_DOC["responses"], "200": openapi.answer("Le rapport", ProgressReportSchema)},
}
