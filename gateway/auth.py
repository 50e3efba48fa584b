"""Who asks: the Bearer token of a request, checked once at the door; and the token endpoint that gives one out.

No token makes the public principal; a token that is present and bad is refused, never taken for none. Services check
the same token again for themselves.
"""

import math
import re
import threading
from typing import Any, Final, cast

from flask import g, request
from joserfc.jwk import OKPKey

from chassis.kernel.errors import UnavailableError
from chassis.kernel.principal import PUBLIC, Principal
from chassis.process.logs import bind_contextvars, get_logger
from chassis.process.tokens import InvalidTokenError, TokenReader, sign
from gateway import context
from gateway.accounts import Account, Accounts, folded
from gateway.guessing import GuessingBrake
from gateway.keys import ensure_key
from gateway.problems import CHALLENGE, Problem
from gateway.settings import GatewaySettings

log = get_logger()

# RFC 6750, 2.1; a token of ours is a quarter of this length.
_BEARER: Final = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]{1,4000}=*)")
HASHES_AT_ONCE: Final = 2  # each takes 19 MiB and a core for a tenth of a second
HASH_PATIENCE: Final = 5.0  # seconds a sign-in waits for its turn


class Authority:
    """Checks passwords and tokens, gives tokens out."""

    def __init__(self, settings: GatewaySettings, accounts: Accounts) -> None:
        self._settings, self.accounts = settings, accounts
        self._key: OKPKey = ensure_key(settings.node.keys)
        self._reader = TokenReader(settings.node.keys, settings.node.node)
        self._brake = GuessingBrake()
        self._hashing = threading.BoundedSemaphore(HASHES_AT_ONCE)

    def identify(self) -> None:
        """Read the request's token into `g`. Raises: Problem 401."""
        g.principal, g.token = PUBLIC, None
        given = request.headers.get("Authorization")
        if given is None:
            return
        matched = _BEARER.fullmatch(given.strip())
        if matched is None:
            raise Problem(401, "token-expected", headers={"WWW-Authenticate": CHALLENGE})
        try:
            g.principal = self._reader.read(matched[1])
        except InvalidTokenError as error:
            code = "token-expired" if str(error) == "ExpiredTokenError" else "invalid-token"
            told = f'{CHALLENGE}, error="invalid_token"'
            raise Problem(401, code, headers={"WWW-Authenticate": told}) from error
        g.token = matched[1]
        bind_contextvars(account=g.principal.account_id)

    def give_token(self, username: str, password: str, address: str) -> dict[str, Any]:
        """A token for the right password. Raises: Problem 401 wrong-credentials, 429 too-many-attempts."""
        who = (folded(username), address)
        wait = self._brake.wait(who)
        if wait > 0:
            seconds = math.ceil(wait)
            raise Problem(429, "too-many-attempts", {"seconds": seconds}, headers={"Retry-After": str(seconds)})
        account = self._sign_in(username, password)
        if account is None:
            self._brake.failed(who)
            log.info("sign-in refused")
            raise Problem(401, "wrong-credentials", headers={"WWW-Authenticate": CHALLENGE})
        self._brake.succeeded(who)
        log.info("signed in", account=account.id)
        seconds = self._settings.token_seconds
        token = sign(self._key, self._settings.node.node, account.principal, seconds)
        return {"access_token": token, "token_type": "Bearer", "expires_in": seconds}

    def sign_in_once(self, username: str, password: str, address: str) -> None:
        """Let this one request speak as the account; nothing is kept. Raises: Problem, as give_token."""
        g.token = self.give_token(username, password, address)["access_token"]
        g.principal = self._reader.read(g.token)

    def _sign_in(self, username: str, password: str) -> Account | None:
        if not self._hashing.acquire(timeout=HASH_PATIENCE):
            raise UnavailableError("busy")
        try:
            return self.accounts.sign_in(username, password)
        finally:
            self._hashing.release()


def authority() -> Authority:
    """The application's authority."""
    return cast(Authority, context.extension()["authority"])


def signed_in() -> Principal:
    """Who asks. Raises: Problem 401 sign-in-required, for the public."""
    asking = context.principal()
    if asking.is_public:
        raise Problem(401, "sign-in-required", headers={"WWW-Authenticate": CHALLENGE})
    return asking
