"""The centre's certificate authority, as the federation service uses it."""

from datetime import datetime
from pathlib import Path

from chassis.federation.certificates import Authority, expiry, read_request
from chassis.federation.nodes import NodeDescription
from services.federation.adapters import x509


class CentreAuthority:
    """Gives certificates where the centre's broker takes links with TLS, and none where it does not."""

    def __init__(self, keys: Path, description: NodeDescription) -> None:
        self._authority, self._description = Authority(keys), description

    @property
    def certificate(self) -> str | None:
        """The authority's own, PEM; None where there is no TLS. Raises: NotFoundError no-certificate-authority."""
        return None if self._description.listen is None else self._authority.certificate

    @property
    def fingerprint(self) -> str | None:
        """Of its own certificate; None where this centre's broker has no TLS. Raises: NotFoundError."""
        own = self.certificate
        return None if own is None else x509.fingerprint(own)

    def key_of(self, csr: str, node: str) -> str:
        """The fingerprint of the public key in a node's request. Raises: InvalidError, naming what is wrong with it."""
        return x509.key_fingerprint(read_request(csr, node))

    def sign(self, csr: str, node: str) -> tuple[str | None, datetime | None]:
        """The certificate and its end; None and None where there is no TLS."""
        if self._description.listen is None:
            return None, None
        made = self._authority.sign(csr, node, self._description.certificates.valid_days)
        return made, expiry(made)
