"""Whether the centre's broker lets this node in: asked where the transports do not get through.

A transport that is refused says only that it is starting, again and again, as one whose line is cut does.
"""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from amqp.exceptions import AccessRefused, AMQPError, NotAllowed
from kombu import Connection
from kombu.exceptions import KombuError

SECONDS = 10.0


def is_refused(link: Mapping[str, Any], node: str, keys: Path) -> bool:
    """True if somebody answers and lets this node not in: account closed, certificate expired. False if nobody does."""
    amqps = link["amqps"]
    options: dict[str, Any] = {"hostname": amqps["host"], "port": amqps["port"], "virtual_host": amqps["vhost"]}
    options |= {"userid": node, "password": link["password"], "connect_timeout": SECONDS, "heartbeat": 0}
    if amqps["tls"]:
        files = {"ca_certs": keys / "ca.pem", "certfile": keys / "node.pem", "keyfile": keys / "node.key"}
        checks = {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": amqps["host"]}
        options["ssl"] = {name: str(path) for name, path in files.items()} | checks
    try:
        with Connection(**options, transport_options={"read_timeout": SECONDS, "write_timeout": SECONDS}) as connection:
            connection.connect()
    except (AccessRefused, NotAllowed, ssl.SSLError):
        return True
    except (OSError, AMQPError, KombuError):
        return False
    return False
