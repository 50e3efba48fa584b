"""Certificates of the links between nodes: a centre has an authority of its own, which signs for its regions.

    ca.pem, ca.key       the authority: EC P-256, ten years, may sign nothing but leaves
    node.pem, node.key   the broker of the centre, for those who dial in

The key of a region never leaves it: the region sends a request (PKCS #10) and gets a certificate in its own name.
"""

import ipaddress
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from chassis.kernel.clock import now
from chassis.kernel.errors import InvalidError, NotFoundError

AUTHORITY_DAYS: Final = 3650
BEGINS: Final = datetime(1970, 1, 2, tzinfo=UTC)
"""A machine whose clock lost its battery begins there again, and must still find its centre's certificates valid."""
LARGEST_REQUEST: Final = 8192
LOCAL: Final = ("localhost", "127.0.0.1")
Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Authority:
    """The authority whose files are in a folder (GTM_KEYS/federation of the centre)."""

    folder: Path

    @property
    def certificate(self) -> str:
        """Its own certificate, PEM, for those who shall trust it. Raises: NotFoundError no-certificate-authority."""
        return _text(self.folder / "ca.pem")

    def ensure(self, node: str) -> None:
        """Make it, unless it is there."""
        if (self.folder / "ca.pem").exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(f"GTM {node}")
        made = (
            _builder(name, name, key.public_key(), now() + timedelta(days=AUTHORITY_DAYS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        # The certificate last: it is what says that the authority is there.
        write_secret(self.folder / "ca.key", private_pem(key))
        write_secret(self.folder / "ca.pem", _pem(made))

    def ensure_server(self, host: str, days: int, warn_days: int, at: datetime | None = None) -> bool:
        """Have a certificate of the centre's broker for `host` that lasts; whether it had to be made, or made anew."""
        at = at or now()
        path = self.folder / "node.pem"
        if path.exists() and (self.folder / "node.key").exists() and self._serves(path, host, warn_days, at):
            return False
        key = ec.generate_private_key(ec.SECP256R1())
        names = [_alternative(one) for one in dict.fromkeys((host, *LOCAL))]
        made = self._leaf(key.public_key(), host, names, ExtendedKeyUsageOID.SERVER_AUTH, days, at)
        write_secret(self.folder / "node.key", private_pem(key))
        write_secret(path, made)
        return True

    def sign(self, csr_pem: str, node_id: str, days: int, at: datetime | None = None) -> str:
        """A client certificate in the name of a region.

        Raises: InvalidError as `read_request`; NotFoundError no-certificate-authority.
        """
        request = read_request(csr_pem, node_id)
        names = [x509.DNSName(node_id)]
        return self._leaf(_key_of(request), node_id, names, ExtendedKeyUsageOID.CLIENT_AUTH, days, at or now())

    def _leaf(
        self,
        key: ec.EllipticCurvePublicKey,
        name: str,
        names: Iterable[x509.GeneralName],
        purpose: x509.ObjectIdentifier,
        days: int,
        at: datetime,
    ) -> str:
        own = x509.load_pem_x509_certificate(self.certificate.encode())
        signing = serialization.load_pem_private_key(_text(self.folder / "ca.key").encode(), None)
        assert isinstance(signing, Key)  # noqa: S101 (it is what `ensure` wrote)
        end = min(at + timedelta(days=days), own.not_valid_after_utc)
        known = own.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        made = (
            _builder(_name(name), own.subject, key, end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known),
                critical=False,
            )
            .sign(signing, hashes.SHA256())
        )
        return _pem(made)

    def _serves(self, path: Path, host: str, warn_days: int, at: datetime) -> bool:
        """Whether it is this authority's, for that host, and not about to end."""
        own = x509.load_pem_x509_certificate(self.certificate.encode())
        found = x509.load_pem_x509_certificate(path.read_bytes())
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        try:
            found.verify_directly_issued_by(own)
        except (InvalidSignature, ValueError, TypeError):
            return False
        return _alternative(host) in names and at + timedelta(days=warn_days) < found.not_valid_after_utc


def make_request(node_id: str, key: Key | None = None) -> tuple[str, str]:
    """A region's side: its private key and a request for a certificate in its name, both PEM."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    request = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(_name(node_id))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(node_id)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return private_pem(key), _pem(request)


def read_request(csr_pem: str, node_id: str) -> x509.CertificateSigningRequest:
    """A request that is sound and asks for that name alone.

    Raises: InvalidError unreadable-certificate-request, certificate-request-for-another.
    """
    if len(csr_pem) > LARGEST_REQUEST:
        raise _unreadable(f"> {LARGEST_REQUEST}")
    try:
        request = x509.load_pem_x509_csr(csr_pem.encode())
        sound = request.is_signature_valid
        names = [str(one.value) for one in request.subject]
        extensions = list(request.extensions)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
        raise _unreadable(str(error)[:100] or type(error).__name__) from error
    if not sound:
        raise _unreadable("signature")
    _key_of(request)
    for one in extensions:
        if not isinstance(one.value, x509.SubjectAlternativeName):
            raise _unreadable(f"extension {one.oid.dotted_string}")
        names += [str(name.value) for name in one.value]
    for name in names:
        if name != node_id:
            raise InvalidError("certificate-request-for-another", "csr", {"given": name[:100], "node": node_id})
    if [one.oid for one in request.subject] != [NameOID.COMMON_NAME]:
        raise _unreadable("subject")
    return request


def expiry(pem: str) -> datetime:
    """When a certificate ends. Raises: ValueError, if it is none."""
    return x509.load_pem_x509_certificate(pem.encode()).not_valid_after_utc


def private_pem(key: Key) -> str:
    """A private key as its file holds it."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def write_secret(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable by its owner alone from the first byte on."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(BEGINS)
        .not_valid_after(end.astimezone(UTC))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key_of(request: x509.CertificateSigningRequest) -> ec.EllipticCurvePublicKey:
    try:
        key = request.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _unreadable("key") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _unreadable("key")
    return key


def _unreadable(reason: str) -> InvalidError:
    return InvalidError("unreadable-certificate-request", "csr", {"reason": reason})


def _pem(made: x509.Certificate | x509.CertificateSigningRequest) -> str:
    return made.public_bytes(serialization.Encoding.PEM).decode()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError as error:
        raise NotFoundError("no-certificate-authority") from error
