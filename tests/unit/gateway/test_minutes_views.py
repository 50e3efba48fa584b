"""Reading minutes in, and giving them out in the form that the reader asks for."""

import base64
import random
from io import BytesIO
from typing import Any

import pytest

from chassis.kernel.ids import new_id
from tests.unit.gateway.conftest import Client, FakeRpc

ID = new_id()
IMPORT = "/api/v1/minutes/import"


@pytest.fixture(autouse=True)
def service(rpc: FakeRpc) -> None:
    rpc.answers |= {
        "meetings.import_minutes": {
            "created": True,
            "meeting_id": ID,
            "minutes_id": ID,
            "warnings": [],
            "extracted": {},
        },
        "meetings.get_minutes": {"id": ID, "version": 2, "source_text": "…"},
        "meetings.render_minutes": {"text": "<p>Compte-rendu</p>"},
        "meetings.minutes_docx": {
            "content_base64": base64.b64encode(b"PK..").decode(),
            "media_type": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "filename": "compte rendu « n°3 ».docx",
        },
    }


def sent(rpc: FakeRpc) -> dict[str, Any]:
    payload = dict(rpc.payload)
    payload["content"] = base64.b64decode(payload.pop("content_base64"))
    return payload


def test_text_is_passed_on_as_it_came(client: Client, rpc: FakeRpc) -> None:
    text = "Compte-rendu\r\nde la réunion".encode("windows-1252")
    answer = client.post(IMPORT, data=text, content_type="text/plain; charset=windows-1252")
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/minutes/{ID}"
    assert "created" not in answer.json
    assert sent(rpc) == {
        "content": text,
        "media_type": "text/plain",
        "charset": "windows-1252",
        "filename": None,
        "archive": False,
    }


def test_a_character_set_that_was_not_declared_is_not_invented(client: Client, rpc: FakeRpc) -> None:
    client.post(IMPORT, data=b"text", content_type="text/plain")
    assert sent(rpc)["charset"] is None


def test_the_same_text_again_is_200(client: Client, rpc: FakeRpc) -> None:
    rpc.answers["meetings.import_minutes"]["created"] = False
    assert client.post(IMPORT, data=b"text", content_type="text/plain").status_code == 200


def test_a_file_comes_with_its_type_and_bare_name(client: Client, rpc: FakeRpc) -> None:
    files = {"file": (BytesIO(b"%PDF"), "../..\\dossier/CR n\u00b03\x07.pdf", "application/pdf")}
    assert client.post(f"{IMPORT}?archive=true", data=files).status_code == 201
    assert sent(rpc) == {
        "content": b"%PDF",
        "media_type": "application/pdf",
        "charset": None,
        "filename": "CR n°3.pdf",
        "archive": True,
    }


def test_a_heavy_file_is_passed_on_whole(client: Client, rpc: FakeRpc) -> None:
    """A DOCX with photographs: line ends fall anywhere, and the form's parser holds back what follows them."""
    content = random.Random(5).randbytes(3_000_000)
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="photos.docx"\r\n\r\n'
    body = head + content + b"\r\n--b--\r\n"
    assert client.post(IMPORT, data=body, content_type="multipart/form-data; boundary=b").status_code == 201
    assert sent(rpc)["content"] == content


def test_a_day_that_the_text_does_not_tell_can_be_given(client: Client, rpc: FakeRpc) -> None:
    client.post(f"{IMPORT}?date=2024-01-31", data=b"text", content_type="text/plain")
    assert sent(rpc)["date"] == "2024-01-31"


def test_minutes_can_be_read_into_a_meeting(client: Client, rpc: FakeRpc) -> None:
    client.post(f"/api/v1/meetings/{ID}/minutes/import", data=b"text", content_type="text/plain")
    assert sent(rpc)["meeting_id"] == ID


