"""Whether the centre lets this node in, asked as its transports ask: they themselves say for ever that they start."""

import socket
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from amqp import Connection
from amqp.exceptions import AMQPError

SECONDS = 5.0
REFUSALS = (403, 530)  # a password that is not taken, an account or a virtual host that is not there
ACCOUNT, CERTIFICATE = "account", "certificate"


def refusal(link: Mapping[str, Any], node: str, keys: Path) -> str | None:
    """What the centre, or this node's own check of it, refuses; None where it opens, and where nobody answers."""
    try:
        if link["amqps"]["tls"]:
            _shake_hands(link["amqps"], keys)
        _sign_in(link, node, keys)
    except ssl.SSLError as error:
        # An alert is the other side's no; what is only cut short is a bad line.
        told = isinstance(error, ssl.SSLCertVerificationError) or "ALERT" in str(error).upper()
        return CERTIFICATE if told else None
    except AMQPError as error:
        return ACCOUNT if error.reply_code in REFUSALS else None
    except OSError:
        return None
    return None


def _shake_hands(amqps: Mapping[str, Any], keys: Path) -> None:
    """By TLS 1.2, which refuses a certificate within the handshake: with 1.3 one may only read of a cut line."""
    context = ssl.create_default_context(cafile=str(keys / "ca.pem"))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(keys / "node.pem", keys / "node.key")
    with socket.create_connection((amqps["host"], amqps["port"]), SECONDS) as plain:
        context.wrap_socket(plain, server_hostname=amqps["host"]).close()


def _sign_in(link: Mapping[str, Any], node: str, keys: Path) -> None:
    amqps = link["amqps"]
    files = {"ca_certs": "ca.pem", "certfile": "node.pem", "keyfile": "node.key"}
    shown = {name: str(keys / file) for name, file in files.items()}
    checked = {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": amqps["host"]}
    made = Connection(
        f"{amqps['host']}:{amqps['port']}",
        node,
        link["password"],
        virtual_host=amqps["vhost"],
        ssl={**shown, **checked} if amqps["tls"] else False,
        connect_timeout=SECONDS,
        read_timeout=SECONDS,
        write_timeout=SECONDS,
    )
    try:
        made.connect()
    finally:
        made.collect()
