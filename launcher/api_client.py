"""A small client of the node's own HTTP API, for the commands that speak to it as anybody else could.

A request goes out with the token, the language and, on a POST, an Idempotency-Key that stays the same over its
repetitions. Then, in order of what may happen:

1. the node is starting or busy (503): wait as Retry-After asks, as long as `patience` lasts, and ask again;
2. nobody listens: ApiUnreachableError at once for a node never met; a node met before is restarting, and asked again;
3. the connection breaks in the middle: only a reading is asked again, a writing may have been done;
4. the token has run out (401): one fresh token, one more try;
5. any other refusal: ApiProblemError, with the problem details in words.
"""

import http.client
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import urlencode, urlsplit

from launcher.api_errors import ApiProblemError, ApiUnreachableError
from launcher.errors import LauncherError

TIMEOUT = 60.0  # seconds for one answer: a long archive text is parsed in a few
PATIENCE = 60.0  # seconds a request may be repeated: a node restarts in less
PAUSE = 0.5  # seconds between two tries where the node does not say
LONGEST_PAUSE = 10.0  # seconds: a Retry-After beyond it is looked at again earlier
PAGE_SIZE = 200  # the most that a list gives at once


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the node answered; `body` is JSON where it was JSON, else text."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, kw_only=True)
class Content:
    """The bytes of a request and what they are."""

    data: bytes
    media_type: str

    @classmethod
    def json(cls, value: Any) -> "Content":
        """A value as JSON."""
        return cls(data=json.dumps(value, ensure_ascii=False).encode(), media_type="application/json")

    @classmethod
    def file(cls, name: str, data: bytes, media_type: str) -> "Content":
        """One file as the multipart field `file`."""
        border = uuid.uuid4().hex
        quoted = name.replace("\\", "_").replace('"', "_").replace("\r", "_").replace("\n", "_")
        head = (
            f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n'
            f"Content-Type: {media_type}\r\n\r\n"
        )
        whole = head.encode() + data + f"\r\n--{border}--\r\n".encode()
        return cls(data=whole, media_type=f"multipart/form-data; boundary={border}")


@dataclass(kw_only=True)
class ApiClient:
    """The API at `base_url` (scheme, host, port), spoken to as the holder of the token."""

    base_url: str
    token: Callable[[], str] | None = None
    language: str = "fr"
    timeout: float = TIMEOUT
    patience: float = PATIENCE
    _held: str | None = field(default=None, init=False, repr=False)
    _met: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise LauncherError("api-address", address=self.base_url)

    def get(self, path: str, **query: object) -> Any:
        """The body of a record or of one page of a list."""
        return self._ask("GET", path, query=query).body

    def pages(self, path: str, **query: object) -> Iterator[dict[str, Any]]:
        """Every record of a list, page after page."""
        cursor: str | None = None
        while True:
            page = self.get(path, page_size=PAGE_SIZE, cursor=cursor, **query)
            yield from page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def post(self, path: str, body: Any = None, *, version: int | None = None, **query: object) -> Answer:
        """Create a record, or move one on; `version` says which state the move is meant for."""
        return self.send(path, Content.json({} if body is None else body), version=version, **query)

    def send(self, path: str, content: Content, *, version: int | None = None, **query: object) -> Answer:
        """POST any content; its key stays the same however often it has to be repeated."""
        headers = {"Idempotency-Key": str(uuid.uuid4()), **_if_match(version)}
        return self._ask("POST", path, query=query, content=content, headers=headers)

    def change(self, path: str, version: int, changes: Mapping[str, Any]) -> Any:
        """Other values for some fields of the record that has this version; the record as it is then."""
        return self._ask("PATCH", path, content=Content.json(dict(changes)), headers=_if_match(version)).body

    @contextmanager
    def stream(
        self, path: str, body: bytes | IO[bytes], media_type: str, *, length: int | None = None
    ) -> Iterator[http.client.HTTPResponse]:
        """POST a body of any size, asked once; the answer is read by the caller. Raises: ApiError."""
        parts = urlsplit(self.base_url)
        headers = {**self._own_headers(), "Content-Type": media_type, "Accept": "*/*"}
        if length is not None:
            headers["Content-Length"] = str(length)
        connection = self._connection()
        try:
            try:
                with suppress(BrokenPipeError, ConnectionResetError):
                    connection.request("POST", parts.path.rstrip("/") + path, body, headers)
                response = connection.getresponse()
            except (OSError, http.client.HTTPException) as error:
                raise ApiUnreachableError(self.base_url, str(error) or type(error).__name__) from error
            if response.status >= 400:
                answer = _answer(response.status, dict(response.getheaders()), response.read())
                raise ApiProblemError.from_answer(answer.status, answer.body)
            yield response
        finally:
            connection.close()

    def renew(self) -> None:
        """Fetch a fresh token for what is asked next."""
        self._held = None

    def _ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        content: Content | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        target = f"{path}?{urlencode(asked)}" if asked else path
        until = time.monotonic() + self.patience
        renewed = False
        while True:
            sent = {**self._own_headers(), **(headers or {})}
            try:
                answer = self._exchange(method, target, content, sent)
            except (OSError, http.client.HTTPException) as error:
                again = self._met if isinstance(error, ConnectionRefusedError) else method == "GET"
                if not again or time.monotonic() + PAUSE > until:
                    raise ApiUnreachableError(self.base_url, str(error) or type(error).__name__) from error
                time.sleep(PAUSE)
                continue
            self._met = True
            if answer.status == 503 and time.monotonic() < until:
                time.sleep(_retry_after(answer))
            elif answer.status == 401 and self._held is not None and not renewed:
                self._held, renewed = None, True
            elif answer.status >= 400:
                raise ApiProblemError.from_answer(answer.status, answer.body)
            else:
                return answer

    def _own_headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json", "Accept-Language": self.language}
        if self.token is not None:
            self._held = self._held or self.token()
            headers["Authorization"] = f"Bearer {self._held}"
        return headers

    def _exchange(self, method: str, target: str, content: Content | None, headers: dict[str, str]) -> Answer:
        """One request on a connection of its own."""
        parts, connection = urlsplit(self.base_url), self._connection()
        if content is not None:
            headers["Content-Type"] = content.media_type
        try:
            # refused before its end, or too long: the answer, if there is one, says which
            with suppress(BrokenPipeError, ConnectionResetError):
                body = content.data if content else None
                connection.request(method, parts.path.rstrip("/") + target, body, headers)
            response = connection.getresponse()
            return _answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.base_url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        return kind(parts.hostname or "", parts.port, timeout=self.timeout)


def _if_match(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}


def _retry_after(answer: Answer) -> float:
    """Seconds to wait; a date, or nothing, is taken as the usual pause."""
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), LONGEST_PAUSE) if asked.isdecimal() else PAUSE


def _answer(status: int, headers: dict[str, str], data: bytes) -> Answer:
    text = data.decode("utf-8", errors="replace")
    titled = {name.title(): value for name, value in headers.items()}
    if "json" not in titled.get("Content-Type", ""):
        return Answer(status=status, headers=titled, body=text)
    try:
        return Answer(status=status, headers=titled, body=json.loads(text))
    except ValueError:
        return Answer(status=status, headers=titled, body=text)
