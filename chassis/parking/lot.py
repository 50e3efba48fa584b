"""What could not be handled, as an operator sees it: list, show, replay, drop.

Parked messages are documents of the service's own database, in the collection `parked`: collector.py takes
them out of the queue `<service>.parked`. One leaves only after its replay was confirmed by the broker (then `replayed`
tells who did it), or after it was written, with the operator's reason, to `dropped`.

What may come between, numbered for the tests:
1. killed between the broker's confirm and the note in `replayed`: it is listed still, and may be replayed once more;
   the inbox knows the event.
2. killed between the note (or the copy in `dropped`) and the removal: listed still; the same act again ends it.
"""

import base64
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

import orjson
from amqp.exceptions import AMQPError, MessageNacked
from kombu import Connection, Producer
from kombu.exceptions import KombuError
from pymongo import ASCENDING
from pymongo.database import Database

from chassis.broker.topology import again
from chassis.contract.bodies import decoded
from chassis.contract.envelope import UnreadableEventError
from chassis.contract.operating import parked_cursor, parked_place
from chassis.kernel.clock import now, rfc3339
from chassis.kernel.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from chassis.parking.message import Document, headers_of, properties_of, summary
from chassis.process.crash import crash_point

SHOWN = 1024 * 1024  # bytes of a body that is shown as JSON; of a larger one the beginning will do
BEGINNING = 65536
PAGE_SECONDS = 3.0  # that a page of replays takes at most: the caller waits for ten
NO_ROUTE, NO_EXCHANGE = 312, 404
_WITHOUT_BODY = {"body": 0, "table": 0, "headers": 0}


class ParkingLot:
    """The parked messages of one service."""

    def __init__(self, database: Database[Document]) -> None:
        self.messages, self._pieces = database["parked"], database["parked_pieces"]
        self._replayed, self._dropped = database["replayed"], database["dropped"]

    def sync_indexes(self) -> None:
        """One for the order of the list."""
        self.messages.create_index([("parked_at", ASCENDING), ("_id", ASCENDING)], name="parked_at_id")

    def count(self, **filters: str | None) -> int:
        """How many there are."""
        return int(self.messages.count_documents(_conditions(filters)))

    def page(self, page_size: int, cursor: str | None, **filters: str | None) -> dict[str, Any]:
        """{items, next_cursor, total}: summaries in the order in which they were parked."""
        found = self._find(filters, cursor, page_size + 1)
        items = [summary(document) for document in found[:page_size]]
        more = parked_cursor(items[-1]) if len(found) > page_size else None
        return {"items": items, "next_cursor": more, "total": self.count(**filters)}

    def show(self, id: str) -> Document:
        """The summary, the traceback and the body: as JSON where it is JSON, else in base64. Raises: NotFoundError."""
        document = self._get(id)
        shown = summary(document) | {"traceback": document.get("traceback")}
        encoding = properties_of(document).get("content_encoding")
        if document["bytes"] <= SHOWN:
            with suppress(ValueError, UnreadableEventError):
                return shown | {"body": orjson.loads(decoded(self._body(document), encoding, SHOWN))}
        return shown | {"body_base64": base64.b64encode(self._body(document, 1)[:BEGINNING]).decode()}

    def replay(self, amqp_uri: str, id: str, who: str) -> None:
        """Send one back to the queue where it failed, to be tried from the start.

        Raises: NotFoundError parked-not-found; ConflictError parked-without-queue, parked-queue-gone, parked-refused;
        UnavailableError broker-unreachable.
        """
        document = self._get(id)
        with _confirming(amqp_uri) as producer:
            self._send_back(producer, document, who)

    def replay_page(
        self, amqp_uri: str, who: str, page_size: int, cursor: str | None, until: str | None, **filters: str | None
    ) -> dict[str, Any]:
        """Send back a page of what was parked until now, or until then: {replayed, skipped, next_cursor, until}.

        What fails again is parked again, later: so a run that goes on to its last page comes to an end.
        """
        until = until or rfc3339(now())
        found = self._find(filters, cursor, page_size + 1, _instant(until))
        replayed, skipped, began, last = 0, 0, time.monotonic(), None
        if found:
            with _confirming(amqp_uri) as producer:
                for document in found[:page_size]:
                    try:
                        self._send_back(producer, self._get(document["_id"]), who)
                        replayed += 1
                    except (ConflictError, NotFoundError):
                        skipped += 1
                    last = document
                    if time.monotonic() - began > PAGE_SECONDS:
                        break
        more = last is not None and last is not found[-1]
        next_cursor = parked_cursor(summary(last)) if more and last else None
        return {"replayed": replayed, "skipped": skipped, "next_cursor": next_cursor, "until": until}

    def drop(self, id: str, reason: str, who: str) -> Document:
        """Let one go for good; the whole of it stays in `dropped`, with why it had failed as `failure`."""
        document = self._get(id)
        noted = document | {"failure": document["reason"], "reason": reason, "by": who, "at": now()}
        self._dropped.replace_one({"_id": id}, noted, upsert=True)
        crash_point("parking.dropped")
        self.messages.delete_one({"_id": id})
        return summary(document)

    def _send_back(self, producer: Producer, document: Document, who: str) -> None:
        id, queue = document["_id"], document.get("queue")
        if not queue:
            raise ConflictError("parked-without-queue", None, {"id": id})
        body = self._body(document)
        for _ in range(document["copies"]):
            _publish(producer, document, body, queue)
        crash_point("parking.sent_back")
        told = {name: document.get(name) for name in ("queue", "type", "event_id", "routing_key", "reason", "attempts")}
        times = {name: document.get(name) for name in ("first_failed", "last_failed", "parked_at", "sha256", "bytes")}
        note = {"_id": id, **told, **times, "by": who, "at": now()}
        self._replayed.replace_one({"_id": id}, note, upsert=True)
        crash_point("parking.noted")
        self.messages.delete_one({"_id": id})
        if document.get("pieces"):
            self._pieces.delete_many({"_id": {"$in": _piece_ids(document)}})

    def _find(
        self, filters: Mapping[str, str | None], cursor: str | None, most: int, until: datetime | None = None
    ) -> list[Document]:
        clauses: list[Document] = [_conditions(filters)]
        if until is not None:
            clauses.append({"parked_at": {"$lte": until}})
        if cursor:
            at, id = _place(cursor)
            clauses.append({"$or": [{"parked_at": {"$gt": at}}, {"parked_at": at, "_id": {"$gt": id}}]})
        order = [("parked_at", ASCENDING), ("_id", ASCENDING)]
        return list(self.messages.find({"$and": clauses}, _WITHOUT_BODY).sort(order).limit(most))

    def _get(self, id: str) -> Document:
        found = self.messages.find_one({"_id": id})
        if found is None:
            raise NotFoundError("parked-not-found", None, {"id": id})
        return found

    def _body(self, document: Document, most: int | None = None) -> bytes:
        """The whole body, or the first pieces of it."""
        if not document.get("pieces"):
            return bytes(document["body"])
        return b"".join(self._pieces.find_one({"_id": id})["bytes"] for id in _piece_ids(document)[:most])  # type: ignore[index]


