"""A seeded stream of what a careless or hostile node could send over its link, for the queues of one noun.

Beside the bad messages that any queue may get (fuzz.py): whose records, in whose name, parcels, digests and requests.
The node is `central`; the link's other end is `agadez`; `zinder` is a third.
"""

import base64
import json
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from chassis.contract.envelope import EventType, Place
from chassis.contract.exchange import MOST_LISTED, compose, digest_taken, records_sent, repair_requested
from chassis.kernel.ids import new_id
from tests.faults.fuzz import EITHER, HUGE, IGNORE, KINDS, PARK, Bad, Envelope, Fuzzer, Maker, key_of

INSIDE = "inside"
"""A parcel that is opened, and each event in it parked."""
HERE, LINKED, THIRD = "central", "agadez", "zinder"


class LinkFuzzer(Fuzzer):
    """`known` are records of the other end; `ours` is a record of the node's own, `third` one of the third node."""

    def __init__(self, seed: int, known: list[Envelope], ours: Envelope, third: Envelope) -> None:
        super().__init__(seed, known, other=THIRD)
        self.ours, self.third = ours, third
        self.service, self.noun = ours["type"].split(".")[1:3]
        self.kinds = [*KINDS, *LINK_KINDS]

    def messages(self, count: int) -> Iterator[Bad]:
        """With the account that sends it, which the broker vouches for unless they hide it."""
        for bad in super().messages(count):
            bad.by = bad.by or LINKED
            bad.properties = {"user_id": f"{bad.by}.essai"} | bad.properties
            yield bad

    def said(self, kind: Any, data: dict[str, Any], origin: str = LINKED) -> Envelope:
        """A message of a service to its like; the data as they are, whatever the schema holds of them."""
        event: EventType = kind(self.service)
        empty = {"encoding": "deflate-base64", "count": 1, "events": "", "noun": self.noun, "of": LINKED}
        envelope = compose(event, Place(origin, "http://127.0.0.1"), empty)
        return envelope | {"data": data}

    def parcel(self, inner: Sequence[Envelope], verdict: str, **others: Any) -> Bad:
        """These events in a parcel; `others`: what it says of itself instead."""
        inside = tuple(str(one.get("type", "")) for one in inner)
        data = {"to": None, "encoding": "deflate-base64", "count": max(1, len(inner)), "events": deflated(inner)}
        sent = self.said(records_sent, data | others)
        return Bad(_json(sent), verdict, key_of(sent), inside=inside)

    def told(self, kind: Any, verdict: str, answers: int = 0, **data: Any) -> Bad:
        """A digest or a request."""
        sent = self.said(kind, {"to": None} | data)
        return Bad(_json(sent), verdict, key_of(sent), answers=answers)

    def asked(self, verdict: str, answers: int = 0, **data: Any) -> Bad:
        """A request for all that the node has of its own, but for `data`."""
        usual = {"noun": self.noun, "of": HERE, "buckets": list(range(64)), "held": []}
        return self.told(repair_requested, verdict, answers, **usual | data)


def deflated(value: Any) -> str:
    """As the events of a parcel are."""
    return base64.b64encode(zlib.compress(json.dumps(value).encode())).decode()


def fresh(real: Envelope, **others: Any) -> Envelope:
    """A record that nobody has heard of, in an event that would be believed; `others`: of envelope and record both."""
    subject = others.pop("subject", None) or new_id()
    name = {name: f"F {subject}" for name in ("name", "title") if name in real["data"]}
    code = {"code": subject[-20:]} if "code" in real["data"] else {}
    made = real | {"id": new_id(), "subject": subject} | others
    same = {name: made[name] for name in ("origin", "visibility")} | {"version": made["recordversion"]}
    words = made["type"].split(".")
    made["source"] = f"/nodes/{made['origin']}/{words[1]}"
    made["data"] = {**real["data"], **name, **code, "id": subject, **same}
    return made


@cache
def bomb() -> str:
    """A hundred kilobytes that become seventy megabytes."""
    inflating = zlib.compressobj()
    pieces = [inflating.compress(b"[" + b" " * 2**20)] + [inflating.compress(b" " * 2**20) for _ in range(70)]
    return base64.b64encode(b"".join([*pieces, inflating.compress(b"]"), inflating.flush()])).decode()


