"""A carried file taken in: its blocks are published one by one, and each event is followed until it has settled.

An event has settled when the service whose noun it is has it, or has set it aside. The services are asked before a
block is published (what do you know?) and after all are (what do you know now?), so the report tells apart what came by
this file and what was there. Files of documents come last, when the records that name them are here. The connection may
end at any time: the same file again goes on where it was.
"""

import base64
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import IO, Any, Final

import orjson

from chassis.contract import parcel
from chassis.contract.envelope import UnreadableEventError
from chassis.federation import carried, sealing
from chassis.federation.carried import Carried
from chassis.kernel.errors import PlatformError
from chassis.process.logs import get_logger
from gateway import problems
from gateway.carriedfiles import Incoming
from gateway.rpc import ServiceFault
from services.federation.contract.carrying import OUTCOMES

LOOKED_AT: Final = 500  # events that a service is asked about at once
PAUSE: Final = 0.3  # seconds between two looks that found nothing settled
PATIENCE: Final = 30.0  # seconds without anything settling, after which the rest is told as waiting
SHORT: Final = 5.0  # the same where the rest had been set aside before: it mostly is again

log = get_logger()
Sought = dict[str, Any]


class Import:
    """One run over one file."""

    def __init__(
        self,
        call: Callable[[str, dict[str, Any]], Any],
        file: IO[bytes],
        found: Carried,
        opened: dict[str, Any],
        services: Collection[str],
        language: str,
    ) -> None:
        self._call, self._file, self._found, self._opened = call, file, found, opened
        self._services, self._language = services, language
        self._key = base64.b64decode(opened["key"])
        self._blocks = carried.closing_of(found.closing).blocks
        self._counts: Counter[tuple[str, str, str]] = Counter()
        self._files, self._took = Incoming(call, services), self._rate(0.0)
        self._pending: dict[str, list[Sought]] = {}
        self._set_aside: set[str] = set()
        """Those that had been parked before: they are refused only if they are not taken now."""

    def lines(self) -> Iterator[bytes]:
        """Of the answer; whatever stops the run is its last one."""
        try:
            began = time.monotonic()
            yield from self._publish()
            self._call("federation.close_import", {"id": self._opened["id"]})
            yield from self._settle()
            self._took = self._rate(time.monotonic() - began)
            yield from self._take_files()
            yield _line({"report": self._report()})
        except PlatformError as error:
            yield self._problem(problems.from_error(error))
        except ServiceFault as error:
            log.error("carried.fault", target=error.target, kind=error.kind)
            yield self._problem(problems.Problem(500, "internal-error"))
        finally:
            self._file.close()

    def _publish(self) -> Iterator[bytes]:
        every = self._numbers(carried.EVENTS)
        for number in every:
            if number < self._opened["done"]:
                continue
            yield _line({"phase": "publishing", "done": number, "of": len(every)})
            content = self._content(number)
            try:
                events = parcel.inflated(sealing.unseal(self._key, number, content))
                sought = [(event["type"].split(".")[1], _sought(event)) for event in events]
            except (UnreadableEventError, LookupError, TypeError, AttributeError) as error:
                raise carried.altered("block", number + 1) from error
            for service in sorted({service for service, _ in sought}):
                self._note(service, [one for of, one in sought if of == service])
            block = {"id": self._opened["id"], "number": number, "content": base64.b64encode(content).decode()}
            self._call("federation.import_block", block)

    def _take_files(self) -> Iterator[bytes]:
        """After the records that name them: bytes that none names are not kept."""
        every = self._numbers(carried.FILES)
        for done, number in enumerate(every):
            yield _line({"phase": "files", "done": done, "of": len(every)})
            part = sealing.unseal(self._key, number, self._content(number))
            self._files.take(self._blocks[number].service, part, number)

    def _rate(self, seconds: float) -> dict[str, float]:
        many = sum(block.events for block in self._blocks[self._opened["done"] :])
        return {"events": many, "seconds": round(seconds, 1), "rate": round(many / seconds, 1) if seconds else 0.0}

    def _numbers(self, kind: str) -> list[int]:
        return [number for number, block in enumerate(self._blocks) if block.kind == kind]

    def _content(self, number: int) -> bytes:
        at, length = self._found.blocks[number]
        self._file.seek(at)
        return self._file.read(length)

    def _note(self, service: str, events: list[Sought]) -> None:
        if service not in self._services:
            self._counts.update((service, one["noun"], "elsewhere") for one in events)
            return
        for start in range(0, len(events), LOOKED_AT):
            some = events[start : start + LOOKED_AT]
            known, parked = self._look(service, some)
            self._set_aside |= parked
            self._counts.update((service, one["noun"], "known") for one in some if one["id"] in known)
            self._pending.setdefault(service, []).extend(one for one in some if one["id"] not in known)

    def _settle(self) -> Iterator[bytes]:
        every, moved = self._waiting, time.monotonic()
        while self._waiting:
            yield _line({"phase": "settling", "done": every - self._waiting, "of": every})
            before = self._waiting
            for service, left in self._pending.items():
                self._pending[service] = left[LOOKED_AT:] + self._unsettled(service, left[:LOOKED_AT])
            if self._waiting < before:
                moved = time.monotonic()
                continue
            again = all(one["id"] in self._set_aside for left in self._pending.values() for one in left)
            if time.monotonic() - moved > (SHORT if again else PATIENCE):
                break
            time.sleep(PAUSE)
        self._set_aside.clear()
        for service, left in self._pending.items():
            for start in range(0, len(left), LOOKED_AT):
                for one in self._unsettled(service, left[start : start + LOOKED_AT]):
                    self._counts[service, one["noun"], "waiting"] += 1

    def _unsettled(self, service: str, events: list[Sought]) -> list[Sought]:
        """Those that are neither known nor refused; the others are counted."""
        if not events:
            return []
        known, parked = self._look(service, events)
        parked -= self._set_aside
        self._counts.update((service, one["noun"], "new") for one in events if one["id"] in known)
        self._counts.update((service, one["noun"], "refused") for one in events if one["id"] in parked)
        return [one for one in events if one["id"] not in known | parked]

    def _look(self, service: str, events: list[Sought]) -> tuple[set[str], set[str]]:
        found = self._call(f"{service}.look_for_events", {"events": events})
        return set(found["known"]), set(found["parked"])

    @property
    def _waiting(self) -> int:
        return sum(map(len, self._pending.values()))

    def _report(self) -> dict[str, Any]:
        names = sorted({(service, noun) for service, noun, _ in self._counts})
        outcomes = [
            {"service": service, "noun": noun, **{one: self._counts[service, noun, one] for one in OUTCOMES}}
            for service, noun in names
        ]
        told = {name: self._opened[name] for name in ("id", "sender", "made_at", "since", "certificate_ended")}
        before = sum(block.events for block in self._blocks[: self._opened["done"]])
        return {**told, "before": before, "outcomes": outcomes, "files": self._files.report(), "took": self._took}

    def _problem(self, problem: problems.Problem) -> bytes:
        detail = problems.detail(problem.code, self._language, problem.params, problem.status)
        return _line({"problem": {"status": problem.status, "code": problem.code, "detail": detail}})


def _sought(event: dict[str, Any]) -> Sought:
    names = {name: event[name] for name in ("id", "source", "subject", "incarnation")}
    return {**names, "noun": event["type"].split(".")[2], "version": event["recordversion"]}


def _line(said: dict[str, Any]) -> bytes:
    return orjson.dumps(said) + b"\n"
