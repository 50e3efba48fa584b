"""The node's signing key (Ed25519, a JWK): made once, private to its owner; its public half for every service.

Files of GTM_KEYS: signing.jwk (0600) and public.jwks (0644). Two gateways that start at once agree on one key: the file
is written aside and linked into place, which only one of them can do. Another key takes its place by `rotate`: its
public half is published before anything is signed with it, and the old one's stays until its last token is over.

    python -m gateway.keys rotate [--now]     one JSON line; --now: tokens of the old key stop counting at once
"""

import contextlib
import fcntl
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from chassis.process.tokens import LEEWAY_SECONDS, LONGEST_SECONDS, UNTIL, standing

SIGNING = "signing.jwk"
PUBLIC = "public.jwks"


class SigningKey:
    """The key to sign with, read again when another took its place."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / SIGNING
        self._guard = threading.Lock()
        self._key = ensure_key(folder)
        self._seen = self._state()

    def current(self) -> OKPKey:
        """The node's key as of now."""
        with self._guard:
            seen = self._state()
            if seen != self._seen:
                self._key, self._seen = _read_key(self._path), seen
            return self._key

    def _state(self) -> tuple[int, int]:
        found = self._path.stat()
        return (found.st_mtime_ns, found.st_ino)


def ensure_key(folder: Path) -> OKPKey:
    """The signing key, made at the first start; public.jwks is written where it is missing or lacks the key."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    path = folder / SIGNING
    if not path.exists():
        _place(path, _new_key().as_dict(private=True), 0o600, replace=False)
    key = _read_key(path)
    published = _published(folder)
    if not any(one.get("kid") == key.kid for one in published):
        _publish(folder, [*published, key.as_dict(private=False)])
    return key


def rotate(folder: Path, *, at_once: bool = False) -> dict[str, Any]:
    """Sign with another key from now on. at_once: the old one is in wrong hands, nothing it signed counts any more."""
    with _alone(folder):
        old = ensure_key(folder)
        key, now = _new_key(), int(time.time())
        until = now + LONGEST_SECONDS + LEEWAY_SECONDS
        kept = [] if at_once else [{UNTIL: until, **one} for one in standing(_published(folder), now)]
        published = key.as_dict(private=False)
        _publish(folder, [*kept, published])
        _place(folder / SIGNING, key.as_dict(private=True), 0o600, replace=True)
    return {"key": key.kid, "before": old.kid, "before_counts_until": None if at_once else until}


def _new_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "Ed25519"}, private=True, auto_kid=True)


def _read_key(path: Path) -> OKPKey:
    return OKPKey.import_key(json.loads(path.read_text(encoding="utf-8")))


def _published(folder: Path) -> list[dict[str, Any]]:
    path = folder / PUBLIC
    return list(json.loads(path.read_text(encoding="utf-8")).get("keys", [])) if path.exists() else []


def _publish(folder: Path, keys: list[dict[str, Any]]) -> None:
    """Write the set, without those whose tokens are over."""
    _place(folder / PUBLIC, {"keys": standing(keys, time.time())}, 0o644, replace=True)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One rotation at a time."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _place(path: Path, value: Any, mode: int, *, replace: bool) -> None:
    """Write a file whole or not at all, with its mode from the first byte on; without `replace` the first one stays."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            json.dump(value, file)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(name).replace(path)
        else:
            with contextlib.suppress(FileExistsError):
                os.link(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def main(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """The command line; 0 when done, 1 when it could not be done, 2 when misused."""
    if list(arguments) not in (["rotate"], ["rotate", "--now"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        folder = Path(environ.get("GTM_KEYS") or Path(environ.get("GTM_HOME") or "var") / "keys")
        print(json.dumps(rotate(folder, at_once="--now" in arguments)))
    except (OSError, ValueError) as error:
        print(f"gateway.keys: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
