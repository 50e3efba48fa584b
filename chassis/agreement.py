"""Whether what a message says of itself in several places agrees: else it is forged or broken, and never handled."""

from chassis.envelope import Event, UnreadableEventError


def check(event: Event, key: str) -> None:
    """Compare envelope, routing key and record. Raises: UnreadableEventError, naming what does not agree."""
    service, noun, participle = event.type.split(".")[1:4]
    expected = {
        f"routing key {key}": (key, f"{event.origin}.{event.visibility}.{service}.{noun}.{participle}"),
        f"source {event.source}": (event.source, f"/nodes/{event.origin}/{service}"),
        "the record's id": (event.data.get("id", event.subject), event.subject),
        "the record's origin": (event.data.get("origin", event.origin), event.origin),
        "the record's version": (event.data.get("version", event.recordversion), event.recordversion),
        "the record's visibility": (event.data.get("visibility", event.visibility), event.visibility),
    }
    wrong = [what for what, (given, should) in expected.items() if given != should]
    if wrong:
        raise UnreadableEventError(f"does not agree with {event.type} of {event.origin}: {', '.join(wrong)}")
