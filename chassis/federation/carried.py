"""The form of a file that carries events from one node to another by hand; docs/federation.md tells it to operators.

    GTM carried 1\\n          what it is, and the number of its form
    header                   JSON: from whom, for whom, when, since when; the sender's share of the key
    block, block, …          events, deflated; then parts of files; all of them encrypted (sealing.py)
    nothing                  a length of 0: no block follows
    closing                  JSON: of each block what is in it and its SHA-256; the sender's certificate
    signature                over header and closing, and so over all

Each part after the first line has its length before it, four bytes, the greatest first. A block is of a `kind`: events,
or a part of a file (a line of JSON, then its bytes); another one, of a newer release, is refused.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import IO, Any

from chassis.kernel.errors import InvalidError

FORMAT = 1
NAME = b"GTM carried "
MAGIC = NAME + b"%d\n" % FORMAT
ENDING = ".gtmx"
EVENTS, FILES = "events", "files"
END_OF_BLOCKS = bytes(4)
MOST_BLOCKS = 20_000
LARGEST_BLOCK = 8 * 1024 * 1024
LARGEST_TEXT = {"header": 16 * 1024, "closing": 8 * 1024 * 1024, "signature": 1024}
_LENGTH = 4
_CHUNK = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Header:
    """`share` and `for_key` (base64, fingerprint) lead to the key that opens the blocks.

    `since` is where the sender's log begins here, None for all of it; `whole`: nothing is left out that the receiver is
    not known to have. `heard` is when the newest such file was made that the sender has taken in from the receiver: so
    each knows what need not be carried again.
    """

    sender: str
    receiver: str
    incarnation: int
    made_at: str
    since: str | None
    whole: bool
    heard: str | None
    share: str
    for_key: str


@dataclass(frozen=True, kw_only=True)
class Block:
    """Of one service: events, how many of each noun; or a part of a file, one "file" where it begins."""

    kind: str
    service: str
    nouns: Mapping[str, int] = field(default_factory=dict)
    sha256: str

    @property
    def events(self) -> int:
        """How many there are in it."""
        return sum(self.nouns.values()) if self.kind == EVENTS else 0


@dataclass(frozen=True, kw_only=True)
class Closing:
    """What the blocks hold, in their order, and whose signature follows: a certificate, PEM.

    `left_out`: {files, largest}: how many files were too large to be in it, and the bytes of the largest.
    """

    blocks: tuple[Block, ...]
    certificate: str
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Carried:
    """The parts of a file, each as it stands there; a block is (offset, length)."""

    header: bytes
    blocks: tuple[tuple[int, int], ...]
    closing: bytes
    signature: bytes


def framed(part: bytes) -> bytes:
    """A part as it stands in the file."""
    return len(part).to_bytes(_LENGTH, "big") + part


def written(part: Header | Closing) -> bytes:
    """Header or closing as bytes."""
    return json.dumps(asdict(part), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def described(kind: str, service: str, nouns: Mapping[str, int], content: bytes) -> dict[str, Any]:
    """What the closing says of a block with that content."""
    return asdict(Block(kind=kind, service=service, nouns=nouns, sha256=hashlib.sha256(content).hexdigest()))


def signed_text(header: bytes, closing: bytes) -> bytes:
    """What the signature is made over; no certificate or other message of ours begins so."""
    return MAGIC + hashlib.sha256(header).digest() + hashlib.sha256(closing).digest()


def id_of(header: bytes, closing: bytes) -> str:
    """What tells this file from every other."""
    return hashlib.sha256(signed_text(header, closing)).hexdigest()


def counted(blocks: Sequence[Block], kind: str = EVENTS) -> dict[str, Counter[str]]:
    """Service → how many events of each noun."""
    found: dict[str, Counter[str]] = {}
    for one in blocks:
        if one.kind == kind:
            found.setdefault(one.service, Counter()).update(one.nouns)
    return found


def filed(sha256: str, size: int, start: int, content: bytes) -> bytes:
    """A part of a file, as the content of a block."""
    return json.dumps({"sha256": sha256, "size": size, "start": start}).encode() + b"\n" + content


def unfiled(content: bytes, number: int) -> tuple[dict[str, Any], bytes]:
    """{sha256, size, start} of a part of a file, and its bytes. Raises: InvalidError carried-altered."""
    line, _, rest = content.partition(b"\n")
    try:
        said = json.loads(line)
        told = {"sha256": str(said["sha256"]), "size": int(said["size"]), "start": int(said["start"])}
    except (ValueError, TypeError, KeyError) as error:
        raise altered("block", number + 1) from error
    return told, rest


def header_of(part: bytes) -> Header:
    """Raises: InvalidError carried-altered."""
    said = _object(part)
    try:
        made = Header(**said)
        texts = (made.sender, made.receiver, made.made_at, made.share, made.for_key)
        moments = [datetime.fromisoformat(one) for one in (made.made_at, made.since, made.heard) if one is not None]
    except (TypeError, ValueError) as error:
        raise altered("header") from error
    numbered = isinstance(made.incarnation, int) and made.incarnation > 0
    if not numbered or not all(isinstance(text, str) for text in texts) or any(one.tzinfo is None for one in moments):
        raise altered("header")
    return made


def closing_of(part: bytes) -> Closing:
    """Raises: InvalidError carried-newer: it holds what this release does not know; carried-altered."""
    said = _object(part)
    try:
        blocks = tuple(Block(**one) for one in said["blocks"])
        left_out = {name: int(said.get("left_out", {}).get(name, 0)) for name in ("files", "largest")}
        made = Closing(blocks=blocks, certificate=str(said["certificate"]), left_out=left_out)
        fine = all(isinstance(count, int) and count > 0 for one in blocks for count in one.nouns.values())
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise altered("closing") from error
    if not fine or len(blocks) > MOST_BLOCKS:
        raise altered("closing")
    for one in blocks:
        if one.kind not in (EVENTS, FILES):
            raise _newer(str(one.kind)[:40])
    return made


def read(file: IO[bytes]) -> Carried:
    """The parts of a file, after each block was compared with what the closing says of it.

    Raises: InvalidError not-carried, carried-newer, carried-truncated, carried-altered. Whether the signature is
    somebody's, and whose, is not looked at here.
    """
    _begin(file)
    header = _part(file, "header")
    blocks: list[tuple[int, int]] = []
    sums: list[str] = []
    while length := int.from_bytes(_exactly(file, _LENGTH), "big"):
        if length > LARGEST_BLOCK or len(blocks) >= MOST_BLOCKS:
            raise altered("block", len(blocks) + 1)
        blocks.append((file.tell(), length))
        sums.append(hashlib.sha256(_exactly(file, length)).hexdigest())
    closing, signature = _part(file, "closing"), _part(file, "signature")
    if file.read(1):
        raise altered("end")
    header_of(header)
    told = [one.sha256 for one in closing_of(closing).blocks]
    if len(told) != len(sums):
        raise altered("closing")
    for number, (mine, theirs) in enumerate(zip(sums, told, strict=True), 1):
        if mine != theirs:
            raise altered("block", number)
    return Carried(header, tuple(blocks), closing, signature)


def altered(part: str, number: int | None = None) -> InvalidError:
    """Something in the file is not as the sender wrote it."""
    return InvalidError("carried-altered", None, {"part": part if number is None else f"{part} {number}"})


def _newer(given: object) -> InvalidError:
    return InvalidError("carried-newer", None, {"given": given, "known": FORMAT})


def _begin(file: IO[bytes]) -> None:
    first = file.read(len(MAGIC))
    if first == MAGIC:
        return
    if not first.startswith(NAME):
        if first and MAGIC.startswith(first):
            raise InvalidError("carried-truncated")
        raise InvalidError("not-carried")
    if len(first) < len(MAGIC):
        raise InvalidError("carried-truncated")
    number = (first + file.read(16)).removeprefix(NAME).partition(b"\n")[0]
    if number.isdigit() and int(number) > FORMAT:
        raise _newer(int(number))
    raise altered("header")


def _part(file: IO[bytes], name: str) -> bytes:
    length = int.from_bytes(_exactly(file, _LENGTH), "big")
    if not 0 < length <= LARGEST_TEXT[name]:
        raise altered(name)
    return _exactly(file, length)


def _exactly(file: IO[bytes], length: int) -> bytes:
    found = bytearray()
    while len(found) < length:
        more = file.read(min(_CHUNK, length - len(found)))
        if not more:
            raise InvalidError("carried-truncated")
        found += more
    return bytes(found)


def _object(part: bytes) -> dict[str, Any]:
    try:
        said = json.loads(part)
    except ValueError as error:  # wrong UTF-8 is one too
        raise altered("header") from error
    if not isinstance(said, dict):
        raise altered("header")
    return said
