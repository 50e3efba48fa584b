"""A seeded stream of bad messages for one noun's queues, each with what must become of it.

`PARK`: set aside at once. `IGNORE`: acknowledged, nothing done. `EITHER`: as the mutation fell; state must not change.
"""

import json
import random
import struct
import zlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from chassis.contract.envelope import CONTENT_TYPE
from chassis.kernel.ids import new_id

PARK, IGNORE, EITHER = "park", "ignore", "either"
HUGE = 5 * 1024 * 1024
NAN = float("nan")
Envelope = dict[str, Any]


@dataclass
class Bad:
    """One message. `raw_header`: a header that no honest client can send, as the bytes of an entry of the table."""

    body: bytes
    verdict: str
    key: str
    kind: str = ""
    headers: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)
    raw_header: bytes = b""
    by: str = ""
    """The node whose broker account sends it; none: this node's own."""
    also: tuple[str, ...] = ()
    """Keys under which it reaches other queues, too; there it is parked."""
    inside: tuple[str, ...] = ()
    """The types of the events in it, where it is a parcel."""
    answers: int = 0
    """How many messages it may provoke at most."""


class Fuzzer:
    """Bad messages made of real events (`known`: envelopes that every queue has handled, newest version last)."""

    def __init__(self, seed: int, known: list[Envelope], other: str = "agadez") -> None:
        """`other` is a node whose name they forge."""
        self.random, self.known, self.other = random.Random(seed), known, other
        self.kinds: list[Maker] = list(KINDS)

    def messages(self, count: int) -> Iterator[Bad]:
        """`count` of them, the kinds taking turns in an order of the seed's."""
        while count > 0:
            kinds = list(self.kinds)
            self.random.shuffle(kinds)
            for make in kinds[:count]:
                bad = make(self, deepcopy(self.random.choice(self.known)))
                bad.kind = make.__name__.strip("_")
                bad.properties = {"content_type": CONTENT_TYPE, "content_encoding": "utf-8"} | bad.properties
                yield bad
            count -= len(kinds)

    def bytes(self, most: int) -> bytes:
        """Noise."""
        return self.random.randbytes(self.random.randint(0, most))

    def value(self, depth: int = 0) -> Any:
        """Any JSON value, the nasty ones more often than not."""
        texts = ["", "\x00", "\ud800", "é" * 400, "$set", "a.b"]
        plain = [None, True, -1, 0, 2**63, -(10**40), 1e308, NAN, [], {}, *texts]
        if depth > 2 or self.random.random() < 0.7:
            return self.random.choice(plain)
        if self.random.random() < 0.5:
            return [self.value(depth + 1) for _ in range(self.random.randint(1, 3))]
        return {str(self.random.choice(["_id", "$where", "a.b", "\x00", "é", ""])): self.value(depth + 1)}


def key_of(envelope: Envelope) -> str:
    """The routing key that such an event travels under."""
    words = envelope["type"].split(".")[1:4]
    return ".".join((envelope["origin"], envelope["visibility"], *words))


def _json(envelope: Any) -> bytes:
    return json.dumps(envelope).encode()


def _new(envelope: Envelope) -> Envelope:
    """The same, under an id that no queue has seen."""
    return envelope | {"id": new_id()}


def _noise(fuzz: Fuzzer, real: Envelope) -> Bad:
    return Bad(fuzz.bytes(300), PARK, key_of(real))


def _cut_short(fuzz: Fuzzer, real: Envelope) -> Bad:
    body = _json(_new(real))
    return Bad(body[: fuzz.random.randint(0, len(body) - 1)], PARK, key_of(real))


def _flipped_bytes(fuzz: Fuzzer, real: Envelope) -> Bad:
    body = bytearray(_json(real).replace(b'"id"', b'"##"', 1))  # so that it never is a new event by chance
    for _ in range(fuzz.random.randint(1, 4)):
        body[fuzz.random.randrange(len(body))] = fuzz.random.randrange(256)
    return Bad(bytes(body), PARK, key_of(real))


def _other_json(fuzz: Fuzzer, real: Envelope) -> Bad:
    return Bad(_json(fuzz.value()), PARK, key_of(real))


def _attribute_missing(fuzz: Fuzzer, real: Envelope) -> Bad:
    needed = ["specversion", "id", "source", "type", "subject", "origin", "recordversion", "incarnation", "visibility"]
    left = _new(real)
    del left[fuzz.random.choice([*needed, "actor", "correlationid", "data", "time"])]
    return Bad(_json(left), PARK, key_of(real))


def _attribute_wrong(fuzz: Fuzzer, real: Envelope) -> Bad:
    name = fuzz.random.choice(["id", "source", "type", "subject", "time", "origin", "recordversion", "incarnation"])
    wrong: list[Any] = [None, [], {}, 1.5, True, "", "é" * 4000, "\ud800", "0000-99-99", "0001-01-01T00:00:00+14:00"]
    return Bad(_json(_new(real) | {name: fuzz.random.choice(wrong)}), PARK, key_of(real))


