"""Invitations: how a region and its centre prove themselves to each other, without ever sending the secret.

1. The centre draws a secret and writes it into a token, which goes from person to person (a sheet of paper, a call).
2. The region sends its request with `proof(secret, REQUEST, request)`; the centre finds the same, or refuses.
3. The centre's answer carries `proof(secret, ANSWER, answer)`: nobody on the way put another certificate into it.
4. The password of the region's account at the centre's broker is derived from the secret on both sides.
So plain HTTP will do: who listens sees public keys, certificates and proofs; who sends them again gets the same answer.
"""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from chassis.kernel.errors import InvalidError

SECRET_BYTES = 32
LONGEST = 4000  # signs of a token; one with ten addresses has a quarter
REQUEST, ANSWER, PASSWORD = "gtm-enrolment-request-1", "gtm-enrolment-answer-1", "gtm-broker-password-1"


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What a token says. `ca` is the fingerprint of the centre's authority, None where its broker has no TLS."""

    id: str
    hub: str
    addresses: tuple[str, ...]
    node: str
    secret: str = field(repr=False)
    ca: str | None
    expires: datetime


def write(invitation: Invitation) -> str:
    """The token: URL-safe base64 of JSON, with a sum by which damage on the way is told from a wrong invitation."""
    said = _said(invitation)
    text = json.dumps({**said, "sum": _sum(said)}, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(token: str) -> Invitation:
    """What the token says. Raises: InvalidError invitation-unreadable, invitation-altered."""
    text = "".join(token.split())  # a mail program may have broken the line
    try:
        if len(text) > LONGEST:
            raise ValueError("too long")
        said = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        total = said.pop("sum")
        invitation = _invitation(said)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error) as error:
        raise InvalidError("invitation-unreadable", "invitation") from error
    if not hmac.compare_digest(str(total), _sum(said)):
        raise InvalidError("invitation-altered", "invitation")
    return invitation


def proof(secret: str, purpose: str, said: Mapping[str, Any]) -> str:
    """What only who knows the secret can say of this content; a proof for one purpose is none for another."""
    message = purpose.encode() + b"\n" + _canonical(said)
    return hmac.new(bytes.fromhex(secret), message, hashlib.sha256).hexdigest()


def proves(given: str, secret: str, purpose: str, said: Mapping[str, Any]) -> bool:
    """Whether the proof given is the right one; takes as long for a wrong one."""
    return hmac.compare_digest(given.encode(), proof(secret, purpose, said).encode())


def broker_password(secret: str, node: str) -> str:
    """The password of the node's account at the centre's broker: HKDF-SHA256 (RFC 5869) of the secret."""
    key = hmac.new(PASSWORD.encode(), bytes.fromhex(secret), hashlib.sha256).digest()
    return hmac.new(key, node.encode() + b"\x01", hashlib.sha256).hexdigest()


def password_hash(password: str, salt: bytes) -> str:
    """As RabbitMQ keeps it (rabbit_password_hashing_sha256), so that the centre need not keep the password."""
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _said(invitation: Invitation) -> dict[str, Any]:
    said = {item.name: getattr(invitation, item.name) for item in fields(invitation)}
    return {**said, "addresses": list(invitation.addresses), "expires": int(invitation.expires.timestamp())}


def _invitation(said: Mapping[str, Any]) -> Invitation:
    texts = {name: said[name] for name in ("id", "hub", "node", "secret")}
    if not all(isinstance(text, str) and 0 < len(text) <= 100 for text in texts.values()):
        raise ValueError("texts")
    addresses = said["addresses"]
    if not isinstance(addresses, list) or not all(isinstance(one, str) and len(one) <= 300 for one in addresses):
        raise ValueError("addresses")
    if len(bytes.fromhex(texts["secret"])) != SECRET_BYTES or not isinstance(said["expires"], int):
        raise ValueError("secret")
    if said["ca"] is not None and not isinstance(said["ca"], str):
        raise ValueError("ca")
    expires = datetime.fromtimestamp(min(said["expires"], 2**36), UTC)
    return Invitation(**texts, addresses=tuple(addresses), ca=said["ca"], expires=expires)


def _sum(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(_canonical(said)).hexdigest()[:16]


def _canonical(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
