"""Tokens that a node must refuse, wherever they are presented: forged, altered, ended, of others."""

import base64
import json
import time
from typing import Any

from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from chassis.kernel.principal import Principal
from chassis.process.tokens import sign

ADMIN = Principal(account_id="forger", roles=frozenset({"admin", "secretariat"}))


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def signed(key: OKPKey, head: dict[str, Any], **claims: Any) -> str:
    """By the node's own key, with another head or other claims than its own tokens have."""
    said = {"iss": "gtm", "aud": "gtm:central", "sub": "forger", "roles": ["admin"], "exp": int(time.time()) + 600}
    return str(jwt.encode({"alg": "Ed25519", "kid": key.kid} | head, said | claims, key, algorithms=["Ed25519"]))


def bad_tokens(key: OKPKey, node: str) -> dict[str, Any]:
    """What somebody might send to the node instead of a token of its key; not all are texts."""
    good = sign(key, node, ADMIN, 600)
    stranger = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "Ed25519"}, private=True, auto_kid=True)
    head, body, signature = good.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    public: dict[str, Any] = dict(key.as_dict(private=False))
    point = base64.urlsafe_b64decode(public["x"] + "==")
    posing: dict[str, Any] = {**stranger.as_dict(private=True), "kid": key.kid}
    another = sign(key, node, Principal(account_id="x"), 60).split(".")[2]
    hs = {"alg": "HS256", "kid": key.kid}
    return {
        "empty": "",
        "noise": "a.b.c",
        "a number": 7,
        "a list": [good],
        "an operator": {"$ne": ""},
        "expired": sign(key, node, ADMIN, -600),
        "cut": good[:-5],
        "without its signature": f"{head}.{body}.",
        "with other roles": f"{head}.{part(claims | {'roles': ['admin', 'statistician']})}.{signature}",
        "with the signature of another": f"{head}.{body}.{another}",
        "alg none": f"{part({'alg': 'none'})}.{body}.",
        "alg None with the kid": f"{part({'alg': 'None', 'kid': key.kid})}.{body}.{signature}",
        "HS256 by the public JWK": jwt.encode(hs, claims, OctKey.import_key(json.dumps(public)), algorithms=["HS256"]),
        "HS256 by the public bytes": jwt.encode(hs, claims, OctKey.import_key(point), algorithms=["HS256"]),
        "signed by a stranger": sign(stranger, node, ADMIN, 600),
        "a stranger under our kid": signed(OKPKey.import_key(posing), {}),
        "with the key in its head": signed(stranger, {"jwk": stranger.as_dict(private=False)}),
        "an unknown kid": signed(key, {"kid": "unknown"}),
        "a kid that is a path": signed(key, {"kid": "../../../../dev/null"}),
        "another node's": sign(key, "agadez", ADMIN, 600),
        "another issuer's": signed(key, {}, iss="https://login.example"),
        "for nobody": signed(key, {}, aud=""),
        "without an end": signed(key, {}, exp=None),
        "that ends at a word": signed(key, {}, exp="never"),
        "huge": signed(key, {}, name="x" * 60_000),
        "nested far": f"{head}.{base64.urlsafe_b64encode(b'[' * 2500).decode().rstrip('=')}.{signature}",
    }