def _huge_number(fuzz: Fuzzer, real: Envelope) -> Bad:
    name = fuzz.random.choice(["recordversion", "incarnation"])
    return Bad(_json(_new(real) | {name: fuzz.random.choice([2**63, 2**64, 10**30, -1, 0])}), PARK, key_of(real))


def _endless_digits(_fuzz: Fuzzer, real: Envelope) -> Bad:
    body = _json(_new(real) | {"recordversion": "@"}).replace(b'"@"', b"9" * 6000)
    return Bad(body, PARK, key_of(real))


def _mutated_data(fuzz: Fuzzer, real: Envelope) -> Bad:
    """A field of the record becomes anything; the id stays, so that at most it is known already."""
    name = fuzz.random.choice(list(real["data"]))
    real["data"][name] = fuzz.value()
    return Bad(_json(real), EITHER, key_of(real))


def _required_gone(fuzz: Fuzzer, real: Envelope) -> Bad:
    del real["data"][fuzz.random.choice(["id", "origin", "version", "visibility", "created_at", "updated_by"])]
    return Bad(_json(_new(real)), PARK, key_of(real))


def _disagreeing_data(fuzz: Fuzzer, real: Envelope) -> Bad:
    """The record says other than the envelope around it: which of them would count?"""
    lie = fuzz.random.choice([("id", new_id()), ("version", real["recordversion"] + 7), ("origin", fuzz.other)])
    real["data"][lie[0]] = lie[1]
    return Bad(_json(_new(real)), PARK, key_of(real))


def _newer_by_lie(fuzz: Fuzzer, real: Envelope) -> Bad:
    return Bad(_json(_new(real) | {"recordversion": real["recordversion"] + 9}), PARK, key_of(real))


def _future_version(fuzz: Fuzzer, real: Envelope) -> Bad:
    ahead = fuzz.random.choice(["v2", "v9", "v9999", "v0", "v01", "v-1", "v٣"])
    return Bad(_json(_new(real) | {"type": f"{real['type'].rpartition('.')[0]}.{ahead}"}), PARK, key_of(real))


def _unknown_type(fuzz: Fuzzer, real: Envelope) -> Bad:
    kinds = ["gtm.actors.institution.exploded.v1", "x", "gtm....v1", "org.example.v1", "gtm.actors.\x00.created.v1"]
    return Bad(_json(_new(real) | {"type": fuzz.random.choice(kinds)}), PARK, key_of(real))


def _forged_origin(fuzz: Fuzzer, real: Envelope) -> Bad:
    other = "public" if real["visibility"] != "public" else "internal"
    lies = [
        {"origin": fuzz.other},
        {"source": f"/nodes/{fuzz.other}/actors"},
        {"source": "/nodes"},
        {"visibility": other},
    ]
    return Bad(_json(_new(real) | fuzz.random.choice(lies)), PARK, key_of(real))


def _forged_service(_fuzz: Fuzzer, real: Envelope) -> Bad:
    service = "indicators" if "/actors" in real["source"] else "actors"
    return Bad(_json(_new(real) | {"source": f"/nodes/{real['origin']}/{service}"}), PARK, key_of(real))


def _key_of_another(fuzz: Fuzzer, real: Envelope) -> Bad:
    return Bad(_json(_new(real)), PARK, fuzz.other + key_of(real)[len(real["origin"]) :])


def _lying_origin_key(fuzz: Fuzzer, real: Envelope) -> Bad:
    """The mark of the retry ladder, on a message that comes from the exchange: it would vouch for a forged origin."""
    forged = _new(real) | {"origin": fuzz.other, "source": real["source"].replace(real["origin"], fuzz.other)}
    forged["data"] |= {"origin": fuzz.other, "name": "Forgée", "title": "Forgée"}
    return Bad(_json(forged), PARK, key_of(real), headers={"x-origin-routing-key": key_of(forged)})


def _lying_headers(fuzz: Fuzzer, real: Envelope) -> Bad:
    wrong = [None, "many", 1e9, -5, 2**62, [1, [2]], {"a": {"b": "c"}}, "é" * 3000, b"\xff\xfe", True]
    names = ["x-attempts", "x-origin-routing-key", "x-replay", "x-first-failed", "x-parked-id", "x-reason", "tp"]
    names += ["x-parcel", "x-traceback", "x-origin-queue", "x-death", "x-delivery-count"]
    headers = {name: fuzz.random.choice(wrong) for name in fuzz.random.sample(names, fuzz.random.randint(1, 4))}
    good = fuzz.random.random() < 0.5
    return Bad(_json(real if good else {}), IGNORE if good else PARK, key_of(real), headers=headers)


def _copies_elsewhere(fuzz: Fuzzer, real: Envelope) -> Bad:
    """CC and BCC send copies to wherever they name, also when it is sent on; they name nothing bound here."""
    headers = {fuzz.random.choice(["CC", "BCC"]): ["nowhere", "actors.parked", "meetings.on_group"]}
    return Bad(b"copied", PARK, key_of(real), headers=headers)


