"""Brokers of nodes that are linked: a RabbitMQ each, with shovels and management; the centre's takes links by TLS."""

from pathlib import Path

from chassis.federation.certificates import Authority
from tests.integration.gateway.private_broker import PrivateBroker
from tests.integration.ports import free_port
from tests.integration.surroundings import Surroundings

PASSWORD = "essai"
PLUGINS = "[rabbitmq_management,rabbitmq_shovel,rabbitmq_shovel_management]."
CONFIGURATION = """loopback_users = none
default_user = {user}
default_pass = {password}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
collect_statistics_interval = 1000
disk_free_limit.absolute = 50MB
heartbeat = 180
"""
TLS = """listeners.ssl.1 = {bind}:{port}
ssl_options.cacertfile = {keys}/ca.pem
ssl_options.certfile = {keys}/node.pem
ssl_options.keyfile = {keys}/node.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
ssl_options.versions.1 = tlsv1.2
"""


class NodeBroker(PrivateBroker):
    """The broker of one node; its first account is the node's own, as the launcher makes it."""

    def __init__(
        self, folder: Path, node: str, keys: Path | None = None, *, host: str = "localhost", bind: str = "127.0.0.1"
    ) -> None:
        """With `keys` it takes links: under the name `host`, on the address `bind`."""
        super().__init__(folder)
        self.node, self.management, self.tls = node, free_port(), free_port()
        text = CONFIGURATION.format(user=node, password=PASSWORD, management=self.management)
        if keys is not None:
            Authority(keys).ensure(node)
            Authority(keys).ensure_server(host, 730, 30)
            text += TLS.format(bind=bind, port=self.tls, keys=keys)
        (folder / "enabled_plugins").write_text(PLUGINS)
        (folder / "rabbitmq.conf").write_text(text)

    def knows(self, name: str, address: str) -> None:
        """Have it find a name at an address, from its next start on."""
        hosts = self.folder / "hosts"
        words = address.replace(".", ",")
        hosts.write_text(f'{{host, {{{words}}}, ["{name}"]}}.\n{{lookup, [file, native]}}.\n')
        self._environment["ERL_INETRC"] = str(hosts)

    def surroundings(self, mongo: str) -> Surroundings:
        """For a `Node` of the tests."""
        amqp, management = f"amqp://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.management}"
        return Surroundings(amqp=amqp, mongo=mongo, management=management, user=self.node, password=PASSWORD)

    @property
    def management_url(self) -> str:
        """With the account of an administrator."""
        return f"http://{self.node}:{PASSWORD}@127.0.0.1:{self.management}"
