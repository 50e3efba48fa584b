"""The cookies of a browser: its session, the CSRF token that its pages read, the device by which it is known later.

Only the session's opens anything. HttpOnly and SameSite=Lax; over https also Secure and the prefix __Host-, by which no
other host of the domain can set it.
"""

from typing import Final

from flask import Request, Response

from gateway.accounts.domain.sessions import LONGEST
from gateway.accounts.storage.guesses import KNOWN

SESSION: Final = "gtm_session"
CSRF: Final = "gtm_csrf"
DEVICE: Final = "gtm_device"


class Cookies:
    """Writes and reads them."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure

    def session(self, request: Request) -> str | None:
        """The secret of the browser's session."""
        return request.cookies.get(self._name(SESSION))

    def device(self, request: Request) -> str | None:
        """The secret of the device."""
        return request.cookies.get(self._name(DEVICE))

    def begin(self, response: Response, secret: str, csrf: str) -> None:
        """Let the browser keep a session; the gateway knows when it is over."""
        seconds = int(LONGEST.total_seconds())
        self._set(response, SESSION, secret, seconds)
        self._set(response, CSRF, csrf, seconds, hidden=False)

    def know(self, response: Response, device: str) -> None:
        """Let the client keep what it will be known by."""
        self._set(response, DEVICE, device, int(KNOWN.total_seconds()))

    def end(self, response: Response) -> None:
        """Let the browser forget its session; the device stays known."""
        for name in (SESSION, CSRF):
            self._set(response, name, "", 0, hidden=name == SESSION)

    def _set(self, response: Response, name: str, value: str, seconds: int, *, hidden: bool = True) -> None:
        response.set_cookie(
            self._name(name), value, max_age=seconds, path="/", secure=self._secure, httponly=hidden, samesite="Lax"
        )

    def _name(self, name: str) -> str:
        return f"__Host-{name}" if self._secure else name
