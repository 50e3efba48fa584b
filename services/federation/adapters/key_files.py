"""This node's key, certificates and the memory of how it joined: files of GTM_KEYS/federation, its owner's alone.

The broker reads node.key, node.pem and ca.pem from there; link.json holds the account's password.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization

from chassis.federation import certificates
from chassis.kernel.errors import ConflictError, UnavailableError
from chassis.process.settings import life_noted
from services.federation.adapters import x509

KEY, CERTIFICATE, AUTHORITY, LINK = "node.key", "node.pem", "ca.pem", "link.json"


class LinkFiles:
    """One folder. Each file is written whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def request(self, node: str) -> str:
        """A certificate request for the key, which is made once."""
        path = self._folder / KEY
        if path.exists():
            kept = serialization.load_pem_private_key(path.read_bytes(), None)
            return certificates.make_request(node, kept)[1]  # type: ignore[arg-type] # it is one of ours
        key, made = certificates.make_request(node)
        self._write(KEY, key)
        return made

    def link(self) -> dict[str, Any]:
        """What is remembered of the centre joined; empty if there is none."""
        try:
            found: dict[str, Any] = json.loads((self._folder / LINK).read_text(encoding="ascii"))
        except FileNotFoundError:
            return {}
        return found

    def remember(self, link: Mapping[str, Any]) -> None:
        """Keep it."""
        self._write(LINK, json.dumps(link, indent=1))

    def forget(self) -> None:
        """Know of no centre any more; the key stays."""
        (self._folder / LINK).unlink(missing_ok=True)

    def keep_certificates(self, certificate: str, ca: str) -> None:
        """Write both files, unless they say that already."""
        for name, text in ((AUTHORITY, ca), (CERTIFICATE, certificate)):
            path = self._folder / name
            if not path.exists() or path.read_text(encoding="ascii") != text:
                self._write(name, text)

    def check(self, certificate: str, ca: str, fingerprint: str, hub: str) -> datetime:
        """When the certificate ends. Raises: ConflictError hub-not-trusted: another authority, or not for our key."""
        key = (self._folder / KEY).read_text(encoding="ascii")
        try:
            if x509.fingerprint(ca) == fingerprint and x509.fits(certificate, ca, key):
                return certificates.expiry(certificate)
        except ValueError as error:
            raise ConflictError("hub-not-trusted", None, {"hub": hub}) from error
        raise ConflictError("hub-not-trusted", None, {"hub": hub})

    def _write(self, name: str, text: str) -> None:
        _write(self._folder / name, text)


def note_life(home: Path, incarnation: int) -> None:
    """Have the node write in this incarnation, at least, also after its next start. Raises: UnavailableError."""
    if incarnation > life_noted(home):
        _write(home / "incarnation", str(incarnation))


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        certificates.write_secret(path, text)
    except OSError as error:
        raise UnavailableError("keys-unwritable", None, {"reason": str(error.strerror)}) from error
