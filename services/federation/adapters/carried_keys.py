"""The keys that carried files are signed, judged and opened with: those of the link."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from chassis.federation import carried, certificates, sealing
from chassis.federation.carried import Block, Closing, Header
from chassis.federation.certificates import Authority, Key
from chassis.kernel.clock import now
from chassis.kernel.errors import ConflictError

NOTHING: Mapping[str, int] = {}
VALID_DAYS = 1
"""Of a certificate for one file: it has to hold when the file is made (sealing.require_valid)."""


class CarriedKeys:
    """GTM_KEYS/federation. A centre signs each file by a key of its own, which its authority names it for."""

    def __init__(self, folder: Path, node: str, hub: str | None) -> None:
        self._folder, self._node, self._hub = folder, node, hub

    def close(
        self, header: bytes, blocks: Iterable[dict[str, Any]], left_out: Mapping[str, int] = NOTHING
    ) -> tuple[bytes, bytes]:
        """The closing of a file of ours, and its signature. Raises: ConflictError, InvalidError carried-out-of-time."""
        certificate, key = self._signer()
        made_at = datetime.fromisoformat(carried.header_of(header).made_at)
        sealing.require_valid(x509.load_pem_x509_certificate(certificate.encode()), self._node, made_at)
        made = Closing(blocks=tuple(Block(**one) for one in blocks), certificate=certificate, left_out=dict(left_out))
        closing = carried.written(made)
        return closing, sealing.sign(header, closing, key)

    def signer_of(self, header: bytes, closing: bytes, signature: bytes) -> tuple[str, datetime]:
        """The fingerprint of the key that signed, and the end of its certificate. Raises: InvalidError, ConflictError.

        What was found then: the authority is ours, the certificate names the sender and held when the file was made.
        """
        given = sealing.verify(header, closing, signature, self._text("ca.pem"))
        said = carried.header_of(header)
        sealing.require_valid(given, said.sender, datetime.fromisoformat(said.made_at))
        return sealing.fingerprint(given.public_key()), given.not_valid_after_utc  # type: ignore[arg-type] # it is EC

    def own(self) -> str:
        """The fingerprint of the key that files to us are sealed for."""
        return sealing.fingerprint(self._opening().public_key())

    def open(self, header: Header) -> bytes:
        """The key of a file to us. Raises: InvalidError carried-altered."""
        return sealing.opened(header.share, self._opening())

    def _opening(self) -> Key:
        return self._key("ca.key" if self._hub is None else "node.key")

    def _signer(self) -> tuple[str, Key]:
        if self._hub is not None:
            return self._text("node.pem"), self._key("node.key")
        text, request = certificates.make_request(self._node)
        key = serialization.load_pem_private_key(text.encode(), None)
        certificate = Authority(self._folder).sign(request, self._node, VALID_DAYS, now())
        return certificate, key  # type: ignore[return-value] # made a line above

    def _key(self, name: str) -> Key:
        try:
            return sealing.private_key(self._folder / name)
        except FileNotFoundError as error:
            raise ConflictError("carried-without-certificates", None, {"node": self._node}) from error

    def _text(self, name: str) -> str:
        try:
            return (self._folder / name).read_text(encoding="ascii")
        except FileNotFoundError as error:
            raise ConflictError("carried-without-certificates", None, {"node": self._node}) from error
