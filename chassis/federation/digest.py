"""What a node holds of a noun, said in a few hundred bytes: a count and a hash a bucket of ids, for each origin.

Two nodes whose digests are equal hold the same versions of the same records, up to a chance of one in 2^64 a bucket.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

BUCKETS = 64
Version = tuple[int, int]
"""(incarnation, recordversion): what is compared to tell which of two states of a record is newer."""


@dataclass(frozen=True)
class Digest:
    """What is held of one noun of one origin."""

    noun: str
    origin: str
    count: int
    buckets: tuple[str, ...]

    def differing(self, other: "Digest") -> list[int]:
        """The other's buckets in which two nodes hold different things.

        A release that makes fewer or more of them is compared by the count alone; where that differs, all are named.
        """
        if len(self.buckets) != len(other.buckets):
            return [] if self.count == other.count else list(range(len(other.buckets)))
        pairs = zip(self.buckets, other.buckets, strict=True)
        return [number for number, (mine, theirs) in enumerate(pairs) if mine != theirs]


def bucket_of(id: str) -> int:
    """The bucket of a record."""
    return blake2b(id.encode(), digest_size=1).digest()[0] % BUCKETS


def digests(noun: str, held: Iterable[tuple[str, str, Version]]) -> dict[str, Digest]:
    """A digest an origin, of (origin, id, version) triples that come in the order of their ids."""
    hashes: dict[str, list[Any]] = {}
    counts: dict[str, int] = {}
    for origin, id, (incarnation, version) in held:
        buckets = hashes.setdefault(origin, [blake2b(digest_size=8) for _ in range(BUCKETS)])
        buckets[bucket_of(id)].update(f"{id} {incarnation}.{version}\n".encode())
        counts[origin] = counts.get(origin, 0) + 1
    return {
        origin: Digest(noun, origin, counts[origin], tuple(one.hexdigest() for one in buckets))
        for origin, buckets in hashes.items()
    }


def nothing(noun: str, origin: str) -> Digest:
    """The digest of a node that holds none."""
    return Digest(noun, origin, 0, tuple([blake2b(digest_size=8).hexdigest()] * BUCKETS))


def newer(mine: Mapping[str, Version], theirs: Mapping[str, Version]) -> list[str]:
    """The ids of which `mine` is newer than `theirs`, or that they lack."""
    return [id for id, version in mine.items() if id not in theirs or version > theirs[id]]
