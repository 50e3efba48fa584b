"""The chain of a trail: each entry holds the hash of the one before, so that none can be changed or taken out alone.

An entry: {n: 1, 2, 3… without a gap, ref: what it stands for, kind, life: the node's incarnation, at: when it was
chained, place: how far the log was chained then, what is told of it, digest: of its content, previous, sha256}. Beside
the chain stands its `salt`: the digest is of salt and content, so that without the salt nobody can try what
the content was; it goes when the content is redacted, and the chain holds.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

Entry = dict[str, Any]
BESIDE = ("_id", "number", "salt", "sha256")
"""What the store has of an entry beside what its hash is of."""


def canonical(value: Any) -> bytes:
    """The one way to write a value: JSON, names in order, no spaces, instants in UTC."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest(content: Any, salt: str) -> str:
    """What an entry keeps of a content."""
    return hashlib.sha256(salt.encode() + b"\n" + canonical(content)).hexdigest()


def beginning(node: str, owner: str) -> str:
    """What the first entry follows: no two trails have the same."""
    return hashlib.sha256(f"gtm trail {node} {owner}".encode()).hexdigest()


def hashed(entry: Mapping[str, Any]) -> str:
    """The hash of an entry."""
    return hashlib.sha256(canonical({name: entry[name] for name in entry if name not in BESIDE})).hexdigest()


def chained(entries: Iterable[Mapping[str, Any]], number: int, previous: str) -> Iterator[Entry]:
    """The entries as they follow the one of that number and hash."""
    for n, told in enumerate(entries, number + 1):
        entry = {**told, "n": n, "previous": previous}
        previous = hashed(entry)
        yield {"_id": n, "number": n, **entry, "sha256": previous}


def broken(entries: Iterable[Mapping[str, Any]], number: int, previous: str) -> Iterator[tuple[str, Entry]]:
    """What is wrong with entries that should follow that one: (code, {n, …}), in their order.

    entry-changed: it is not what its hash is of · entries-missing: {n, last} · out-of-order: it follows another one.
    """
    for entry in entries:
        n = entry["number"]
        if n > number + 1:
            yield "entries-missing", {"n": number + 1, "last": n - 1}
        if not _is_itself(entry):
            yield "entry-changed", {"n": n}
        elif n == number + 1 and entry["previous"] != previous:
            yield "out-of-order", {"n": n}
        number, previous = n, str(entry.get("sha256"))


def _is_itself(entry: Mapping[str, Any]) -> bool:
    if not entry.get("_id") == entry.get("number") == entry.get("n"):
        return False
    try:
        return hashed(entry) == entry.get("sha256")
    except TypeError:  # something that no JSON can hold was put in
        return False
