"""Tokens and proofs: what is read is what was written, and nobody who lacks the secret can say anything."""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.kernel.errors import InvalidError
from services.federation.domain import invitation as invitations
from services.federation.domain.invitation import ANSWER, REQUEST, Invitation

MADE = Invitation(
    id="01946f2a-0000-7000-8000-000000000001",
    hub="central",
    addresses=("https://gtm.example", "http://10.0.0.1:8080"),
    node="agadez",
    secret="ab" * 32,
    ca="cd" * 32,
    expires=datetime(2026, 3, 1, 12, tzinfo=UTC),
)
SAID = {"node": "agadez", "csr": "é", "description": {"b": 1, "a": [None]}}


def said(token: str) -> dict[str, Any]:
    return dict(json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))))


def token_of(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def test_what_is_written_is_read_also_over_broken_lines() -> None:
    token = invitations.write(MADE)
    assert invitations.read(token) == MADE
    assert invitations.read(f"  {token[:70]}\n {token[70:]}\r\n") == MADE
    assert invitations.read(invitations.write(replace(MADE, ca=None))).ca is None


def test_the_secret_is_not_in_what_is_shown() -> None:
    assert MADE.secret not in repr(MADE)


@pytest.mark.parametrize("field", sorted(said(invitations.write(MADE))))
def test_any_change_of_a_field_is_seen(field: str) -> None:
    values = said(invitations.write(MADE))
    values[field] = {"addresses": ["http://evil.example"], "expires": values["expires"] + 1}.get(field, "ef" * 32)
    with pytest.raises(InvalidError) as refused:
        invitations.read(token_of(values))
    assert refused.value.code == "invitation-altered"


@pytest.mark.parametrize(
    "token",
    ["", "é", "x" * 5000, "e30", token_of([]), token_of("x"), token_of({**said(invitations.write(MADE)), "node": 3}),
     token_of({**said(invitations.write(MADE)), "secret": "zz"}), "[" * 3000,
     token_of({**said(invitations.write(MADE)), "expires": "soon"}),
     token_of({**said(invitations.write(MADE)), "addresses": [1]})],
)  # fmt: skip
def test_what_is_none_is_refused(token: str) -> None:
    with pytest.raises(InvalidError) as refused:
        invitations.read(token)
    assert refused.value.code == "invitation-unreadable"


def test_a_proof_is_of_one_secret_one_purpose_and_one_content() -> None:
    given = invitations.proof(MADE.secret, REQUEST, SAID)
    again = dict(reversed(SAID.items()))
    assert invitations.proves(given, MADE.secret, REQUEST, again)
    assert not invitations.proves(given, "ba" * 32, REQUEST, SAID)
    assert not invitations.proves(given, MADE.secret, ANSWER, SAID)
    assert not invitations.proves(given, MADE.secret, REQUEST, {**SAID, "node": "zinder"})
    assert not invitations.proves("é", MADE.secret, REQUEST, SAID)


def test_the_password_is_hkdf_and_the_same_on_both_sides() -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    expected = HKDF(hashes.SHA256(), 32, invitations.PASSWORD.encode(), b"agadez").derive(bytes.fromhex(MADE.secret))
    assert invitations.broker_password(MADE.secret, "agadez") == expected.hex()
    assert invitations.broker_password(MADE.secret, "zinder") != expected.hex()


def test_the_hash_is_rabbitmqs() -> None:
    whole = base64.b64decode(invitations.password_hash("secret", b"salt"))
    assert whole == b"salt" + hashlib.sha256(b"saltsecret").digest()
