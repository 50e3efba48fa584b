"""What the gateway refuses to take for JSON, and how it says so."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.body import DEPTH, parse
from gateway.problems import Problem
from tests.unit.gateway.conftest import Client, FakeRpc

REFUSED = {
    "not utf-8": (b'{"a": "\xff"}', 400, "not-utf-8"),
    "a comma too many": (b'{"a": 1,\n "b": 2,}', 400, "wrong-json"),
    "cut off": (b'{"a": ', 400, "wrong-json"),
    "two values": (b"{} {}", 400, "wrong-json"),
    "a key twice": (b'{"a": 1, "b": {"c": 1, "c": 2}}', 400, "key-given-twice"),
    "NaN": (b'{"a": NaN}', 400, "not-a-json-number"),
    "Infinity": (b'{"a": -Infinity}', 400, "not-a-json-number"),
    "a float beyond all bounds": (b'{"a": 1e999}', 400, "number-too-large"),
    "a number of 70 bits": (b'{"a": 1180591620717411303424}', 400, "number-too-large"),
    "a number of 5000 digits": (b'{"a": ' + b"9" * 5000 + b"}", 400, "number-too-large"),
    "too deep": (b"[" * 33 + b"]" * 33, 400, "nested-too-deep"),
    "far too deep": (b"[" * 200_000, 400, "nested-too-deep"),
    "half a character": (b'{"a": "\\ud800"}', 400, "half-a-character"),
    "half a character in a key": (b'{"\\udfff": 1}', 400, "half-a-character"),
    "a typed value for kombu": (b'{"a": {"__type__": "uuid", "__value__": "x"}}', 422, "unknown-field"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_a_code_of_its_own(case: str) -> None:
    raw, status, code = REFUSED[case]
    with pytest.raises(Problem) as caught:
        parse(raw)
    assert (caught.value.status, caught.value.code) == (status, code)


def test_the_place_of_a_fault_is_told() -> None:
    with pytest.raises(Problem) as caught:
        parse(b'{"a": 1,\n "b": 2,}')
    assert caught.value.params == {"line": 2, "column": 9}
    with pytest.raises(Problem) as caught:
        parse(b'{"a": 1,\n\n "b": "\xe9"}')
    assert caught.value.params == {"line": 3}


def test_the_deepest_allowed_nesting_is_read() -> None:
    assert parse(b"[" * DEPTH + b"]" * DEPTH)


def test_a_byte_order_mark_is_no_fault() -> None:
    assert parse(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _texts,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(_texts.filter(lambda t: t != "__type__"), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(_values)
def test_what_is_json_is_read_as_it_is(value: Any) -> None:
    assert parse(json.dumps(value).encode()) == value


@given(st.binary(max_size=60))
def test_noise_is_refused_or_read_but_never_breaks_anything(noise: bytes) -> None:
    try:
        parse(noise)
    except Problem as problem:
        assert problem.status in (400, 422)


POST = "/api/v1/institutions"


def test_only_objects_are_bodies(client: Client) -> None:
    for body in ("[]", '"text"', "3", "null"):
        answer = client.post(POST, data=body, content_type="application/json")
        assert (answer.status_code, answer.json["code"]) == (422, "not-an-object")


def test_an_absent_body_is_told(client: Client) -> None:
    answer = client.post(POST, data=b" \n", content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "empty-body")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"])
def test_another_content_type_is_415_and_names_the_right_one(client: Client, kind: str) -> None:
    answer = client.post(POST, data=b"{}", content_type=kind)
    assert (answer.status_code, answer.json["code"]) == (415, "wrong-content-type")
    assert answer.headers["Accept"] == "application/json"
    assert "application/json" in answer.json["detail"]


def test_parameters_of_the_content_type_do_not_matter(client: Client, rpc: FakeRpc) -> None:
    rpc.answers["actors.create_institution"] = {"id": "x", "version": 1}
    answer = client.post(POST, data=b"{}", content_type="Application/JSON; charset=utf-8")
    assert answer.status_code == 201


def test_a_body_over_the_limit_is_413_and_one_at_the_limit_is_read(client: Client, rpc: FakeRpc) -> None:
    rpc.answers["actors.create_institution"] = {"id": "x", "version": 1}
    at_limit = b'{"a": "' + b"x" * (1024 * 1024 - 9) + b'"}'
    assert client.post(POST, data=at_limit, content_type="application/json").status_code == 201
    answer = client.post(POST, data=at_limit + b" ", content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (413, "body-too-large")


def test_a_body_without_announced_length_is_not_cut_off_at_the_limit(client: Client) -> None:
    from io import BytesIO

    body = b"{}" + b" " * (2 * 1024 * 1024)
    answer = client.post(
        POST,
        input_stream=BytesIO(body),
        content_type="application/json",
        environ_overrides={"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
    )
    assert (answer.status_code, answer.json["code"]) == (413, "body-too-large")
