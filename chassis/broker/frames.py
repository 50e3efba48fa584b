"""A message whose properties cannot be read is a bad message, not the end of the connection that brings it.

py-amqp decodes properties while it reads frames. A time beyond the calendar or text that is not UTF-8 ended every
consumer of the process, again at each redelivery, until the broker gave the message up.
"""

from typing import Any

from amqp import method_framing
from amqp.basic_message import Message

UNREADABLE = "x-unreadable"


class ForgivingMessage(Message):
    """Has one header, UNREADABLE, in the place of properties that cannot be decoded."""

    def _load_properties(self, class_id: Any, buf: Any, offset: int) -> int:
        try:
            return int(super()._load_properties(class_id, buf, offset))
        except Exception as error:  # noqa: BLE001 (whatever a sender's bytes may raise)
            self.properties = {"application_headers": {UNREADABLE: f"{type(error).__name__}: {error}"[:200]}}
            return offset


def forgive() -> None:
    """Read messages this way from now on; call once at the start of a process."""
    module: Any = method_framing
    module.Message = ForgivingMessage