def largest(fuzz: LinkFuzzer, real: Envelope) -> list[Bad]:
    """Five of megabytes each: beyond the limit, and just below it with a million items to look at."""
    wide = fuzz.said(repair_requested, {"noun": fuzz.noun, "of": HERE, "buckets": []})
    wide["data"]["held"] = [{}] * 950_000
    tall = fresh(real)
    tall["data"][next(name for name in ("aliases", "agenda", "nodes") if name in tall["data"])] = [{}] * 950_000
    bodies = [(b" " * HUGE, real), (b"[" * 2 * HUGE, real), (_json(wide), wide), (_json(tall), tall)]
    owned = {"user_id": f"{LINKED}.essai", "content_type": "application/json"}
    found = [Bad(body, PARK, key_of(one), by=LINKED, properties=owned) for body, one in bodies]
    many = fuzz.parcel([{}] * 900_000, PARK, count=10_000)
    many.by, many.properties, many.inside = LINKED, owned, ()
    return [*found, many]


def _json(envelope: Any) -> bytes:
    return json.dumps(envelope, separators=(",", ":")).encode()


def _alone(event: Envelope, verdict: str = PARK, **others: Any) -> Bad:
    return Bad(_json(event), verdict, key_of(event), **others)


def _nobody_vouches(_fuzz: LinkFuzzer, real: Envelope) -> Bad:
    return _alone(fresh(real), properties={"user_id": None})


