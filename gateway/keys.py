"""The node's signing key (Ed25519, a JWK): made once, private to its owner; its public half for every service.

Files of GTM_KEYS: signing.jwk (0600) and public.jwks (0644). Two gateways that start at once agree on one key: the file
is written aside and linked into place, which only one of them can do.
"""

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

SIGNING = "signing.jwk"
PUBLIC = "public.jwks"


def ensure_key(folder: Path) -> OKPKey:
    """The signing key, made at the first start; public.jwks is written where it is missing or lacks the key."""
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    path = folder / SIGNING
    if not path.exists():
        key = OKPKey.generate_key("Ed25519", {"use": "sig", "alg": "Ed25519"}, private=True, auto_kid=True)
        _place(path, key.as_dict(private=True), 0o600, replace=False)
    key = OKPKey.import_key(json.loads(path.read_text(encoding="utf-8")))
    _publish(folder / PUBLIC, key)
    return key


def _publish(path: Path, key: OKPKey) -> None:
    """Add the public half to the set, which may hold older keys whose tokens still count."""
    keys: list[dict[str, Any]] = []
    if path.exists():
        keys = json.loads(path.read_text(encoding="utf-8")).get("keys", [])
    if any(one.get("kid") == key.kid for one in keys):
        return
    _place(path, {"keys": [*keys, key.as_dict(private=False)]}, 0o644, replace=True)


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
