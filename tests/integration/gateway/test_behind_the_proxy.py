"""The node as it stands on the internet: before it the nginx of deploy/proxy, by the file as it is but for places."""

import contextlib
import http.client
import json
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.integration.eventually import eventually
from tests.integration.gateway.children import start_gateway
from tests.integration.gateway.conftest import PASSWORD
from tests.integration.node import ROOT, Node
from tests.integration.ports import free_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed (Debian: nginx-light)")
NAME = "gtm.example"
NAMED = "behind-the-proxy"


class Proxy:
    """nginx with the file of deploy/proxy, in a folder of its own."""

    def __init__(self, folder: Path, gateway: str) -> None:
        self.http, self.https = free_port(), free_port()
        subject = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
        made = [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ]
        subprocess.run(
            [*made, *subject, "-keyout", f"{NAME}.key", "-out", f"{NAME}.pem"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        text = (ROOT / "deploy" / "proxy" / "nginx.conf").read_text(encoding="utf-8")
        temporary = "".join(f"{of}_temp_path {folder}/{of}; " for of in ("proxy", "fastcgi", "uwsgi", "scgi"))
        for written, here in (
            ("listen 80 ", f"listen 127.0.0.1:{self.http} "),
            ("listen 443 ", f"listen 127.0.0.1:{self.https} "),
            ("server 127.0.0.1:8080;", f"server 127.0.0.1:{urlsplit(gateway).port};"),
            ("/etc/nginx/tls/", f"{folder}/"),
            ("/var/log/nginx/", f"{folder}/"),
            ("http {", f"http {{ client_body_temp_path {folder}/body; {temporary}", ),
        ):  # fmt: skip
            assert written in text, written
            text = text.replace(written, here)
        text = "\n".join(line for line in text.splitlines() if "listen [::]" not in line)
        self.file, self.folder = folder / "nginx.conf", folder
        self.file.write_text(text, encoding="utf-8")
        self.trust = ssl.create_default_context(cafile=folder / f"{NAME}.pem")

    def command(self, *words: str) -> list[str]:
        told = f"pid {self.folder}/pid; error_log {self.folder}/error.log; daemon off;"
        told += " user root;" if os.getuid() == 0 else ""
        return [str(NGINX), "-p", str(self.folder), "-c", str(self.file), "-g", told, *words]

    def ask(self, method: str, path: str, body: Any = None, name: str = NAME, **headers: str) -> Any:
        """An answer over TLS, with its body read as `.content`."""
        connection = http.client.HTTPConnection(NAME, timeout=60)
        plain = socket.create_connection(("127.0.0.1", self.https), 60)
        connection.sock = self.trust.wrap_socket(plain, server_hostname=name)
        told = {word.replace("_", "-"): value for word, value in headers.items()}
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        with contextlib.closing(connection):
            connection.request(method, path, content, {"Content-Type": "application/json"} | told)
            answer: Any = connection.getresponse()
            answer.content = answer.read()
        return answer


@pytest.fixture(scope="module")
def proxy(node: Node, address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    gateway = start_gateway(node, NAMED, GTM_PUBLIC_URL=f"https://{NAME}", GTM_PROXIES="1", GTM_RATE_ADDRESS="10")
    made = Proxy(tmp_path_factory.mktemp("proxy"), gateway)
    process = subprocess.Popen(made.command(), stdin=subprocess.DEVNULL)
    try:
        eventually(lambda: process.poll() is not None or answers(made.https))
        assert process.poll() is None, (made.folder / "error.log").read_text()
        yield made
    finally:
        process.terminate()
        process.wait(30)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except OSError:
        return False
    return True


def test_the_file_is_sound(proxy: Proxy) -> None:
    done = subprocess.run(proxy.command("-t"), capture_output=True, text=True, check=False)
    assert (done.returncode, "warn" in done.stderr) == (0, False), done.stderr


def test_plain_http_leads_to_https_whatever_name_the_caller_claims(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.http, timeout=60)
    connection.request("GET", "/api/v1/meetings?x=1", headers={"Host": "evil.example"})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Location")) == (308, f"https://{NAME}/api/v1/meetings?x=1")
    assert answer.getheader("Server") == "nginx"
    connection.close()


def test_another_name_is_refused_at_the_handshake(proxy: Proxy) -> None:
    with pytest.raises(ssl.SSLError):
        proxy.ask("GET", "/", name="evil.example")


def test_another_name_after_the_handshake_is_misdirected(proxy: Proxy) -> None:
    answer = proxy.ask("GET", "/api/v1/me", Host="evil.example")
    assert (answer.status, b"evil" in answer.content) == (421, False)


def test_an_answer_has_each_header_once_and_no_version(proxy: Proxy) -> None:
    answer = proxy.ask("GET", "/api/v1/openapi.json")
    assert answer.status == 200
    for name in ("Strict-Transport-Security", "Content-Security-Policy", "X-Content-Type-Options", "Server"):
        assert len(answer.headers.get_all(name)) == 1, name
    assert answer.headers["Server"] == "nginx"


def test_cookies_and_redirects_are_for_https(proxy: Proxy) -> None:
    answer = proxy.ask("POST", "/api/v1/auth/browser", {"username": "admin", "password": PASSWORD})
    assert answer.status == 200, answer.content
    cookies = answer.headers.get_all("Set-Cookie")
    assert len(cookies) == 3
    assert all(one.startswith("__Host-") and "; Secure" in one for one in cookies)
    problem = proxy.ask("GET", "/api/v1/me", X_Forwarded_Host="evil.example", X_Forwarded_Proto="http")
    assert json.loads(problem.content)["type"].startswith(f"https://{NAME}/problems/")
    assert b"evil" not in problem.content


@pytest.mark.parametrize(
    ("path", "status"), [("/metrics", 404), ("/health/ready", 404), ("/api/v1/minutes/import", 413)]
)
def test_what_the_proxy_refuses_is_a_problem_too(proxy: Proxy, path: str, status: int) -> None:
    answer = proxy.ask("POST", path, b"x" * 22_100_000 if status == 413 else b"{}")
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert json.loads(answer.content)["status"] == status
    for name in ("Strict-Transport-Security", "X-Content-Type-Options", "Content-Security-Policy"):
        assert len(answer.headers.get_all(name)) == 1, name


def test_signing_in_again_and_again_is_slowed(proxy: Proxy) -> None:
    wrong = {"username": "nobody", "password": "wrong wrong wrong"}
    statuses = [proxy.ask("POST", "/api/v1/auth/token", wrong).status for _ in range(14)]
    assert statuses[-1] == 429
    refused = proxy.ask("POST", "/api/v1/auth/token", wrong)
    assert json.loads(refused.content)["code"] in ("too-many-requests", "too-many-attempts")
    assert refused.headers["Retry-After"]


def test_slow_clients_hold_up_nobody(proxy: Proxy) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(60):
            plain = stack.enter_context(socket.create_connection(("127.0.0.1", proxy.https), 60))
            slow = stack.enter_context(proxy.trust.wrap_socket(plain, server_hostname=NAME))
            slow.sendall(b"POST /api/v1/auth/refresh HTTP/1.1\r\nHost: gtm.example\r\nContent-Length: 500000\r\n\r\n{")
        assert proxy.ask("GET", "/health/live").status == 200


def test_what_a_caller_says_of_its_address_is_not_believed(proxy: Proxy) -> None:
    """Each claims to be somebody who never asked; together they soon ask too much."""
    for number in range(2000):
        said = f"9.9.{number // 250}.{number % 250}"
        answer = proxy.ask("GET", "/api/v1/node", X_Forwarded_For=said, X_Real_IP=said, Forwarded=f"for={said}")
        if answer.status == 429:
            break
    assert answer.headers["RateLimit-Policy"] == '"address";q=100;w=10'


def test_a_node_that_is_away_is_told_as_such(proxy: Proxy, node: Node) -> None:
    node.stop(NAMED)
    answer = proxy.ask("GET", "/api/v1/meetings")
    assert (answer.status, answer.headers["Content-Type"]) == (502, "application/problem+json")
    assert json.loads(answer.content)["code"] == "node-away"
