"""Where words still stand in a node's databases."""

import json

from tests.integration.node import Node


def where(node: Node, word: str, *services: str) -> list[tuple[str, str]]:
    """(service, collection) of each document of theirs that holds the word, in whatever field."""
    found = []
    for service in services or ("actors", "meetings"):
        database = node.database(service)
        for name in database.list_collection_names():
            texts = (json.dumps(one, default=str, ensure_ascii=False) for one in database[name].find())
            found += [(service, name) for text in texts if word in text]
    return found
