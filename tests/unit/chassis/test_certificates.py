"""The centre's authority: what it signs, and what it refuses to."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from chassis.federation import certificates
from chassis.federation.certificates import Authority
from chassis.kernel.errors import InvalidError, NotFoundError

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    made = Authority(tmp_path / "federation")
    made.ensure("central")
    return made


def parsed(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


def request(name: str = "agadez", *extensions: x509.ExtensionType, subject: x509.Name | None = None, key=None) -> str:
    """A request made by somebody who does not use ours."""
    if subject is None:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    for one in extensions:
        builder = builder.add_extension(one, critical=False)
    made = builder.sign(key or ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM).decode()


def names_of(one: x509.Certificate) -> list[str]:
    return [str(name.value) for name in one.extensions.get_extension_for_class(x509.SubjectAlternativeName).value]


def purposes(one: x509.Certificate) -> list[x509.ObjectIdentifier]:
    return list(one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)


def test_the_authority_may_sign_leaves_alone_and_lasts_ten_years(authority: Authority):
    own = parsed(authority.certificate)
    basic = own.extensions.get_extension_for_class(x509.BasicConstraints)
    assert basic.critical and basic.value.ca and basic.value.path_length == 0
    assert own.not_valid_after_utc > datetime.now(UTC) + timedelta(days=3649)


def test_it_is_made_once(authority: Authority):
    before = authority.certificate
    authority.ensure("central")
    assert authority.certificate == before


def test_its_files_are_its_owners_alone(authority: Authority):
    authority.ensure_server("central.example", 730, 30)
    assert sorted(one.name for one in authority.folder.iterdir()) == ["ca.key", "ca.pem", "node.key", "node.pem"]
    assert {one.stat().st_mode & 0o777 for one in authority.folder.iterdir()} == {0o600}
    assert authority.folder.stat().st_mode & 0o077 == 0


def test_the_brokers_certificate_is_for_its_name_and_this_machine(authority: Authority):
    assert authority.ensure_server("central.example", 730, 30)
    one = parsed((authority.folder / "node.pem").read_text())
    one.verify_directly_issued_by(parsed(authority.certificate))
    assert names_of(one) == ["central.example", "localhost", "127.0.0.1"]
    assert purposes(one) == [ExtendedKeyUsageOID.SERVER_AUTH]


@pytest.mark.parametrize(
    ("host", "later", "anew"),
    [("central.example", 0, False), ("central.example", 699, False), ("central.example", 701, True), ("c.ne", 0, True)],
)
def test_the_brokers_certificate_is_made_anew_before_its_end_and_for_another_name(
    authority: Authority, host: str, later: int, anew: bool
):
    authority.ensure_server("central.example", 730, 30, NOW)
    assert authority.ensure_server(host, 730, 30, NOW + timedelta(days=later)) is anew


def test_a_region_gets_a_certificate_in_its_own_name(authority: Authority):
    _, csr = certificates.make_request("agadez")
    pem = authority.sign(csr, "agadez", 365, NOW)
    one = parsed(pem)
    one.verify_directly_issued_by(parsed(authority.certificate))
    assert one.subject.rfc4514_string() == "CN=agadez"
    assert names_of(one) == ["agadez"]
    assert purposes(one) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not one.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificates.expiry(pem) == NOW + timedelta(days=365)
    # Good for a machine whose clock lost its battery, too.
    assert one.not_valid_before_utc.year == 1970 == parsed(authority.certificate).not_valid_before_utc.year
    assert parsed(authority.sign(csr, "agadez", 365, NOW)).serial_number != one.serial_number


def test_no_certificate_outlives_the_authority(authority: Authority):
    pem = authority.sign(certificates.make_request("agadez")[1], "agadez", 9999)
    assert certificates.expiry(pem) == parsed(authority.certificate).not_valid_after_utc


@pytest.mark.parametrize(
    "csr",
    [
        request("zinder"),
        request("agadez", x509.SubjectAlternativeName([x509.DNSName("zinder")])),
        request("agadez", x509.SubjectAlternativeName([x509.DNSName("agadez"), x509.DNSName("central")])),
        request("agadez", x509.SubjectAlternativeName([x509.RFC822Name("a@exemple.ne")])),
        request("AGADEZ"),
    ],
    ids=["name", "other name", "more names", "mail", "case"],
)
def test_a_request_in_another_name_is_refused(authority: Authority, csr: str):
    with pytest.raises(InvalidError) as caught:
        authority.sign(csr, "agadez", 365)
    assert caught.value.code == "certificate-request-for-another"


def broken(pem: str) -> str:
    """The same with another signature."""
    raw = bytearray(x509.load_pem_x509_csr(pem.encode()).public_bytes(serialization.Encoding.DER))
    raw[-1] ^= 1
    made = x509.load_der_x509_csr(bytes(raw))
    return made.public_bytes(serialization.Encoding.PEM).decode()


TWICE = [x509.NameAttribute(NameOID.COMMON_NAME, "agadez"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "agadez")]


@pytest.mark.parametrize(
    "csr",
    [
        "",
        "nonsense",
        "é",
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
        "x" * 10_000,
        broken(request("agadez")),
        request("agadez", x509.BasicConstraints(ca=True, path_length=None)),
        request("agadez", x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])),
        request("agadez", key=rsa.generate_private_key(65537, 2048)),
        request("agadez", key=ec.generate_private_key(ec.SECP384R1())),
        request(subject=x509.Name([])),
        request(subject=x509.Name(TWICE)),
    ],
    ids=[
        "empty",
        "text",
        "not ascii",
        "no request",
        "large",
        "signature",
        "ca",
        "server",
        "rsa",
        "p384",
        "none",
        "two",
    ],
)
def test_what_is_no_sound_request_is_refused(authority: Authority, csr: str):
    with pytest.raises(InvalidError) as caught:
        authority.sign(csr, "agadez", 365)
    assert caught.value.code == "unreadable-certificate-request"
    assert not (authority.folder / "node.pem").exists()


def test_without_an_authority_nothing_is_signed(tmp_path: Path):
    with pytest.raises(NotFoundError):
        Authority(tmp_path).sign(request("agadez"), "agadez", 1)