def _publish(producer: Producer, document: Document, body: bytes, queue: str) -> None:
    try:
        producer.publish(
            body,
            exchange=again(queue.partition(".")[0]),
            routing_key=queue,
            headers=headers_of(document),
            delivery_mode=2,
            mandatory=True,
            **properties_of(document),
        )
    except MessageNacked as error:
        raise ConflictError("parked-refused", None, {"id": document["_id"], "queue": queue}) from error
    except AMQPError as error:
        if error.reply_code in (NO_ROUTE, NO_EXCHANGE):
            raise ConflictError("parked-queue-gone", None, {"id": document["_id"], "queue": queue}) from error
        raise


@contextmanager
def _confirming(amqp_uri: str) -> Iterator[Producer]:
    """Publishes with confirms. Raises: UnavailableError broker-unreachable."""
    options = {"confirm_publish": True}
    try:
        with Connection(amqp_uri, connect_timeout=5, transport_options=options) as connection:
            yield Producer(connection.channel(), auto_declare=False)
    except (OSError, AMQPError, KombuError) as error:
        raise UnavailableError("broker-unreachable") from error


def _conditions(filters: Mapping[str, str | None]) -> Document:
    """`id`, `queue`, `type`: as they are; `reason`: a text that stands in it, whatever the case."""
    wanted: Document = {}
    for name, value in filters.items():
        if value and name == "reason":
            wanted[name] = {"$regex": re.escape(value), "$options": "i"}
        elif value:
            wanted["_id" if name == "id" else name] = value
    return wanted


def _piece_ids(document: Document) -> list[str]:
    return [f"{document['_id']} {number}" for number in range(document["pieces"])]


def _place(cursor: str) -> tuple[datetime, str]:
    at, id = parked_place(cursor)
    return _instant(at, "cursor"), id


def _instant(text: str, field: str = "until") -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        errors = [{"field": field, "code": "unreadable-cursor", "params": {}}]
        raise InvalidError("unreadable-cursor", field, {}, errors) from error
