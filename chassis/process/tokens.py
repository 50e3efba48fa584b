"""The principal as a signed token: made by the gateway, checked by every service for itself."""

import json
import threading
import time
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from chassis.kernel.errors import ForbiddenError, PlatformError, UnavailableError
from chassis.kernel.principal import PUBLIC, ROLES, Principal

ALGORITHMS = ["Ed25519"]
LEEWAY_SECONDS = 30


class InvalidTokenError(Exception):
    """The token is not one of this node's, or no longer."""


class TokenOfTheFutureError(InvalidTokenError):
    """It is this node's, signed by its key, and made later than now: our clock is behind, the caller's word is good."""


class TokenReader:
    """Checks tokens against the node's public keys, read again when a key is unknown (rotation)."""

    def __init__(self, keys: Path, node: str) -> None:
        self._path, self._audience = keys / "public.jwks", f"gtm:{node}"
        self._keys: KeySet | None = None
        self._lock = threading.Lock()
        self._registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": "gtm"},
            aud={"essential": True, "value": self._audience},
            sub={"essential": True},
            exp={"essential": True},
        )

    def read(self, token: str | None) -> Principal:
        """The principal in a token; the public for none. Raises: InvalidTokenError."""
        if not token:
            return PUBLIC
        try:
            claims = self._claims(token)
            if int(claims.get("iat") or 0) > time.time() + LEEWAY_SECONDS:
                raise TokenOfTheFutureError("clock behind")
            self._registry.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise InvalidTokenError(type(error).__name__) from error
        roles = frozenset(claims.get("roles") or ()) & frozenset(ROLES)
        return Principal(
            account_id=str(claims["sub"]),
            roles=roles,
            institution_id=claims.get("institution_id"),
            focal_point_id=claims.get("focal_point_id"),
        )

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            return self._decode(token, fresh=False)
        except (JoseError, ValueError):
            return self._decode(token, fresh=True)

    def _decode(self, token: str, *, fresh: bool) -> dict[str, Any]:
        with self._lock:
            if fresh or self._keys is None:
                self._keys = KeySet.import_key_set(_read_json(self._path))
        return dict(jwt.decode(token, self._keys, algorithms=ALGORITHMS).claims)


def sign(key: OKPKey, node: str, principal: Principal, seconds: int) -> str:
    """A token for the principal that ends after `seconds`."""
    issued = int(time.time())
    claims: dict[str, Any] = {
        "iss": "gtm",
        "aud": f"gtm:{node}",
        "sub": principal.account_id,
        "roles": sorted(principal.roles),
        "iat": issued,
        "exp": issued + seconds,
    }
    if principal.institution_id:
        claims["institution_id"] = principal.institution_id
    if principal.focal_point_id:
        claims["focal_point_id"] = principal.focal_point_id
    return str(jwt.encode({"alg": "Ed25519", "kid": key.kid}, claims, key, algorithms=ALGORITHMS))


def as_refusal(error: InvalidTokenError) -> PlatformError:
    """What a service answers to a call whose principal is not signed by this node, or that it cannot judge."""
    if isinstance(error, TokenOfTheFutureError):
        return UnavailableError("clock-off")
    return ForbiddenError("invalid-token", None, {"reason": str(error)})


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"no public keys at {path.name}") from error
