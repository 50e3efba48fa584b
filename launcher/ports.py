"""Whether the ports that a node is about to listen on are free, before anything is started."""

import socket
from collections.abc import Iterable

from launcher.errors import LauncherError
from launcher.settings import LOOPBACK, PORTS, Settings


def check_free(settings: Settings, names: Iterable[str]) -> None:
    """Raises: LauncherError port-taken, naming the port and the variable that sets another one."""
    for name in names:
        host = settings.http_host if name == "http" else LOOPBACK
        if not is_free(host, settings.ports[name]):
            raise LauncherError("port-taken", port=settings.ports[name], name=name, variable=PORTS[name][1])


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: a port just left is free
        try:
            tried.bind((host, port))
        except OSError:
            return False
    return True
