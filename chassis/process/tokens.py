"""The principal as a signed token: made by the gateway, checked by every service for itself.

The public keys are a JWK set in a file. A key that was replaced has a member UNTIL, unix seconds: its tokens count
until then. The file is read again when it changes and when such a moment has come: no process must be started anew.
"""

import json
import threading
import time
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from chassis.kernel.errors import ForbiddenError, PlatformError, UnavailableError
from chassis.kernel.principal import PUBLIC, ROLES, Principal

ALGORITHMS = ["Ed25519"]
LEEWAY_SECONDS = 30
LONGEST_SECONDS: Final = 3600  # no token lives longer, so a replaced key is needed no longer than this
LONGEST_TOKEN: Final = 4000  # characters; ours have a quarter of it
UNTIL: Final = "gtm_until"


class InvalidTokenError(Exception):
    """The token is not one of this node's, or no longer."""


class TokenOfTheFutureError(InvalidTokenError):
    """It is this node's, signed by its key, and made later than now: our clock is behind, the caller's word is good."""


class TokenReader:
    """Checks tokens against the node's public keys."""

    def __init__(self, keys: Path, node: str) -> None:
        self._path, self._audience = keys / "public.jwks", f"gtm:{node}"
        self._keys: KeySet | None = None
        self._seen: tuple[int, ...] = ()
        self._until = 0.0
        self._lock = threading.Lock()
        self._registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": "gtm"},
            aud={"essential": True, "value": self._audience},
            sub={"essential": True},
            exp={"essential": True},
        )

    def read(self, token: str | None) -> Principal:
        """The principal in a token; the public for none at all. Raises: InvalidTokenError."""
        if token is None:
            return PUBLIC
        if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
            raise InvalidTokenError("NoToken")
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
            session_id=claims.get("sid"),
            read_only=bool(claims.get("read_only")),
            services=frozenset(claims["services"]) if "services" in claims else None,
        )

    def _claims(self, token: str) -> dict[str, Any]:
        with self._lock:
            keys = self._current_keys()
        return dict(jwt.decode(token, keys, algorithms=ALGORITHMS).claims)

    def _current_keys(self) -> KeySet:
        seen = _state(self._path)
        if self._keys is None or seen != self._seen or time.time() >= self._until:
            found = standing(_read_json(self._path)["keys"], time.time())
            self._until = min((one[UNTIL] for one in found if UNTIL in one), default=float("inf"))
            self._keys = KeySet.import_key_set({"keys": [without_until(one) for one in found]})
            self._seen = seen
        return self._keys


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
    if principal.session_id:
        claims["sid"] = principal.session_id
    if principal.read_only:
        claims["read_only"] = True
    if principal.services is not None:
        claims["services"] = sorted(principal.services)
    return str(jwt.encode({"alg": "Ed25519", "kid": key.kid}, claims, key, algorithms=ALGORITHMS))


def standing(keys: list[dict[str, Any]], now: float) -> list[dict[str, Any]]:
    """Those of the public keys whose tokens count."""
    return [one for one in keys if now < float(one.get(UNTIL, "inf"))]


def without_until(key: dict[str, Any]) -> dict[str, Any]:
    """The key as others write it."""
    return {name: value for name, value in key.items() if name != UNTIL}


def as_refusal(error: InvalidTokenError) -> PlatformError:
    """What a service answers to a call whose principal is not signed by this node, or that it cannot judge."""
    if isinstance(error, TokenOfTheFutureError):
        return UnavailableError("clock-off")
    return ForbiddenError("invalid-token", None, {"reason": str(error)})


def _state(path: Path) -> tuple[int, ...]:
    """What changes with the file."""
    try:
        found = path.stat()
    except OSError as error:
        raise ValueError(f"no public keys at {path.name}") from error
    return (found.st_mtime_ns, found.st_ino, found.st_size)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"no public keys at {path.name}") from error
