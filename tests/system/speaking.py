"""A launched node that is also spoken to, over HTTP, as its administrator."""

import functools
import json
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any

from tests.integration.eventually import eventually
from tests.system.launched import LaunchedNode

PASSWORD = "une phrase de passe pour les essais"
Headers = dict[str, str] | None
TOKEN_SECONDS = 240  # the node gives tokens for longer


@dataclass
class SpokenNode(LaunchedNode):
    """The launched node, with its public API."""

    _token: str = field(default="", repr=False)
    _signed_in: float = 0.0

    def __post_init__(self) -> None:
        self.more = {"GTM_ADMIN_PASSWORD": PASSWORD, **self.more}

    def api(
        self, method: str, path: str, body: Any = None, expect: int = 200, headers: dict[str, str] | None = None
    ) -> Any:
        """The answer's JSON; text is sent as text, all else as JSON. A node that is too busy (503) is asked again."""
        if path != "/auth/token" and time.monotonic() - self._signed_in > TOKEN_SECONDS:
            self._signed_in = time.monotonic()
            signed = self.api("POST", "/auth/token", {"username": "admin", "password": PASSWORD})
            self._token = signed["access_token"]
        key = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        once = functools.partial(self._ask, method, path, body, {**key, **(headers or {})})
        found = eventually(lambda: answer if (answer := once())[0] != 503 else None, every=1.0)
        assert found is not None
        status, answer = found
        assert status == expect, (method, path, status, answer)
        return answer

    def every(self, path: str) -> list[Any]:
        """All items of a list, page after page."""
        items: list[Any] = []
        cursor = ""
        while True:
            more = f"&cursor={cursor}" if cursor else ""
            page = self.api("GET", f"{path}{'&' if '?' in path else '?'}page_size=200{more}")
            items += page["items"]
            cursor = page["next_cursor"] or ""
            if not cursor:
                return items

    def mails(self) -> list[str]:
        """The mails that the node kept as files."""
        return [path.read_text(encoding="utf-8", errors="replace") for path in (self.home / "mail").glob("*.eml")]

    def _ask(self, method: str, path: str, body: Any, more: dict[str, str]) -> tuple[int, Any]:
        kind = "text/plain; charset=utf-8" if isinstance(body, str) else "application/json"
        headers = {"Content-Type": kind, **more} | ({"Authorization": f"Bearer {self._token}"} if self._token else {})
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1{path}", data=data, headers=headers, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode("utf-8", "replace")
