"""Tokens that are not this node's, or no longer, sent to a service past the gateway: refused, and nothing changes."""

import base64
import json
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from chassis.kernel.errors import ForbiddenError
from chassis.kernel.ids import is_id, new_id
from chassis.kernel.principal import Principal
from chassis.process.tokens import sign
from tests.integration.node import Node
from tests.integration.rpc import RpcCaller

CREATE = "actors.create_institution"
ADMIN = Principal(account_id="forger", roles=frozenset({"admin", "secretariat"}))


@pytest.fixture(scope="module", autouse=True)
def running(node: Node) -> None:
    node.run("actors")


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def signed(key: OKPKey, head: dict[str, Any], **claims: Any) -> str:
    """By the node's own key, with another head or other claims than its own tokens have."""
    said = {"iss": "gtm", "aud": "gtm:central", "sub": "forger", "roles": ["admin"], "exp": int(time.time()) + 600}
    return str(jwt.encode({"alg": "Ed25519", "kid": key.kid} | head, said | claims, key, algorithms=["Ed25519"]))


def bad_tokens(node: Node) -> dict[str, Any]:
    """What somebody on the broker might send."""
    key, good = node.key, sign(node.key, node.name, ADMIN, 600)
    stranger = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "Ed25519"}, private=True, auto_kid=True)
    head, body, signature = good.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    public: dict[str, Any] = dict(key.as_dict(private=False))
    point = base64.urlsafe_b64decode(public["x"] + "==")
    posing: dict[str, Any] = {**stranger.as_dict(private=True), "kid": key.kid}
    another = sign(key, node.name, Principal(account_id="x"), 60).split(".")[2]
    hs = {"alg": "HS256", "kid": key.kid}
    return {
        "empty": "",
        "noise": "a.b.c",
        "a number": 7,
        "a list": [good],
        "an operator": {"$ne": ""},
        "expired": sign(key, node.name, ADMIN, -600),
        "cut": good[:-5],
        "without its signature": f"{head}.{body}.",
        "with other roles": f"{head}.{part(claims | {'roles': ['admin', 'statistician']})}.{signature}",
        "with the signature of another": f"{head}.{body}.{another}",
        "alg none": f"{part({'alg': 'none'})}.{body}.",
        "alg None with the kid": f"{part({'alg': 'None', 'kid': key.kid})}.{body}.{signature}",
        "HS256 by the public JWK": jwt.encode(hs, claims, OctKey.import_key(json.dumps(public)), algorithms=["HS256"]),
        "HS256 by the public bytes": jwt.encode(hs, claims, OctKey.import_key(point), algorithms=["HS256"]),
        "signed by a stranger": sign(stranger, node.name, ADMIN, 600),
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


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_each_is_refused_changes_nothing_and_is_in_no_log(node: Node) -> None:
    before = node.database("actors")["institutions"].count_documents({})
    tokens = bad_tokens(node)
    found, caller = {}, RpcCaller(node.amqp_uri)
    for what, token in tokens.items():
        try:
            told = caller.call(CREATE, {"name": f"Faux {new_id()}"}, {"nameko.principal": token}, within=60)
            found[what] = f"let in: {told}"
        except ForbiddenError as error:
            found[what] = error.code
    caller.close()
    assert found == dict.fromkeys(tokens, "invalid-token")
    assert node.database("actors")["institutions"].count_documents({}) == before
    log = node.log("actors")
    assert [what for what, token in tokens.items() if isinstance(token, str) and len(token) > 8 and token in log] == []
    assert '"level": "error"' not in log


def test_a_good_one_is_let_in(node: Node) -> None:
    made = node.call("actors", "create_institution", {"name": f"Vrai {new_id()}"}, token=signed(node.key, {}))
    assert made["created_by"] == "forger"


@pytest.mark.parametrize("hostile", ["a\r\nX-Injected: 1", "\x1b[2J", "\N{RIGHT-TO-LEFT OVERRIDE}drow", "x" * 5000])
def test_what_a_caller_calls_its_request_is_kept_only_if_it_is_fit(node: Node, hostile: str) -> None:
    made = node.call("actors", "create_institution", {"name": f"Vrai {new_id()}"}, correlation_id=hostile)
    (event,) = node.events("actors", subject=made["id"])
    assert is_id(event["correlationid"])
