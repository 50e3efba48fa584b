"""What the broker of docker-compose.yml loads: accounts, exchanges, queues, of the table in chassis/broker/rights.py.

deploy/make-secrets.sh puts the node's name and the hashes of the passwords in. After a change of the table or of what a
service hears: `python -c "from launcher import compose_broker as c; c.FILE.write_text(c.render())"`.
"""

import json

from chassis.broker.definitions import definitions
from chassis.broker.rights import FEDERATION, GATEWAY
from chassis.process.settings import SERVICES
from launcher.environments import ROOT
from services.registry import queues_of

FILE = ROOT / "deploy" / "rabbitmq" / "definitions.template.json"
NODE, VHOST = "@NODE@", "gtm"
COMPOSED = tuple(name for name in SERVICES if name != FEDERATION)
"""Not federation: it administers the broker (docs/deployment.md)."""


def render() -> str:
    """The whole file, one thing a line."""
    heard = [one for service in COMPOSED for one in queues_of(service)]
    # Nobody administers it over the network: rabbitmqctl does, in its container.
    hashes = {who: f"@HASH_{who}@" for who in (*COMPOSED, GATEWAY)}
    told = definitions(NODE, VHOST, COMPOSED, heard, hashes)
    parts = [f" {json.dumps(name)}: [\n  {_lines(rows)}\n ]" for name, rows in told.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _lines(rows: list[dict[str, object]]) -> str:
    return ",\n  ".join(json.dumps(row) for row in rows)
