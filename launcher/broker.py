"""The message broker: that of GTM_AMQP_URI, else a private node of the RabbitMQ installed on this machine.

The private node shares nothing with one that the system may run: its own name, cookie, name daemon (epmd), ports and
files, all under GTM_HOME/broker, and it listens on the loopback address alone. It runs as whoever starts it, also as
root: the packaged `rabbitmq` user could not enter a GTM_HOME that only its owner may enter.
"""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from amqp.exceptions import AMQPError
from kombu import Connection
from kombu.exceptions import KombuError

from chassis.broker.rights import ADMINISTRATOR, LAUNCHER, account, with_account
from launcher import broker_accounts, links, packages
from launcher.backing import Backing
from launcher.errors import LauncherError
from launcher.homes import private_folder, write_private
from launcher.programs import Program
from launcher.settings import LOOPBACK, Settings

VHOST = "gtm"
PLUGINS = ("rabbitmq_management", "rabbitmq_prometheus", "rabbitmq_shovel", "rabbitmq_shovel_management")
PORTS = ("amqp", "amqp_management", "erlang", "epmd", "amqp_metrics")

# The package's own script; the one of the same name on the PATH changes to another user first.
PACKAGED = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")

# No busy waiting (it costs a tenth of an idle core); tables for 65 536 processes instead of a million (11 MB).
ERLANG = "+sbwt none +sbwtdcpu none +sbwtdio none"
ERLANG_PROCESSES = "65536"
REFUSED = (403, 530)  # AMQP 0-9-1: access-refused, not-allowed (no such vhost)

# Its node is called …@localhost: that must work without DNS, and where nobody wrote /etc/hosts.
NAMES = """{lookup, [file, native]}.
{host, {127,0,0,1}, ["localhost"]}.
"""

# Relative to the folder it runs in: a path may hold signs that mean something here.
CONFIGURATION = """listeners.tcp.1 = {host}:{amqp}
management.tcp.ip = {host}
management.tcp.port = {amqp_management}
prometheus.tcp.ip = {host}
prometheus.tcp.port = {amqp_metrics}
load_definitions = definitions.json
log.console = true
log.console.level = info
log.console.use_colors = off
log.file = false
vm_memory_high_watermark.relative = 0.25
disk_free_limit.absolute = 200MB
heartbeat = 180
"""

# Where regions dial in: each side shows a certificate of the centre's own authority, or is not heard.
LINKS = """listeners.ssl.1 = {bind}:{link}
ssl_options.cacertfile = federation/ca.pem
ssl_options.certfile = federation/node.pem
ssl_options.keyfile = federation/node.key
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true
ssl_options.versions.1 = tlsv1.3
ssl_options.versions.2 = tlsv1.2
"""


def prepare(settings: Settings) -> Backing:
    """The broker of this node, its files written, not started. Raises: LauncherError."""
    if settings.amqp_uri:
        return Backing(name="broker", uri=settings.amqp_uri)
    server = find_server()
    folder = private_folder(settings.home.broker)
    _write_files(settings, folder)
    place = f"amqp://{LOOPBACK}:{settings.ports['amqp']}/{VHOST}"
    uris = {who: _as(settings, who, place) for who in broker_accounts.who(settings)}
    management = f"http://{LOOPBACK}:{settings.ports['amqp_management']}"
    return Backing(
        name="broker",
        uri=uris.pop(LAUNCHER),
        uris=uris,
        programs=_programs(settings, folder, server),
        ports=(*PORTS, "link") if links.listens(settings) else PORTS,
        management=_as(settings, ADMINISTRATOR, management) if ADMINISTRATOR in uris else None,
    )


def _as(settings: Settings, who: str, uri: str) -> str:
    return with_account(uri, account(settings.node, who), broker_accounts.password(settings.home, who))


