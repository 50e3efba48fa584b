"""The broker of a centre as the launcher makes it: whom its TLS listener lets in, and which accounts it has.

Real clients over real TLS, each with the certificate that its case is about; a client is in when the broker greets it.
"""

import json
import os
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from amqp import Connection, Message, PreconditionFailed

from chassis.broker.rights import ADMINISTRATOR, LAUNCHER, account
from chassis.federation import certificates
from chassis.federation.certificates import Authority
from chassis.kernel.clock import now
from launcher import broker, broker_accounts
from launcher.programs import Program
from launcher.settings import Settings
from services.federation.adapters.door import refusal
from tests.integration.eventually import eventually
from tests.integration.node import ROOT
from tests.integration.ports import free_port

GREETING = b"AMQP\x00\x00\x09\x01"
SECONDS = 20
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@dataclass(frozen=True)
class Centre:
    """A broker of a centre, nothing else of it."""

    settings: Settings
    management: str

    @property
    def port(self) -> int:
        return self.settings.ports["link"]

    @property
    def authority(self) -> Authority:
        return Authority(self.settings.keys / "federation")

    def manage(self, method: str, path: str, user: str, password: str) -> int:
        """The status of a request to its management API."""
        address = f"http://127.0.0.1:{self.settings.ports['amqp_management']}/api/{path}"
        known = b64encode(f"{user}:{password}".encode()).decode()
        headers = {"Authorization": f"Basic {known}", "Content-Type": "application/json"}
        body = json.dumps({"password": "x", "tags": ""}).encode() if method == "PUT" else None
        request = urllib.request.Request(address, method=method, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    home = tmp_path_factory.mktemp("centre") / "home"
    told = {"GTM_HOME": str(home), "GTM_HTTP_PORT": str(free_port(above=20)), "PATH": os.environ["PATH"]}
    settings = Settings.from_environment(told)
    settings.home.make()
    made = broker.prepare(settings)
    running = [_started(program) for program in made.programs]
    try:
        eventually(lambda: broker.answers(made), within=90, every=0.5)
        yield Centre(settings, str(made.management))
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(60)


def _started(program: Program) -> subprocess.Popen[bytes]:
    with (program.cwd / f"{program.name}.out").open("wb") as out:
        null = subprocess.DEVNULL
        return subprocess.Popen(program.argv, env=program.env, cwd=program.cwd, stdin=null, stdout=out, stderr=out)


@dataclass(frozen=True)
class Client:
    """Who dials in: what it trusts, and what it shows."""

    trusts: str
    shows: Path | None = None
    version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3

    def context(self) -> ssl.SSLContext:
        made = ssl.create_default_context(cadata=self.trusts)
        made.minimum_version = made.maximum_version = self.version
        if self.shows is not None:
            made.load_cert_chain(self.shows)
        return made

    def is_let_in(self, port: int, host: str = "localhost") -> bool:
        """Whether the broker begins to speak AMQP with it. Raises: ssl.SSLCertVerificationError, if it refuses."""
        with socket.create_connection(("127.0.0.1", port), SECONDS) as plain:
            try:
                with self.context().wrap_socket(plain, server_hostname=host) as secure:
                    secure.sendall(GREETING)
                    return secure.recv(1) == b"\x01"
            except ssl.SSLCertVerificationError:
                raise
            except (ssl.SSLError, ConnectionError):
                return False


def who(centre: Centre, name: str) -> tuple[str, str]:
    """An account of the centre and its password."""
    return account("central", name), broker_accounts.password(centre.settings.home, name)


@contextmanager
def opened(port: int, user: str, password: str, **more: Any) -> Iterator[Connection]:
    """An open connection of an account."""
    made = Connection(f"localhost:{port}", user, password, virtual_host="gtm", connect_timeout=SECONDS, **more)
    made.connect()
    try:
        yield made
    finally:
        made.collect()


def shown(folder: Path, authority: Authority, node: str = "agadez", days: int = 30, ago: int = 0) -> Path:
    """Key and certificate of a region in one file, from that authority."""
    key, csr = certificates.make_request(node)
    path = folder / f"{node}-{days}-{ago}.pem"
    path.write_text(key + authority.sign(csr, node, days, now() - timedelta(days=ago)), encoding="ascii")
    return path


@pytest.mark.parametrize("version", VERSIONS, ids=["tls 1.2", "tls 1.3"])
def test_who_shows_a_certificate_of_the_centre_is_let_in(centre: Centre, tmp_path: Path, version: ssl.TLSVersion):
    client = Client(centre.authority.certificate, shown(tmp_path, centre.authority), version)
    assert client.is_let_in(centre.port)
    assert client.is_let_in(centre.port, "127.0.0.1")


@pytest.mark.parametrize("version", VERSIONS, ids=["tls 1.2", "tls 1.3"])
def test_who_shows_none_is_not(centre: Centre, version: ssl.TLSVersion):
    assert not Client(centre.authority.certificate, None, version).is_let_in(centre.port)


@pytest.mark.parametrize("version", VERSIONS, ids=["tls 1.2", "tls 1.3"])
def test_who_shows_one_of_another_authority_is_not(centre: Centre, tmp_path: Path, version: ssl.TLSVersion):
    other = Authority(tmp_path / "other")
    other.ensure("central")  # the same name, another key
    assert not Client(centre.authority.certificate, shown(tmp_path, other), version).is_let_in(centre.port)


@pytest.mark.parametrize("version", VERSIONS, ids=["tls 1.2", "tls 1.3"])
def test_who_shows_an_expired_one_is_not(centre: Centre, tmp_path: Path, version: ssl.TLSVersion):
    expired = shown(tmp_path, centre.authority, days=30, ago=31)
    assert not Client(centre.authority.certificate, expired, version).is_let_in(centre.port)
    soon = shown(tmp_path, centre.authority, days=30, ago=29)
    assert Client(centre.authority.certificate, soon, version).is_let_in(centre.port)


@pytest.mark.parametrize("version", VERSIONS, ids=["tls 1.2", "tls 1.3"])
def test_who_shows_one_signed_by_itself_is_not(centre: Centre, tmp_path: Path, version: ssl.TLSVersion):
    own = Authority(tmp_path / "own")
    own.ensure("agadez")
    path = tmp_path / "self.pem"
    path.write_text((own.folder / "ca.key").read_text() + own.certificate, encoding="ascii")
    assert not Client(centre.authority.certificate, path, version).is_let_in(centre.port)


def linked(folder: Path, authority: Authority, node: str = "agadez", **more: Any) -> Path:
    """The files of a region, as it keeps them after joining."""
    folder.mkdir()
    whole = shown(folder, authority, node, **more).read_text(encoding="ascii")
    key, end, certificate = whole.partition("-----END PRIVATE KEY-----\n")
    (folder / "node.key").write_text(key + end, encoding="ascii")
    (folder / "node.pem").write_text(certificate, encoding="ascii")
    (folder / "ca.pem").write_text(authority.certificate, encoding="ascii")
    return folder


def at(port: int, word: str = "x") -> dict[str, Any]:
    return {"amqps": {"host": "localhost", "port": port, "vhost": "gtm", "tls": True}, "password": word}


def test_a_region_knows_why_it_is_refused(centre: Centre, tmp_path: Path):
    """Its account is closed, replaced or another's; its certificate is over, or another centre's; nobody is there."""
    administrator = who(centre, ADMINISTRATOR)
    good = linked(tmp_path / "good", centre.authority)
    assert refusal(at(centre.port), "agadez", good) == "account"
    assert centre.manage("PUT", "users/agadez", *administrator) == 201
    assert refusal(at(centre.port, "that of before"), "agadez", good) == "account"
    others = linked(tmp_path / "others", centre.authority, "zinder")
    assert refusal(at(centre.port, "of zinder"), "agadez", others) == "account", "a certificate is no password"
    assert centre.manage("DELETE", "users/agadez", *administrator) == 204
    assert refusal(at(centre.port), "agadez", good) == "account", "removed, though the certificate is still good"
    over = linked(tmp_path / "over", centre.authority, days=30, ago=31)
    assert refusal(at(centre.port), "agadez", over) == "certificate"
    stranger = Authority(tmp_path / "stranger")
    stranger.ensure("central")
    assert refusal(at(centre.port), "agadez", linked(tmp_path / "strange", stranger)) == "certificate"
    assert refusal(at(free_port()), "agadez", good) is None


@pytest.mark.parametrize(("clock", "found"), [("1971-03-01", "account"), ("2060-03-01", "certificate")])
def test_a_region_whose_clock_is_years_off(centre: Centre, tmp_path: Path, clock: str, found: str):
    """One that is behind gets as far as its account; one that is beyond the certificates' end is told of that."""
    libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not libraries:
        pytest.skip("needs libfaketime")
    asked = f"print(refusal({at(centre.port)!r}, 'agadez', Path({str(linked(tmp_path / 'off', centre.authority))!r})))"
    code = f"from pathlib import Path; from services.federation.adapters.door import refusal; {asked}"
    off = {"LD_PRELOAD": str(libraries[0]), "FAKETIME": f"@{clock} 00:00:00", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | off, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == found, done.stderr[-1000:]


def test_a_region_refuses_who_is_not_its_centre(centre: Centre, tmp_path: Path):
    other = Authority(tmp_path / "other")
    other.ensure("central")
    ours = shown(tmp_path, centre.authority)
    with pytest.raises(ssl.SSLCertVerificationError):
        Client(other.certificate, ours).is_let_in(centre.port)
    with pytest.raises(ssl.SSLCertVerificationError):
        Client(centre.authority.certificate, ours).is_let_in(centre.port, "central.example")


def test_an_account_is_opened_over_it(centre: Centre, tmp_path: Path):
    ca = centre.authority.folder / "ca.pem"
    shows = shown(tmp_path, centre.authority)
    told = {"ca_certs": str(ca), "certfile": str(shows), "cert_reqs": ssl.CERT_REQUIRED, "server_hostname": "localhost"}
    with opened(centre.port, *who(centre, "actors"), ssl=told) as one:
        assert one.connected


def test_what_the_node_publishes_is_vouched_for_and_nothing_else_in_its_name(centre: Centre):
    port = centre.settings.ports["amqp"]
    message = Message(b"{}", user_id="central.launcher")
    with opened(port, *who(centre, LAUNCHER), confirm_publish=True) as own:
        own.channel().basic_publish_confirm(message, "amq.topic", "x")
    with opened(port, *who(centre, ADMINISTRATOR), confirm_publish=True) as other, pytest.raises(PreconditionFailed):
        other.channel().basic_publish_confirm(message, "amq.topic", "x")


def test_accounts_are_made_by_the_federation_service_alone(centre: Centre):
    own, federation = who(centre, "actors"), who(centre, ADMINISTRATOR)
    assert centre.manage("PUT", "users/agadez", *own) in (401, 403)
    assert centre.manage("PUT", "users/agadez", *federation) == 201
    assert centre.manage("GET", "shovels", *federation) == 200
    assert centre.manage("DELETE", "users/agadez", *federation) == 204
    assert (
        centre.management
        == f"http://central.administrator:{federation[1]}@127.0.0.1:{centre.settings.ports['http'] + 2}"
    )