def _big_headers(fuzz: Fuzzer, real: Envelope) -> Bad:
    """Nearly a whole frame of headers: with what the consumer notes it would be more than one."""
    return Bad(b"big headers", PARK, key_of(real), headers={"ballast": "x" * fuzz.random.randint(60_000, 126_000)})


def _lying_properties(fuzz: Fuzzer, real: Envelope) -> Bad:
    good = fuzz.random.random() < 0.5
    properties = {
        "content_type": fuzz.random.choice(["", "text/html", "application/x-python-serialize", "é" * 100]),
        "content_encoding": fuzz.random.choice(["gzip", "utf-16", "punycode", "unicode_escape", "rot13", "", "zip"]),
        "message_id": fuzz.random.choice(["", new_id(), "x" * 250]),
        "type": fuzz.random.choice(["", "gtm.x", "x" * 250]),
        "timestamp": fuzz.random.choice([0, 2**63]),
    }
    return Bad(_json(real) if good else b"\xff{}", IGNORE if good else PARK, key_of(real), properties=properties)


def _no_properties(fuzz: Fuzzer, real: Envelope) -> Bad:
    good = fuzz.random.random() < 0.5
    nothing = {"content_type": None, "content_encoding": None}
    return Bad(_json(real) if good else b"", IGNORE if good else PARK, key_of(real), properties=nothing)


def _unreadable_header(fuzz: Fuzzer, real: Envelope) -> Bad:
    """Header values that end a client's connection when it reads them: a time beyond the calendar, unknown kinds."""
    entry = fuzz.random.choice([b"T" + struct.pack(">Q", 2**63), b"F" + struct.pack(">I", 2**31), b"Z", b"D\xff"])
    return Bad(_json(_new(real)), PARK, key_of(real), raw_header=b"\x01h" + entry)


def _bytes_for_text(fuzz: Fuzzer, real: Envelope) -> Bad:
    name = fuzz.random.choice(["content_type", "message_id", "type", "content_encoding"])
    return Bad(b"no text", PARK, key_of(real), properties={name: b"\xff\xfe\xfa"})


def _seen_with_other_content(fuzz: Fuzzer, real: Envelope) -> Bad:
    name = "name" if "name" in real["data"] else "title"
    real["data"][name] = f"Autre contenu {fuzz.random.random()}"
    return Bad(_json(real), IGNORE, key_of(real))


def _seen_as_newer(fuzz: Fuzzer, real: Envelope) -> Bad:
    """A known id on a version to come: if it counted, the real one would be late."""
    version = real["recordversion"] + fuzz.random.randint(1, 50)
    real["data"]["version"] = version
    return Bad(_json(real | {"recordversion": version}), IGNORE, key_of(real))


def _version_again(fuzz: Fuzzer, real: Envelope) -> Bad:
    """Versions going backwards, or twice: under a new id, with other content; the record is beyond it."""
    for name, lie in (("note", "en arrière"), ("title", "En arrière"), ("place", "Ailleurs")):
        if name in real["data"]:
            real["data"][name] = lie
    for entry in (one for one in real["data"].get("attendance", ()) if isinstance(one, dict)):
        entry.update({"text": "Inconnue en arrière", "match": "none", "institution_id": None})
    return Bad(_json(_new(real)), IGNORE, key_of(real))


def _other_incarnation(_fuzz: Fuzzer, real: Envelope) -> Bad:
    return Bad(_json(_new(real) | {"incarnation": 0}), PARK, key_of(real))


def _deep(fuzz: Fuzzer, real: Envelope) -> Bad:
    depth = fuzz.random.choice([150, 900, 5_000, 100_000])
    body = _json(real)[:-1] + b', "deep": ' + b"[" * depth + b"]" * depth + b"}"
    return Bad(body, EITHER, key_of(real))


def _duplicate_keys(fuzz: Fuzzer, real: Envelope) -> Bad:
    name = fuzz.random.choice(["id", "origin", "type", "data", "recordversion"])
    body = _json(_new(real))[:-1] + b', "%s": %s}' % (name.encode(), _json(fuzz.random.choice([None, [], 1.5])))
    return Bad(body, PARK, key_of(real))


def _folded_badly(fuzz: Fuzzer, real: Envelope) -> Bad:
    whole = zlib.compress(_json(_new(real)))
    body = fuzz.random.choice([whole[:-4], whole + b"{}", _json(real), zlib.compress(b" " * 50_000_000)])
    return Bad(body, PARK, key_of(real), properties={"content_encoding": "deflate"})


def _not_a_number(_fuzz: Fuzzer, real: Envelope) -> Bad:
    return Bad(_json(_new(real) | {"recordversion": NAN}), PARK, key_of(real))


Maker = Callable[[Fuzzer, Envelope], Bad]
KINDS: list[Maker] = [
    made for made in list(globals().values()) if getattr(made, "__annotations__", {}).get("return") is Bad
]
