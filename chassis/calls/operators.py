"""Calls for who runs the node: what is parked, how far behind the service is, sending its events again."""

from typing import Any

from kombu import Connection, Producer

from chassis.broker.topology import Subscription, again
from chassis.calls.carrying import Carrying
from chassis.contract.envelope import CONTENT_TYPE, write
from chassis.contract.operating import (
    DropParked,
    ForgetCopies,
    LeavingQuery,
    ParkedOne,
    ParkedQuery,
    ReplayParked,
    Resendable,
    ResendEvents,
)
from chassis.contract.schema import load
from chassis.events.monitor import depths, fed_queues, own_queues
from chassis.history.leaving import count_since
from chassis.kernel.errors import ConflictError, NotFoundError
from chassis.kernel.ids import new_id
from chassis.parking.lot import ParkingLot
from chassis.service import rpc


class Operators(Carrying):
    """For the role admin alone."""

    @rpc
    def list_parked(self, payload: Any) -> Any:
        """What is parked, in that order: {items, next_cursor, total}."""
        self._admin()
        return self._lot().page(**load(ParkedQuery(), payload))

    @rpc
    def get_parked(self, payload: Any) -> Any:
        """One parked message with its body and traceback."""
        self._admin()
        return self._lot().show(load(ParkedOne(), payload)["id"])

    @rpc
    def replay_parked(self, payload: Any) -> Any:
        """Try one again: {replayed}; or a page of what fits: {replayed, skipped, next_cursor, until}."""
        who, asked = self._admin(), load(ReplayParked(), payload)
        if asked["id"] is not None:
            self._lot().replay(self.settings["AMQP_URI"], asked["id"], who)
            return {"replayed": 1}
        return self._lot().replay_page(self.settings["AMQP_URI"], who, **asked)

    @rpc
    def drop_parked(self, payload: Any) -> Any:
        """Let one go; all of it and the reason are kept in the collection `dropped`."""
        who, asked = self._admin(), load(DropParked(), payload)
        return self._lot().drop(asked["id"], asked["reason"], who)

    @rpc
    def lag(self, payload: Any) -> Any:
        """How far behind: {service, outbox: {waiting, oldest_seconds}, queues: {name: messages}, feeds, parked}.

        `feeds` are the queues of others that this service's events come to: told for those that are away. `parked` are
        those that are kept; what was parked this moment is in its queue still.
        """
        self._admin()
        waiting, oldest = self.store.outbox.backlog()
        with Connection(self.settings["AMQP_URI"], connect_timeout=5) as connection:
            queues = depths(connection, own_queues(self.name, self.settings["SUBSCRIPTIONS"]))
            feeds = depths(connection, fed_queues(self.name, self.settings["SUBSCRIPTIONS"]))
        outbox = {"waiting": waiting, "oldest_seconds": oldest}
        kept = self._lot().count()
        return {"service": self.name, "outbox": outbox, "queues": queues, "feeds": feeds, "parked": kept}

    @rpc
    def count_resendable(self, payload: Any) -> Any:
        """How many events of the log a queue takes, before anything is sent: {events, nouns}."""
        self._admin()
        asked = load(Resendable(), payload)
        types = self._types_for(self._subscription(asked["queue"]))
        wanted: dict[str, Any] = {"type": {"$in": [one for one in types if asked["type"] in (None, one)]}}
        if asked["subject"]:
            wanted["subject"] = asked["subject"]
        nouns = sorted({one.split(".")[2] for one in types})
        return {"events": self.store.outbox.rows.count_documents(wanted), "nouns": nouns}

    @rpc
    def resend_events(self, payload: Any) -> Any:
        """Send a page of the log to one queue again: {sent, next_cursor, run}; versions make it harmless."""
        self._admin()
        asked = load(ResendEvents(), payload)
        subscription = self._subscription(asked["queue"])
        self._types_for(subscription)
        size = asked["page_size"]
        conditions = {name: asked[name] for name in ("type", "subject") if asked[name]}
        found, more = self.store.outbox.follow(conditions, int(asked["cursor"] or 0), size)
        wanted = [envelope for _, envelope in found if subscription.takes(envelope["type"])]
        run = asked["run"] or new_id()
        sent = self._send(wanted, subscription.queue, run)
        return {"sent": sent, "next_cursor": str(found[-1][0]) if found and more else None, "run": run}

    @rpc
    def forget_copies(self, payload: Any) -> Any:
        """Forget this service's copies of another's records, to rebuild them by resend_events: {forgotten}."""
        self._admin()
        noun = load(ForgetCopies(), payload)["noun"]
        replica = self.store.replicas.get(noun)
        if replica is None:
            raise NotFoundError("no-such-copies", "noun", {"noun": noun, "known": ", ".join(self.store.replicas)})
        # What other nodes own comes from their log, not from here.
        mine = {"origin": self.store.place.node}
        return {"forgotten": replica.collection.delete_many(mine).deleted_count}

    @rpc
    def count_leaving(self, payload: Any) -> Any:
        """How many records this service told of since an instant, to other nodes too: {nouns, oldest}."""
        return count_since(self.store.database, load(LeavingQuery(), payload)["since"])

    def _admin(self) -> str:
        caller = self.asking()
        return caller.principal.account_id

    def _lot(self) -> ParkingLot:
        return ParkingLot(self.store.database)

    def _subscription(self, queue: str) -> Subscription:
        known: dict[str, Subscription] = {one.queue: one for one in self.settings["SUBSCRIPTIONS"]}
        if queue not in known:
            raise NotFoundError("no-such-queue", "queue", {"queue": queue, "known": ", ".join(sorted(known))})
        return known[queue]

    def _types_for(self, subscription: Subscription) -> list[str]:
        """The types of this service's log that the queue takes. Raises: ConflictError queue-takes-nothing-here."""
        if not subscription.reads_from(self.name):
            publishers = sorted({event.words[0] for event in subscription.events})
            params = {"queue": subscription.queue, "service": self.name, "publishers": ", ".join(publishers)}
            raise ConflictError("queue-takes-nothing-here", "queue", params)
        return [one for one in self.store.outbox.rows.distinct("type") if subscription.takes(one)]

    def _send(self, envelopes: list[dict[str, Any]], queue: str, run: str) -> int:
        options = {"confirm_publish": True}
        with Connection(self.settings["AMQP_URI"], connect_timeout=5, transport_options=options) as connection:
            producer = Producer(connection.channel(), again(self.name), auto_declare=False)
            for envelope in envelopes:
                service, noun, participle = envelope["type"].split(".")[1:4]
                key = f"{envelope['origin']}.{envelope['visibility']}.{service}.{noun}.{participle}"
                producer.publish(
                    write(envelope),
                    routing_key=queue,
                    mandatory=True,
                    delivery_mode=2,
                    content_type=CONTENT_TYPE,
                    content_encoding="utf-8",
                    message_id=envelope["id"],
                    type=envelope["type"],
                    # The mark of this run, so that the inbox takes the event once more, and once only.
                    headers={"x-origin-routing-key": key, "x-replay": run},
                )
        return len(envelopes)
