"""Nodes that differ end with the same records: by digests that are compared, and repairs that are asked for.

Who takes what from whom: the centre takes a node's own records from that node; every other node takes everything from
its centre. So a node that joins has all it may see, one that was rebuilt has its own records back (under the
incarnation that they were written in, never a number that it may use again), and a lost event heals within a day.
The centre never takes its own records back from another node by itself: that node could have written them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from pymongo import ASCENDING

from chassis.contract import exchange
from chassis.contract.envelope import Event, Place
from chassis.contract.parcel import MOST_EVENTS, packed
from chassis.federation.digest import BUCKETS, Digest, Version, bucket_of, digests, newer, nothing
from chassis.kernel.clock import now, rfc3339
from chassis.kernel.record import FEDERATED
from chassis.process import metrics
from chassis.process.logs import get_logger
from chassis.storage.foreign import ForeignRecords
from chassis.storage.mongo import PIECE
from chassis.storage.outbox import Outbox

log = get_logger()


class Sender(Protocol):
    """The way out for messages that are not stored."""

    def __call__(self, envelopes: Iterable[dict[str, Any]], to: str | None) -> None:
        """Publish them, confirmed; to one node, or to all."""


class Witnessing(Protocol):
    """What is told of trails beside what is held (chassis/history/witness.py)."""

    def tell(self, peer: str | None) -> dict[str, Any]:
        """For a digest."""

    def hear(self, peer: str, told: Mapping[str, Any]) -> None:
        """Of a digest."""


class NobodyThereError(Exception):
    """A node for which this centre keeps no queue: nothing can be told to it, now or on another try."""


class Repair:
    """One service's part of it."""

    def __init__(
        self,
        service: str,
        place: Place,
        hub: str | None,
        records: ForeignRecords,
        outbox: Outbox,
        notes: Any,
        send: Sender,
        witness: Witnessing,
    ) -> None:
        """`notes` is the collection in which the outcome of each comparison is written."""
        self._service, self._place, self._hub = service, place, hub
        self._records, self._outbox, self._notes, self._send = records, outbox, notes, send
        self._witness = witness

    def announce(self, to: str | None = None, *, hello: bool = False) -> None:
        """Say what this node holds: the centre of every origin, any other node of its own."""
        told = self._mine(None if self._hub is None else self._place.node).values()
        data = {"to": to, "hello": hello, "digests": [vars(one) for one in told], **self._witness.tell(to)}
        self._send([exchange.compose(exchange.digest_taken(self._service), self._place, data)], to)

    def handle(self, event: Event) -> None:
        """A digest or a request of another node; of one that is no member any more, it is only noted."""
        try:
            self._handle(event)
        except NobodyThereError:
            log.warning("repair.nobody_there", peer=event.origin, type=event.type)
            note = {"peer": event.origin, "nobody_there": True, "at": now()}
            self._notes.replace_one({"_id": f"{event.origin} nobody there"}, note, upsert=True)

    def _handle(self, event: Event) -> None:
        if event.data.get("to") not in (None, self._place.node) or not self._concerns(event.origin):
            return
        if event.type == exchange.digest_taken(self._service).name:
            self._compare(event)
        elif event.type == exchange.repair_requested(self._service).name:
            self._answer(event)

    def _concerns(self, peer: str) -> bool:
        """Regions speak with their centre alone: what they know of each other came through it."""
        return self._hub is None or peer == self._hub

    def _compare(self, event: Event) -> None:
        self._witness.hear(event.origin, event.data)
        mine = self._mine(event.origin if self._hub is None else None)
        # One for each noun and origin: else a message could ask for hundreds of answers, each a list of all we hold.
        told_once = {(one["noun"], one["origin"]): one for one in event.data["digests"]}
        for told in told_once.values():
            theirs = Digest(told["noun"], told["origin"], told["count"], tuple(told["buckets"]))
            if theirs.noun not in self._records.nouns() or not self._may_take(theirs.origin, event.origin):
                continue
            held = mine.get((theirs.noun, theirs.origin)) or nothing(theirs.noun, theirs.origin)
            differing = held.differing(theirs)
            self._note(event.origin, theirs, held.count, len(differing))
            if differing:
                self._ask(event.origin, theirs.noun, theirs.origin, differing)
        if event.data.get("hello"):
            self.announce(event.origin)

    def _answer(self, event: Event) -> None:
        asked = event.data
        if asked["noun"] not in self._records.nouns():
            return
        if self._hub is not None and asked["of"] != self._place.node:
            return  # only the centre speaks for others
        mine = self._held(asked["noun"], asked["of"], asked["buckets"])
        theirs: dict[str, Version] = {one["id"]: (one["incarnation"], one["version"]) for one in asked["held"]}
        wanted = newer(mine, theirs)
        for start in range(0, len(wanted), MOST_EVENTS):
            self._send_events(latest(self._outbox, wanted[start : start + MOST_EVENTS]), event.origin)
        if wanted:
            metrics.REPAIRED.labels(self._service, event.origin, "sent").inc(len(wanted))
            log.info("repair.sent", peer=event.origin, noun=asked["noun"], of=asked["of"], records=len(wanted))

    def _ask(self, peer: str, noun: str, of: str, buckets: Sequence[int]) -> None:
        # Of a release that makes more buckets than this one: they name all that it has, so all of ours is told.
        held = self._held(noun, of, buckets if max(buckets) < BUCKETS else range(BUCKETS))
        listed = [
            {"id": id, "incarnation": incarnation, "version": version} for id, (incarnation, version) in held.items()
        ]
        if len(listed) > exchange.MOST_LISTED:
            half = len(buckets) // 2
            if half == 0:
                listed = []  # then all of that bucket comes again, and harmlessly
            else:
                self._ask(peer, noun, of, buckets[:half])
                self._ask(peer, noun, of, buckets[half:])
                return
        data = {"to": peer, "noun": noun, "of": of, "buckets": list(buckets), "held": listed}
        self._send([exchange.compose(exchange.repair_requested(self._service), self._place, data)], peer)
        log.info("repair.asked", peer=peer, noun=noun, of=of, buckets=len(buckets))

    def _send_events(self, envelopes: list[dict[str, Any]], to: str) -> None:
        parcel = exchange.records_sent(self._service)
        self._send((exchange.compose(parcel, self._place, data) for data in packed(envelopes, to)), to)

    def _may_take(self, origin: str, peer: str) -> bool:
        return origin == peer if self._hub is None else peer == self._hub

    def _mine(self, of: str | None) -> dict[tuple[str, str], Digest]:
        """What this node holds of one origin, or of all."""
        found: dict[tuple[str, str], Digest] = {}
        for noun in self._records.nouns():
            made = digests(noun, self._records.held(noun, of))
            # A node that holds nothing of its own says so: else nobody would notice that it lost it all.
            made.setdefault(self._place.node, nothing(noun, self._place.node))
            found |= {(noun, origin): digest for origin, digest in made.items()}
        return found

    def _held(self, noun: str, of: str, buckets: Sequence[int]) -> dict[str, Version]:
        wanted = set(buckets)
        return {id: version for _, id, version in self._records.held(noun, of) if bucket_of(id) in wanted}

    def _note(self, peer: str, theirs: Digest, mine: int, differing: int) -> None:
        metrics.DIFFERING.labels(self._service, peer, theirs.noun, theirs.origin).set(differing)
        key, at = f"{peer} {theirs.noun} {theirs.origin}", now()
        before = self._notes.find_one({"_id": key}) or {}
        as_before = bool(before) and bool(before["differing_buckets"]) == bool(differing)
        note = {"peer": peer, "noun": theirs.noun, "of": theirs.origin, "at": at}
        note |= {"since": before.get("since", before["at"]) if as_before else at}
        note |= {"theirs": theirs.count, "mine": mine, "differing_buckets": differing}
        self._notes.replace_one({"_id": key}, note, upsert=True)