def _another_vouches(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    return _alone(fresh(real), by=fuzz.random.choice([THIRD, HERE]))


def _in_our_name(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    return _alone(fresh(real, origin=HERE), by=fuzz.random.choice([LINKED, HERE]))


def _internal(_fuzz: LinkFuzzer, real: Envelope) -> Bad:
    return _alone(fresh(real, visibility="internal"))


def _record_of_another(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    """Their own event, in due form, about a record that is not theirs: newer than any."""
    victim = fuzz.random.choice([fuzz.ours, fuzz.third])["subject"]
    return _alone(fresh(real, subject=victim, recordversion=fuzz.random.randint(50, 2**52)))


def _backwards(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    """Older than what is kept; and parked, if that version is known and said something else."""
    version = fuzz.random.randint(1, real["recordversion"] - 1)
    return _alone(fresh(real, subject=real["subject"], recordversion=version), EITHER)


def _before_the_restore(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    """A higher version, of an earlier incarnation of its node."""
    version = real["recordversion"] + fuzz.random.randint(1, 2**40)
    return _alone(fresh(real, subject=real["subject"], recordversion=version, incarnation=1), IGNORE)


def _marks_of_a_replay(_fuzz: LinkFuzzer, real: Envelope) -> Bad:
    return _alone(real, IGNORE, headers={"x-replay": new_id(), "x-attempts": 27})


def _copies_to_others(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    other = "indicators.framework" if fuzz.service != "indicators" else "meetings.recommendation"
    key = f"{LINKED}.gtm.{other}.created"
    return _alone(real, IGNORE, headers={fuzz.random.choice(["CC", "BCC"]): [key, "nowhere"]}, also=(key,))


def _cannot_be_kept(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    """In due form but for something undeclared, which no store takes; their log would have to keep it, too."""
    deep: Any = []
    for _ in range(fuzz.random.choice([120, 400])):
        deep = [deep]
    event = fresh(real)
    where = fuzz.random.choice([event, event["data"]])
    where["undeclared"] = fuzz.random.choice([float("nan"), "\ud800", 2**63, {"\x00": 1}, deep])
    return _alone(event)


def _noun_unknown(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    """Bound to nothing here, or to the queue of a noun that a newer release may know more of."""
    words = fuzz.random.choice(["starship.built", f"{fuzz.noun}.abolished", "records.lost", "digest.asked"])
    event = fresh(real, type=f"gtm.{fuzz.service}.{words}.v1")
    return _alone(event)


def _parcel_unopenable(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    whole = deflated([fresh(real)])
    cut = whole[: fuzz.random.randrange(0, len(whole) - 8)]
    wrong = [cut, bomb(), "é", base64.b64encode(fuzz.bytes(200)).decode(), deflated({}), deflated([[]]), deflated(None)]
    return fuzz.parcel([], PARK, events=fuzz.random.choice([*wrong, "=" * 5, 7, None, [whole]]))


def _parcel_of_lies(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    """One event that is not theirs to send spoils all of it."""
    lies = [
        fresh(fuzz.third),
        fresh(real, origin=HERE),
        fresh(real, visibility="internal"),
        fresh(real) | {"recordversion": 9},
        fresh(real) | {"source": f"/nodes/{LINKED}/federation"},
    ]
    return fuzz.parcel([real, fuzz.random.choice(lies)], PARK)


def _parcel_miscounted(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    count = fuzz.random.choice([2, 9_999, 10_001, 0, -1, 2**70, 1.5, None])
    bad = fuzz.parcel([fresh(real)], PARK, count=count)
    bad.inside = ()
    return bad


def _parcel_by_another(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    bad = fuzz.parcel([fresh(real)], PARK)
    bad.by, bad.inside = THIRD, ()
    return bad


def _parcel_of_thefts(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    return fuzz.parcel([fresh(real, subject=fuzz.ours["subject"], recordversion=77)], INSIDE)


def _parcel_of_nothing_new(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    return fuzz.parcel([real] * fuzz.random.randint(1, 2), IGNORE)


def _parcel_of_the_unreadable(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    nested = fuzz.said(records_sent, {"count": 1, "encoding": "deflate-base64", "events": deflated([fresh(real)])})
    odd = [{}, {"id": 7}, nested, fresh(real) | {"type": real["type"][:-1] + "9"}]
    bad = fuzz.parcel(fuzz.random.sample(odd, 3), IGNORE)
    bad.inside = ()
    return bad


def _parcel_for_another(fuzz: LinkFuzzer, real: Envelope) -> Bad:
    bad = fuzz.parcel([fresh(real)], IGNORE, to=THIRD)
    bad.inside = ()
    return bad


def _digest(fuzz: LinkFuzzer, _real: Envelope) -> Bad:
    """Well-formed: what differs is asked for once, however often it is said."""
    told = {"noun": fuzz.noun, "origin": LINKED, "count": fuzz.random.choice([0, 2**53]), "buckets": ["0" * 16] * 64}
    odd = [
        told | {"noun": "starship"},
        told | {"origin": THIRD},
        told | {"origin": HERE},
        told | {"buckets": ["0"] * 63},
    ]
    hello = fuzz.random.random() < 0.3
    told_often = [told] * (450 if fuzz.random.random() < 0.9 else 0)
    return fuzz.told(
        digest_taken, IGNORE, hello + bool(told_often), hello=hello, digests=fuzz.random.sample(odd, 2) + told_often
    )


def _digest_absurd(fuzz: LinkFuzzer, _real: Envelope) -> Bad:
    told = {"noun": fuzz.noun, "origin": LINKED, "count": 1, "buckets": ["0" * 16] * 64}
    wrong: list[Envelope] = [
        {"count": 2**60},
        {"count": -1},
        {"buckets": ["0"] * 257},
        {"buckets": [7] * 64},
        {"noun": None},
    ]
    if fuzz.random.random() < 0.3:
        return fuzz.told(digest_taken, PARK, digests=[told] * 501)
    return fuzz.told(digest_taken, PARK, digests=[told | fuzz.random.choice(wrong)])


def _request(fuzz: LinkFuzzer, _real: Envelope) -> Bad:
    """Well-formed: all that the node may give fits a parcel, and comes once."""
    absurd: list[Envelope] = [
        {"noun": "starship"},
        {"of": "nowhere"},
        {"to": THIRD},
        {"buckets": []},
        {"buckets": [255] * 256},
    ]
    if fuzz.random.random() < 0.6:
        return fuzz.asked(IGNORE, **fuzz.random.choice(absurd))
    held = [{"id": f"x{number}", "incarnation": 1, "version": 2**53} for number in range(fuzz.random.choice([1, 900]))]
    return fuzz.asked(IGNORE, 1, held=held, buckets=list(range(256)))


def _request_absurd(fuzz: LinkFuzzer, _real: Envelope) -> Bad:
    wrong: list[Envelope] = [
        {"buckets": [-1]},
        {"buckets": [256]},
        {"buckets": [0] * 257},
        {"held": {}},
        {"held": [{"id": "x"}]},
    ]
    return fuzz.asked(PARK, **fuzz.random.choice([*wrong, {"held": [{}] * (MOST_LISTED + 1)}, {"of": None}]))


def _exchange_of_another(fuzz: LinkFuzzer, _real: Envelope) -> Bad:
    origin, by = fuzz.random.choice([(LINKED, THIRD), (THIRD, LINKED), (HERE, LINKED)])
    sent = fuzz.said(digest_taken, {"to": None, "hello": True, "digests": []}, origin)
    return _alone(sent, by=by)


def _exchange_of_anything(fuzz: LinkFuzzer, _real: Envelope) -> Bad:
    return fuzz.asked(EITHER, 1, **{fuzz.random.choice(["to", "noun", "of", "buckets", "held"]): fuzz.value()})


LINK_KINDS: list[Maker] = [
    made
    for name, made in list(globals().items())
    if name.startswith("_") and name != "_alone" and getattr(made, "__annotations__", {}).get("return") is Bad
]
