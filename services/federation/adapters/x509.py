"""Certificates as a region judges them: whether what it was given is what was promised. Making them: chassis."""

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization

_UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm)


def fingerprint(certificate: str) -> str:
    """SHA-256 of a certificate. Raises: ValueError."""
    return x509.load_pem_x509_certificate(certificate.encode("ascii")).fingerprint(hashes.SHA256()).hex()


def fits(certificate: str, ca: str, key: str) -> bool:
    """Whether the certificate is for our key and of that authority. Raises: ValueError."""
    try:
        own = serialization.load_pem_private_key(key.encode("ascii"), None).public_key()
        given = x509.load_pem_x509_certificate(certificate.encode("ascii"))
        given.verify_directly_issued_by(x509.load_pem_x509_certificate(ca.encode("ascii")))
    except InvalidSignature:
        return False
    except _UNREADABLE as error:
        raise ValueError("no certificate") from error
    return key_fingerprint(given) == _fingerprint(own)


def key_fingerprint(of: x509.Certificate | x509.CertificateSigningRequest) -> str:
    """SHA-256 of the public key in a certificate or a request."""
    return _fingerprint(of.public_key())


def _fingerprint(key: object) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    digest = hashes.Hash(hashes.SHA256())
    digest.update(key.public_bytes(serialization.Encoding.DER, form))  # type: ignore[attr-defined]
    return digest.finalize().hex()