def comparisons(notes: Any) -> list[dict[str, Any]]:
    """How the last comparisons with other nodes ended: {peer, noun, of, at, since, mine, theirs, equal}, by peer."""
    found = notes.find({"peer": {"$exists": True}}).sort("_id", ASCENDING)
    return [
        {
            **{name: one[name] for name in ("peer", "noun", "of", "mine", "theirs")},
            "at": rfc3339(one["at"]),
            "since": rfc3339(one.get("since", one["at"])),
            "equal": one["differing_buckets"] == 0,
        }
        for one in found
    ]


def latest(outbox: Outbox, subjects: Sequence[str]) -> list[dict[str, Any]]:
    """The envelope with the newest version of each of these records that may leave the node, in their order."""
    newest: dict[str, dict[str, Any]] = {}
    for start in range(0, len(subjects), PIECE):
        wanted = {"subject": {"$in": list(subjects[start : start + PIECE])}, "visibility": {"$in": list(FEDERATED)}}
        for row in outbox.rows.find(wanted, {"envelope": 1, "superseded": 1}):
            if row.get("superseded"):
                continue
            envelope = row["envelope"]
            best = newest.get(envelope["subject"])
            if best is None or _version(envelope) > _version(best):
                newest[envelope["subject"]] = envelope
    return [newest[subject] for subject in subjects if subject in newest]


def _version(envelope: dict[str, Any]) -> Version:
    return envelope["incarnation"], envelope["recordversion"]
