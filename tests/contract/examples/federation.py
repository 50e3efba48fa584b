"""Lives of a region that joins, and of a node's pulses."""

from services.federation.domain.node import Node
from services.federation.domain.pulse import Pulse
from tests.contract.examples.life import Life

REGION = "01946f2a-0000-7000-8000-000000000060"
RUN = "01946f2a-0000-7000-8000-000000000061"
OTHER_RUN = "01946f2a-0000-7000-8000-000000000062"

AGADEZ = Life(
    Node,
    "node",
    REGION,
    "internal",
    {"node": "agadez", "role": "region", "hub": "central", "state": "invited"},
    [
        ("invited", {"invited_until": "2026-02-06T09:00:00.000Z"}),
        (
            "joined",
            {
                "visibility": "gtm",
                "state": "joined",
                "invited_until": None,
                "joined_at": "2026-02-04T09:00:00.000Z",
                "name": {"fr": "GTM Agadez", "en": "Agadez GTM"},
                "body": "GTM Agadez",
                "services": ["actors", "meetings", "indicators", "notifications", "federation"],
                "address": "http://gtm.agadez.example",
                "certificate_ends": "2028-02-04T09:00:00.000Z",
                "key": "5f1c0e3f3b1f0a3a4c9d1d7e2b6a8c905f1c0e3f3b1f0a3a4c9d1d7e2b6a8c90",
            },
        ),
        ("suspended", {"state": "suspended", "reason": "Machine volée, en attente d'une autre."}),
        ("resumed", {"state": "joined", "reason": "Machine retrouvée."}),
        ("removed", {"state": "removed", "reason": "Le groupe travaille sur le nœud de Zinder.", "key": None}),
    ],
)
BEATING = Life(
    Pulse,
    "pulse",
    RUN,
    "gtm",
    {"node": "central", "interval": 30},
    [
        (
            "sent",
            {
                "heard": [{"node": "agadez", "run": OTHER_RUN, "sequence": 41, "held": 12.5}],
                "gauges": {
                    "ready": ["actors", "meetings"],
                    "away": ["indicators"],
                    "outbox_waiting": 0,
                    "parked": 2,
                    "refused": 0,
                    "link_waiting": None,
                    "disk_free": 21474836480,
                },
            },
        )
    ],
)

LIVES = (AGADEZ, BEATING)
