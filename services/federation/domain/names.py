"""Short names of nodes: words of routing keys, queues and broker accounts."""

import re

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def is_node_name(text: str) -> bool:
    """Whether a node may be called so."""
    return _NAME.fullmatch(text) is not None
