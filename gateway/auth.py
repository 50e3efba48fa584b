"""Who asks: the credential of a request, checked once at the door. Services check what it stands for themselves.

In order: an Authorization header, and then nothing else counts: a signed access token, or a machine's token, which is
looked up; else, where a calendar is asked for, the secret in its link; else the cookie of a browser, with whose session
every unsafe method must bring the CSRF token. Nothing makes the public principal; what is present and bad is refused,
never taken for none.
"""

import re
from typing import Any, Final, cast

from flask import g, request

from chassis.kernel.errors import ForbiddenError
from chassis.kernel.principal import Principal
from chassis.process.logs import bind_contextvars
from chassis.process.tokens import InvalidTokenError, TokenReader
from gateway import context
from gateway.accounts.administration import Administration
from gateway.accounts.domain.machines import CALENDAR_PREFIX
from gateway.accounts.domain.machines import PREFIX as MACHINE
from gateway.accounts.domain.secrets import same
from gateway.accounts.erasing import Erasing
from gateway.accounts.machine_tokens import MachineTokens
from gateway.accounts.openings import Opening, Openings
from gateway.accounts.parts import Parts
from gateway.accounts.signing_in import Client, SigningIn, refused
from gateway.cookies import Cookies
from gateway.problems import CHALLENGE, Problem
from gateway.settings import GatewaySettings
from gateway.store import GatewayStore

# RFC 6750, 2.1; a token of ours is a quarter of this length.
_BEARER: Final = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]{1,4000}=*)")
SAFE: Final = ("GET", "HEAD", "OPTIONS")
CSRF: Final = "X-CSRF-Token"
CALENDARS: Final = re.compile(r"/api/v1/(?:groups/[0-9a-f-]{36}/|me/)?calendar\.ics", re.ASCII)
CALENDAR_TOKEN: Final = "token"  # noqa: S105 (the name of the parameter)
# Where one says anew who one is: a cookie that is there already says nothing.
BEGINNINGS: Final = ("/api/v1/auth/token", "/api/v1/auth/refresh", "/api/v1/auth/browser", "/api/v1/auth/accept")


class Authority:
    """Checks credentials; the use cases of accounts are its parts."""

    def __init__(self, settings: GatewaySettings, store: GatewayStore) -> None:
        self.parts = Parts(settings, store)
        self.openings = Openings(self.parts)
        self.signing_in = SigningIn(self.parts)
        self.administration = Administration(self.parts, self.openings)
        self.erasing = Erasing(store)
        self.machines = MachineTokens(self.parts, self.openings)
        self.cookies = Cookies(secure=settings.node.public_url.startswith("https:"))
        self._reader = TokenReader(settings.node.keys, settings.node.node)

    def identify(self) -> None:
        """Read the request's credential into `g`, which holds the public's. Raises: Problem 401; ForbiddenError."""
        given = request.headers.get("Authorization")
        if given is not None:
            matched = _BEARER.fullmatch(given.strip())
            if matched is None:
                raise Problem(401, "token-expected", headers={"WWW-Authenticate": CHALLENGE})
            self._machine(matched[1]) if matched[1].startswith(MACHINE) else self._signed(matched[1])
        elif CALENDAR_TOKEN in request.args and CALENDARS.fullmatch(request.path):
            self._calendar(request.args[CALENDAR_TOKEN])
        elif request.path not in BEGINNINGS and (secret := self.cookies.session(request)) is not None:
            self._browser(secret)
        if not g.principal.is_public:
            bind_contextvars(account=g.principal.account_id)

    def _signed(self, token: str) -> None:
        try:
            principal = self._reader.read(token)
        except InvalidTokenError as error:
            raise refused("token-expired" if str(error) == "ExpiredTokenError" else "invalid-token") from error
        if principal.session_id and self.parts.revocations.holds(principal.session_id):
            raise refused("session-over")
        g.principal, g.token = principal, token

    def _machine(self, text: str) -> None:
        opening = self.openings.of_machine(text)
        if opening is None:
            raise refused("invalid-token")
        self._open(opening)
        if opening.principal.read_only and request.method not in SAFE:
            raise ForbiddenError("read-only-token")

    def _calendar(self, text: str) -> None:
        opening = self.openings.of_machine(text) if text.startswith(CALENDAR_PREFIX) else None
        if opening is None:
            raise refused("invalid-token")
        self._open(opening)

    def sign_in_once(self, username: str, password: str, client: Client) -> None:
        """Let this one request speak as the account; nothing is kept. Raises: Problem, as sign_in."""
        account = self.signing_in.proved(username, password, client)
        g.principal, g.token = account.principal, self.openings.signed(account.principal)

    def _browser(self, secret: str) -> None:
        opening = self.openings.of_cookie(secret)
        if opening is None or self.parts.revocations.holds(str(opening.principal.session_id)):
            g.forget_cookie = True
            raise refused("session-over")
        self._open(opening)
        if request.method not in SAFE and not same(request.headers.get(CSRF, ""), str(opening.csrf)):
            raise ForbiddenError("csrf-expected", CSRF)

    def _open(self, opening: Opening) -> None:
        g.opening, g.principal, g.token = opening, opening.principal, opening.token


def authority() -> Authority:
    """The application's authority."""
    return cast(Authority, context.extension()["authority"])


def opening() -> Opening | None:
    """By what secret one asks; None for a signed token."""
    return cast("Opening | None", g.get("opening"))


def signed_in() -> Principal:
    """Who asks. Raises: Problem 401 sign-in-required, for the public."""
    asking = context.principal()
    if asking.is_public:
        raise Problem(401, "sign-in-required", headers={"WWW-Authenticate": CHALLENGE})
    return asking


def person() -> Principal:
    """Who asks, by a session of their own. Raises: ForbiddenError person-needed for machines, the local operator."""
    asking = signed_in()
    if asking.session_id is None:
        raise ForbiddenError("person-needed")
    return asking


def administrator() -> Principal:
    """Who asks, with the role admin and not by a machine's token. Raises: ForbiddenError."""
    asking = signed_in()
    if "admin" not in asking.roles:
        raise ForbiddenError("role-required", None, {"roles": "admin"})
    found = opening()
    if found is not None and found.by == "machine":
        raise ForbiddenError("person-needed")
    return asking


def how() -> dict[str, Any]:
    """By what one asks: {by, csrf_token}."""
    found = opening()
    by = found.by if found else "token" if context.principal().session_id else "operator"
    return {"by": by, "csrf_token": found.csrf if found else None}
