"""The store of a node for a backup or a restore: the one that runs, or started alone for as long as it is needed."""

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace

from launcher import journal, startup, stopping, store, watching
from launcher.control import SupervisorGoneError
from launcher.errors import ProcessFailedError
from launcher.homes import write_json
from launcher.settings import Settings

LOG_LINES = 15


def settings_of_node(environ: Mapping[str, str] = os.environ) -> Settings:
    """The node of this GTM_HOME. What its last start ran itself is not taken for something that it was given."""
    told = Settings.from_environment(environ)
    before = told.home.program("gateway").get("env", {})
    external = told.home.record().get("external", ())
    own_store = "store" not in external and told.mongo_uri == before.get("GTM_MONGO_URI")
    own_broker = "broker" not in external and told.amqp_uri == before.get("GTM_AMQP_URI")
    return replace(
        told,
        mongo_uri=None if own_store else told.mongo_uri,
        amqp_uri=None if own_broker else told.amqp_uri,
    )


@contextlib.contextmanager
def store_alone(settings: Settings) -> Iterator[str]:
    """The store's address, the private one started with nothing else, and stopped however the block ends."""
    if settings.mongo_uri:
        yield settings.mongo_uri
        return
    home = settings.home
    backing = store.prepare(settings)
    record = home.record()
    try:
        # Tied to this process: if it is killed, what it started ends too.
        supervisor = startup.start_backings(settings, [backing], tied=True)
        startup.wait_backing(settings, supervisor, backing)
        yield backing.uri
    except SupervisorGoneError as error:
        lines = journal.last_lines(home.logs / "supervisor.err", LOG_LINES)
        raise ProcessFailedError("supervisor-gone", lines, log=home.logs / "supervisor.log") from error
    finally:
        with watching.unstoppable():
            stopping.stop(home)
            if record:
                write_json(home.run / "node.json", record)


def prefix_of(settings: Settings) -> str:
    """What the names of the node's databases begin with."""
    return settings.environ.get("GTM_MONGO_PREFIX", "")
