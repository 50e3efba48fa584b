"""Addresses that a person names and this machine then calls: judged as they resolve, and called as they were judged.

Else somebody could have a service ask what only this machine may: the address by which a cloud tells its secrets, the
neighbours of its network. A name is resolved once; if any of what it stands for is unfit, none of it is called.
"""

import ipaddress
import socket
from typing import Any, Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Where clouds tell a machine its secrets, beside 169.254.169.254, which is link-local.
METADATA: Final = frozenset(
    map(ipaddress.ip_address, ("fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "192.0.0.192"))
)
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class UnfitAddressError(ValueError):
    """No call may go there."""


def judged(host: str, port: int, *, inner: bool) -> tuple[str, int]:
    """The address and port to call. inner: networks that are not the internet are fit too.

    Raises: UnfitAddressError; OSError for a name that nobody knows.
    """
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(is_fit(one, inner=inner) for one in found):
        raise UnfitAddressError(host)
    return found[0], port


def is_fit(text: str, *, inner: bool) -> bool:
    """Whether a call may go to the address."""
    try:
        address = _bare(ipaddress.ip_address(text))
    except ValueError:  # with a zone: a network of this machine alone
        return False
    if address in METADATA or address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return address.is_global or (inner and (address.is_private or address.is_loopback))


def call_only(connection: Any, place: tuple[str, int]) -> None:
    """Have an http.client connection go to the judged place, whatever its name stands for; TLS checks the name."""

    def connect(_named: Any, timeout: Any = None, source: Any = None) -> socket.socket:
        return socket.create_connection(place, timeout, source)

    connection._create_connection = connect


def _bare(address: Address) -> Address:
    """The address of version 4 that one of version 6 leads to, where it does."""
    if isinstance(address, ipaddress.IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if inside is None and address in _NAT64:
            inside = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return inside or address
    return address