def find_server() -> Path:
    """The installed RabbitMQ, installed now if we may. Raises: LauncherError broker-missing."""
    if found := _installed():
        return found
    packages.install(["rabbitmq-server"], missing="broker-missing")
    if found := _installed():
        return found
    raise LauncherError("broker-missing")


def is_installed() -> bool:
    """Whether this machine has a RabbitMQ that can be run privately."""
    return _installed() is not None


def answers(backing: Backing) -> bool:
    """Whether the broker lets us in by now. Raises: LauncherError broker-refuses, on a wrong password."""
    try:
        with Connection(backing.uri, connect_timeout=3) as connection:
            connection.connect()
    except (OSError, AMQPError, KombuError) as error:
        if getattr(error, "reply_code", None) in REFUSED:
            raise LauncherError("broker-refuses", place=place(backing.uri)) from error
        return False
    return True


def place(uri: str) -> str:
    """Host and port of an address, without its password."""
    parts = urlsplit(uri)
    return parts.hostname + (f":{parts.port}" if parts.port else "") if parts.hostname else "?"


def _installed() -> Path | None:
    if os.access(PACKAGED, os.X_OK):
        return PACKAGED
    found = shutil.which("rabbitmq-server")
    return Path(found) if found and Path(found).resolve().parent != Path("/usr/sbin") else None


def _programs(settings: Settings, folder: Path, server: Path) -> tuple[Program, ...]:
    kept = ("PATH", "TZ", "TMPDIR")
    common = {name: settings.environ[name] for name in kept if name in settings.environ} | {
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "ERL_EPMD_PORT": str(settings.ports["epmd"]),
        "ERL_EPMD_ADDRESS": LOOPBACK,
    }
    epmd = shutil.which("epmd")
    if epmd is None:
        raise LauncherError("broker-missing")
    # Without a name daemon of its own the node would start one that outlives it, or use the system's.
    daemon = Program(name="epmd", argv=[epmd], env=common, cwd=folder, stop_seconds=5)
    broker = Program(
        name="broker",
        argv=[str(server)],
        env=common | _node_environment(settings, folder),
        cwd=folder,
        stop_seconds=60,  # it writes its queues to disk
    )
    return daemon, broker


def _node_environment(settings: Settings, folder: Path) -> dict[str, str]:
    return {
        "RABBITMQ_NODENAME": _node_name(settings, folder),
        "RABBITMQ_DIST_PORT": str(settings.ports["erlang"]),
        # The start script then becomes the broker instead of waiting for it: the pid supervised is the broker's.
        "RUNNING_UNDER_SYSTEMD": "true",
        "ERL_AFLAGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG,
        "RABBITMQ_MAX_NUMBER_OF_PROCESSES": ERLANG_PROCESSES,
        "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_CONFIG_FILES": str(folder / "conf.d"),
        "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "ERL_INETRC": str(folder / "inetrc"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
    }


def _node_name(settings: Settings, folder: Path) -> str:
    """The node's name inside RabbitMQ, chosen once: its queues are bound to it, and must outlive a change of port."""
    path = folder / "node-name"
    if not path.exists():
        write_private(path, f"gtm_{settings.node}_{settings.ports['http']}@localhost")
    return path.read_text(encoding="utf-8")


def _write_files(settings: Settings, folder: Path) -> None:
    configuration = CONFIGURATION.format(host=LOOPBACK, **settings.ports)
    if links.listens(settings):
        links.make_certificates(settings)
        links.show_to(folder, settings)
        configuration += LINKS.format(bind=links.bound_to(settings), link=settings.ports["link"])
    write_private(folder / "rabbitmq.conf", configuration)
    write_private(folder / "rabbitmq-env.conf", "")
    write_private(folder / "inetrc", NAMES)
    write_private(folder / "enabled_plugins", f"[{','.join(PLUGINS)}].\n")
    broker_accounts.write(settings, VHOST)
    cookie = folder / ".erlang.cookie"
    if not cookie.exists():
        write_private(cookie, settings.home.secret("erlang"))
        cookie.chmod(0o400)
