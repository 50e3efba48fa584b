"""Names of hosts, looked up anew at each connection, without holding up the other green threads.

eventlet's own resolver remembers answers, also that a name does not exist, for as long as the name server says: 300 s
were seen. A broker's container has no name while it is stopped, so its services came back minutes after it did.
"""

from typing import Any

import dns.resolver
from eventlet.support import greendns


class FreshResolver(greendns.ResolverProxy):
    """eventlet's resolver, without its memory."""

    def clear(self) -> None:
        """Runs before the first look-up."""
        super().clear()
        resolver: dns.resolver.Resolver = self._resolver
        resolver.cache = None


def look_up_anew() -> None:
    """Put it in the place of eventlet's; call once at the start of a green process."""
    module: Any = greendns
    module.resolver = FreshResolver(hosts_resolver=greendns.HostsResolver())
