"""What keeps a carried file from other eyes and other hands: a key for the receiver alone, the sender's signature.

The key of a file: an EC key made for it alone, agreed (ECDH, HKDF-SHA256) with the receiver's: a region's is the one
that its certificate was made for, a centre's that of its authority, whose certificate every region has. Each block is
AES-256-GCM under it, with its number as the nonce. The signature is ECDSA by a key that a certificate of the centre's
authority names the sender for.
"""

import base64
import binascii
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import NameOID

from chassis.federation import carried
from chassis.federation.certificates import Key
from chassis.kernel.errors import InvalidError

_CURVE = ec.SECP256R1
_POINT = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
_BROKEN = (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error, x509.InvalidVersion)


def share_for(certificate: str) -> tuple[str, str, bytes]:
    """For a new file to the node of that certificate: the share and the fingerprint for its header, and its key."""
    theirs = public_key(certificate)
    ours = ec.generate_private_key(_CURVE())
    point = ours.public_key().public_bytes(*_POINT)
    return base64.b64encode(point).decode(), fingerprint(theirs), _derived(ours.exchange(ec.ECDH(), theirs), point)


def opened(share: str, own: Key) -> bytes:
    """The key of a file to us. Raises: InvalidError carried-altered."""
    try:
        point = base64.b64decode(share, validate=True)
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE(), point)
        return _derived(own.exchange(ec.ECDH(), theirs), point)
    except _BROKEN as error:
        raise carried.altered("header") from error


def seal(key: bytes, number: int, content: bytes) -> bytes:
    """A block as it stands in the file."""
    return AESGCM(key).encrypt(_nonce(number), content, carried.MAGIC)


def unseal(key: bytes, number: int, block: bytes) -> bytes:
    """What is in a block. Raises: InvalidError carried-altered."""
    try:
        return AESGCM(key).decrypt(_nonce(number), block, carried.MAGIC)
    except (InvalidTag, ValueError) as error:
        raise carried.altered("block", number + 1) from error


def sign(header: bytes, closing: bytes, own: Key) -> bytes:
    """The signature of a file."""
    return own.sign(carried.signed_text(header, closing), ec.ECDSA(hashes.SHA256()))


def verify(header: bytes, closing: bytes, signature: bytes, ca: str) -> x509.Certificate:
    """The certificate that signed, once it is found to be of that authority, for the sender, and the signature to fit.

    Raises: InvalidError carried-altered, carried-of-another-authority, carried-in-anothers-name.
    """
    try:
        given = x509.load_pem_x509_certificate(carried.closing_of(closing).certificate.encode())
        key = given.public_key()
        names = [str(one.value) for one in given.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    except _BROKEN as error:
        raise carried.altered("closing") from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise carried.altered("closing")
    try:
        key.verify(signature, carried.signed_text(header, closing), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError) as error:
        raise carried.altered("signature") from error
    sender = carried.header_of(header).sender
    try:
        given.verify_directly_issued_by(x509.load_pem_x509_certificate(ca.encode()))
    except (InvalidSignature, *_BROKEN) as error:
        raise InvalidError("carried-of-another-authority", None, {"sender": sender}) from error
    if names != [sender]:
        raise InvalidError("carried-in-anothers-name", None, {"sender": sender, "given": ", ".join(names)[:100]})
    return given


def require_valid(certificate: x509.Certificate, sender: str, made_at: datetime) -> None:
    """Pass if the certificate held when the file was made. Raises: InvalidError carried-out-of-time."""
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begins <= made_at <= ends:
        told = {"sender": sender, "made_at": _day(made_at), "begins": _day(begins), "ends": _day(ends)}
        raise InvalidError("carried-out-of-time", None, told)


def public_key(certificate: str) -> ec.EllipticCurvePublicKey:
    """The key of a certificate of ours."""
    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)  # noqa: S101 (our authority signs no other)
    return key


def private_key(path: Path) -> Key:
    """A key of ours. Raises: OSError."""
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 (it is what we wrote)
    return key


def fingerprint(key: ec.EllipticCurvePublicKey) -> str:
    """SHA-256 of a public key, as members' records tell it."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    digest = hashes.Hash(hashes.SHA256())
    digest.update(key.public_bytes(serialization.Encoding.DER, form))
    return digest.finalize().hex()


def _derived(secret: bytes, point: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=point, info=carried.MAGIC).derive(secret)


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _day(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d")