@pytest.mark.parametrize(
    ("data", "kind", "status", "code"),
    [
        (b"", "text/plain", 400, "empty-body"),
        (b"x", "image/png", 415, "wrong-content-type"),
        (b"x", "", 415, "wrong-content-type"),
        (b"{}", "application/json", 415, "wrong-content-type"),
        (b"x" * (8 * 1024 * 1024 + 1), "text/plain", 413, "body-too-large"),
        (b"x", "multipart/form-data", 422, "required"),
        (b"--b\r\nnoise", "multipart/form-data; boundary=b", 422, "required"),
    ],
)
def test_what_is_no_document_is_refused(
    client: Client, rpc: FakeRpc, data: bytes, kind: str, status: int, code: str
) -> None:
    answer = client.post(IMPORT, data=data, content_type=kind)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert rpc.asked == []


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"other": (BytesIO(b"x"), "a.txt")}, "unknown-field"),
        ({"file": (BytesIO(b"x"), "a.txt"), "note": "x"}, "unknown-field"),
        ({"file": "text, no file"}, "unknown-field"),
        ({"file": [(BytesIO(b"x"), "a.txt"), (BytesIO(b"y"), "b.txt")]}, "one-file-only"),
        ({}, "required"),
    ],
)
def test_a_form_holds_one_file_and_nothing_else(client: Client, rpc: FakeRpc, form: dict[str, Any], code: str) -> None:
    answer = client.post(IMPORT, data=form, content_type="multipart/form-data")
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert rpc.asked == []


def test_a_file_over_the_limit_is_413(client: Client) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    for size in (8 * 1024 * 1024 + 1, 9 * 1024 * 1024):
        body = head + b"x" * size + b"\r\n--b--\r\n"
        assert client.post(IMPORT, data=body, content_type="multipart/form-data; boundary=b").status_code == 413


def test_an_empty_file_is_refused(client: Client) -> None:
    answer = client.post(IMPORT, data={"file": (BytesIO(b""), "a.txt")})
    assert (answer.status_code, answer.json["code"]) == (400, "empty-body")


@pytest.mark.parametrize(
    ("accept", "mimetype"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html"),
        ("text/*", "text/html"),
        ("text/plain", "text/plain"),
        ("text/plain;q=0.5, text/html;q=0.4", "text/plain"),
    ],
)
def test_minutes_come_in_the_form_asked_for(client: Client, accept: str | None, mimetype: str) -> None:
    answer = client.get(f"/api/v1/minutes/{ID}", headers={} if accept is None else {"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (200, mimetype)
    assert {"Accept", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("application/pdf", "pdf"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ],
)
def test_minutes_come_on_paper(client: Client, rpc: FakeRpc, accept: str, form: str) -> None:
    rpc.answers["meetings.render_minutes"] = {
        "content_base64": base64.b64encode(b"%PDF..").decode(),
        "media_type": accept,
        "filename": f"compte-rendu-2022-05-12.{form}",
        "version": 2,
        "origin": "central",
    }
    answer = client.get(f"/api/v1/minutes/{ID}", headers={"Accept": accept, "Accept-Language": "en"})
    assert (answer.status_code, answer.mimetype, answer.data) == (200, accept, b"%PDF..")
    assert rpc.payload == {"id": ID, "format": form, "language": "en"}
    assert f"compte-rendu-2022-05-12.{form}" in answer.headers["Content-Disposition"]
    assert "ETag" in answer.headers


@pytest.mark.parametrize("accept", ["image/png", "application/xml", "nonsense", "application/json;q=0"])
def test_another_form_is_406(client: Client, rpc: FakeRpc, accept: str) -> None:
    answer = client.get(f"/api/v1/minutes/{ID}", headers={"Accept": accept})
    assert (answer.status_code, answer.json["code"]) == (406, "not-acceptable")
    assert "text/html" in answer.json["detail"]


def test_a_rendered_page_may_not_run_anything(client: Client, rpc: FakeRpc) -> None:
    headers = {"Accept": "text/html", "Accept-Language": "en"}
    answer = client.get(f"/api/v1/minutes/{ID}", headers=headers)
    assert rpc.payload == {"id": ID, "format": "html", "language": "en"}
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    again = client.get(f"/api/v1/minutes/{ID}", headers={**headers, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_json_and_page_have_different_etags(client: Client) -> None:
    tags = {client.get(f"/api/v1/minutes/{ID}", headers={"Accept": a}).headers["ETag"] for a in ("text/html", "*/*")}
    assert len(tags) == 2


def test_the_empty_form_is_a_file_to_keep(client: Client, rpc: FakeRpc) -> None:
    answer = client.get(f"/api/v1/meetings/{ID}/minutes.docx?skeleton=1")
    assert answer.data == b"PK.."
    assert rpc.payload == {"id": ID, "skeleton": True}
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=")
    assert disposition.endswith("filename*=UTF-8''compte%20rendu%20%C2%AB%20n%C2%B03%20%C2%BB.docx")


@pytest.mark.parametrize("query", ["skeleton=maybe", "archive=1"])
def test_wrong_parameters_of_the_form_are_422(client: Client, query: str) -> None:
    assert client.get(f"/api/v1/meetings/{ID}/minutes.docx?{query}").status_code == 422
