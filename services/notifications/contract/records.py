"""What the notifications service shows and publishes: the whole record, the same in an answer and in an event."""

from chassis.contract.schema import Choice, Id, Instant, Part, RecordSchema, Text, Whole, many, maybe, one
from services.notifications.domain import delivery, notification


class RecipientSchema(Part):
    """Whom it is for, by id alone."""

    kind = Choice(*notification.RECIPIENT_KINDS, required=True)
    id = Text(80, required=True)


class DeliverySchema(Part):
    """One channel: how often it was tried, when last, when next, and what came of it."""

    channel = Choice(*delivery.CHANNELS, required=True)
    status = Choice(*delivery.STATUSES, required=True)
    attempts = Whole(0, 1000, load_default=0)
    at = maybe(Instant)
    detail = maybe(Text, 500)
    next_at = maybe(Instant)


class NotificationSchema(RecordSchema):
    """What one recipient is told of one event. `told` and `not_told`: institutions, in a report."""

    recipient = one(RecipientSchema, required=True)
    institution_id = maybe(Id)
    kind = Choice(*notification.KINDS, required=True)
    language = Choice("fr", "en", required=True)
    title = Text(1000, required=True)
    text = Text(500_000, required=True, lines=True)
    link = Text(500, required=True)
    subject = Id(required=True)
    event_id = Id(required=True)
    correlation_id = Text(200, required=True)
    read_at = maybe(Instant)
    told = many(Id(), 500)
    not_told = many(Id(), 500)
    deliveries = many(DeliverySchema, 10)
