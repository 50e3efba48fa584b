"""Files of documents through the gateway: in by a form, out whole or in part, refused in words."""

import hashlib
import random
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.integration.gateway.children import start_gateway
from tests.integration.node import Node
from tests.integration.surroundings import Surroundings

PASSWORD = "a password for these tests"
MOST = 600_000
PDF = b"%PDF-1.7\n" + random.Random(4).randbytes(MOST - 9)  # three parts of the gateway's
NAME = 'plan « d\'action » "final".pdf'


@pytest.fixture(scope="module")
def node(surroundings: Surroundings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node of its own: its meetings service is the real one, where the folder's stands in."""
    with Node(surroundings, tmp_path_factory.mktemp("node")) as made:
        yield made


@pytest.fixture(scope="module")
def address(node: Node) -> str:
    node.run("meetings", GTM_FILES_MOST_BYTES=str(MOST))
    return f"{start_gateway(node, GTM_ADMIN_PASSWORD=PASSWORD, GTM_FILES_MOST_BYTES=str(MOST))}/api/v1"


@pytest.fixture(scope="module")
def admin(address: str) -> Iterator[requests.Session]:
    with requests.Session() as session:
        answer = session.post(f"{address}/auth/token", json={"username": "admin", "password": PASSWORD})
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield session


def document(admin: requests.Session, address: str, **more: Any) -> str:
    body = {"title": "Plan", "reference": "au secrétariat", **more}
    return f"{address}/documents/{admin.post(f'{address}/documents', json=body).json()['id']}"


def send(admin: requests.Session, where: str, data: bytes, media: str, name: str = NAME) -> requests.Response:
    return admin.post(f"{where}/files", files={"file": (name, data, media)}, headers={"Accept-Language": "en"})


def test_a_file_goes_in_and_comes_out_whole_in_part_or_not_again(admin: requests.Session, address: str) -> None:
    where = document(admin, address)
    added = send(admin, where, PDF, "application/pdf")
    digest = hashlib.sha256(PDF).hexdigest()
    assert (added.status_code, added.headers["ETag"]) == (201, '"2"'), added.text
    (told,) = admin.get(f"{where}/files").json()["items"]
    assert (told["sha256"], told["name"], told["state"], told["percent"]) == (digest, NAME, "here", 100)
    there = address.removesuffix("/api/v1") + added.headers["Location"]
    whole = admin.get(there)
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, "application/pdf")
    assert whole.content == PDF
    assert whole.headers["ETag"] == f'"{digest}"'
    assert whole.headers["Content-Disposition"].startswith('attachment; filename="plan _ d\'action _ _final_.pdf";')
    for asked, expected in (("bytes=400000-", PDF[400_000:]), ("bytes=7-9", PDF[7:10]), ("bytes=-4", PDF[-4:])):
        part = admin.get(there, headers={"Range": asked, "If-Range": whole.headers["ETag"]})
        assert (part.status_code, part.content) == (206, expected)
        assert part.headers["Content-Range"].endswith(f"/{MOST}")
    assert admin.get(there, headers={"Range": "bytes=0-1", "If-Range": '"other"'}).status_code == 200
    assert admin.get(there, headers={"Range": f"bytes={MOST}-"}).status_code == 416
    assert admin.get(there, headers={"If-None-Match": f'"{digest}"'}).status_code == 304
    assert requests.get(there, timeout=60).status_code == 404  # the document is for those who sign in
    gone = admin.delete(there)
    assert (gone.status_code, gone.json()["versions"][0]["files"]) == (200, [])
    assert admin.get(there).status_code == 404


def test_what_is_no_allowed_file_is_refused_in_words(admin: requests.Session, address: str) -> None:
    where = document(admin, address)
    refused = {
        "file-type-not-allowed": send(admin, where, b"<script>", "text/html"),
        "file-type-mismatch": send(admin, where, b"<script>", "application/pdf"),
        "body-too-large": send(admin, where, PDF + b"?", "application/pdf"),
        "empty-body": send(admin, where, b"", "application/pdf"),
        "wrong-content-type": admin.post(f"{where}/files", json={}),
    }
    statuses = {code: answer.status_code for code, answer in refused.items()}
    assert statuses == {
        "file-type-not-allowed": 422,
        "file-type-mismatch": 422,
        "body-too-large": 413,
        "empty-body": 400,
        "wrong-content-type": 415,
    }
    assert [answer.json()["code"] for answer in refused.values()] == list(refused)
    assert "PDF, DOCX" in refused["file-type-not-allowed"].json()["detail"]
    stale = admin.post(f"{where}/files", files={"file": ("a.txt", b"a", "text/plain")}, headers={"If-Match": '"9"'})
    assert stale.status_code == 412
    assert admin.get(where).json()["versions"][0]["files"] == []
    unknown = f"{where}/files/{'0' * 64}"
    assert [admin.get(unknown).status_code, admin.post(f"{unknown}/fetch").status_code] == [404, 404]
    assert admin.get(f"{where}/files/nonsense").status_code == 422
