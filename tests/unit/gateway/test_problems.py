"""Every refusal is a problem in the reader's language, with a code that stays."""

import re

import pytest

from chassis.kernel import errors
from chassis.kernel.ids import new_id
from gateway import messages, pages, problems
from gateway.rpc import ServiceFault
from tests.unit.gateway.conftest import Client, FakeRpc

ADDRESS = f"/api/v1/institutions/{new_id()}"


def test_a_problem_has_all_that_rfc_9457_and_we_promise(client: Client) -> None:
    answer = client.get("/nowhere", headers={"X-Correlation-Id": "a-correlation-id"})
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json == {
        "type": "https://gtm.example/problems/no-such-page",
        "title": "Introuvable",
        "status": 404,
        "detail": messages.text("no-such-page", "fr"),
        "code": "no-such-page",
        "instance": "/nowhere",
        "correlation_id": "a-correlation-id",
        "errors": [],
    }


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "fr"),
        ("", "fr"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("fr;q=0.5, en;q=0.6", "en"),
        ("ha, en;q=0.2, fr;q=0.3", "fr"),
        ("fr-NE", "fr"),
        ("ha", "fr"),
        ("*", "fr"),
        ("en;q=zzz, ;;;,", "fr"),
    ],
)
def test_the_language_is_the_readers_and_french_otherwise(client: Client, accepted: str | None, language: str) -> None:
    answer = client.get("/nowhere", headers={} if accepted is None else {"Accept-Language": accepted})
    assert answer.headers["Content-Language"] == language
    assert answer.json["title"] == problems.title(404, language)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("InvalidError", 422),
        ("NotFoundError", 404),
        ("ForbiddenError", 403),
        ("ConflictError", 409),
        ("StaleError", 412),
        ("UnavailableError", 503),
    ],
)
def test_each_error_of_a_service_has_its_status(client: Client, rpc: FakeRpc, kind: str, status: int) -> None:
    rpc.answers["actors.get_institution"] = errors.BY_NAME[kind]("some-code-without-a-text", "a.field", {"x": 1})
    answer = client.get(ADDRESS)
    assert answer.status_code == status
    assert answer.json["code"] == "some-code-without-a-text"
    assert answer.json["detail"] == answer.json["title"] != ""
    assert answer.json["errors"][0]["field"] == "a.field"
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_all_field_errors_are_told_with_their_lines(client: Client, rpc: FakeRpc) -> None:
    faults = [
        {"field": "a", "code": "wrong-json", "params": {"line": 3, "column": 7}},
        {"field": "b.c", "code": "never-heard-of", "params": {}},
    ]
    rpc.answers["actors.get_institution"] = errors.InvalidError("invalid-request", "a", {}, faults)
    told = client.get(ADDRESS, headers={"Accept-Language": "en"}).json["errors"]
    assert told[0] == {
        "field": "a",
        "code": "wrong-json",
        "detail": "The JSON is malformed at line 3, column 7.",
        "line": 3,
    }
    assert told[1]["field"] == "b.c"
    assert told[1]["detail"]


def test_who_must_sign_in_is_told_by_401(client: Client, rpc: FakeRpc) -> None:
    rpc.answers["actors.get_institution"] = errors.ForbiddenError("sign-in-required")
    answer = client.get(ADDRESS)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("crash", [ServiceFault("actors.get_institution", "RuntimeError"), RuntimeError("secret text")])
def test_what_nobody_foresaw_is_a_500_that_tells_nothing(client: Client, rpc: FakeRpc, crash: Exception) -> None:
    rpc.answers["actors.get_institution"] = crash
    answer = client.get(ADDRESS)
    assert (answer.status_code, answer.json["code"]) == (500, "internal-error")
    assert b"secret" not in answer.data
    assert b"Runtime" not in answer.data


def test_a_method_that_is_not_there_names_those_that_are(client: Client) -> None:
    answer = client.delete("/api/v1/institutions")
    assert (answer.status_code, answer.json["code"]) == (405, "method-not-allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_options_tells_what_is_possible(client: Client) -> None:
    answer = client.options("/api/v1/institutions")
    assert (answer.status_code, answer.data) == (204, b"")
    assert "POST" in answer.headers["Allow"]


def test_head_is_get_without_the_body(client: Client, rpc: FakeRpc) -> None:
    rpc.answers["actors.list_institutions"] = {"items": [], "next_cursor": None}
    head, get = client.head("/api/v1/institutions"), client.get("/api/v1/institutions")
    assert head.data == b""
    assert head.headers["ETag"] == get.headers["ETag"]
    missing = client.head("/nowhere")
    assert (missing.status_code, missing.data) == (404, b"")


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space in", "üüüüüüüüü", "new\tline-here", "-leading-dash"])
def test_an_unfit_correlation_id_is_replaced(client: Client, given: str) -> None:
    answer = client.get("/nowhere", headers={"X-Correlation-Id": given.encode("utf-8").decode("latin-1")})
    assert answer.headers["X-Correlation-Id"] != given
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["X-Correlation-Id"])


def test_every_text_is_there_in_both_languages_and_with_the_same_parameters() -> None:
    for code, entry in messages.catalogue().items():
        assert set(entry) == {"fr", "en"}, code
        assert entry["fr"].strip() and entry["en"].strip(), code
        names = [set(re.findall(r"\{(\w+)\}", entry[language])) for language in ("fr", "en")]
        assert names[0] == names[1], code


def test_every_code_that_the_gateway_gives_has_a_text() -> None:
    pattern = re.compile(r'(?:Problem\(\s*\d+,|[a-z]+Error\(|InvalidError\(|NotFoundError\()\s*"([a-z0-9-]+)"')
    codes = set(problems.FRAMEWORK_CODES.values()) | {"internal-error"}
    for path in [*pages.HERE.glob("*.py"), *pages.HERE.glob("routes/*.py")]:
        codes |= set(pattern.findall(path.read_text()))
        codes |= set(re.findall(r'(?:fail|_fail_waiting)\("([a-z-]+)"', path.read_text()))
    assert len(codes) > 40
    assert {code for code in codes if messages.text(code, "fr") is None} == set()


def test_no_code_has_two_texts() -> None:
    seen: dict[str, str] = {}
    for path in messages.message_files():
        for code in messages.read_messages([path]):
            assert code not in seen, f"{code} is in {seen.get(code)} and in {path}"
            seen[code] = str(path)


def test_a_parameter_that_is_missing_shows_by_its_name() -> None:
    assert messages.text("wrong-json", "en", {"line": 3}) == "The JSON is malformed at line 3, column {column}."


def test_every_status_has_a_title() -> None:
    for status in problems.TITLES:
        assert problems.title(status, "fr")
        assert problems.title(status, "en")


def test_the_page_of_a_code_explains_it(client: Client) -> None:
    answer = client.get("/problems/wrong-json")
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert "Le JSON est mal formé" in answer.text
    assert client.get("/problems/no-such-code").status_code == 404
    assert client.get("/problems/page-title").status_code == 404
