"""The fields of the published contracts: what each takes; its faults are codes that any language can tell.

marshmallow checks; each message is a code with parameters ("too-long?max=300"), see `code`.
"""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from marshmallow import ValidationError, fields, validate

from chassis.kernel.clock import rfc3339
from chassis.kernel.ids import is_id

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BREAK = re.compile(r"[\n\r\x85\u2028\u2029]")


MOMENT = "Un jour (sa fin, à l’heure de Niamey) ou un instant RFC 3339, passés"


def code(name: str, **params: object) -> str:
    """A fault as text that marshmallow can carry."""
    return f"{name}?{urlencode(params)}" if params else name


def messages(**others: str) -> dict[str, Any]:
    """Codes in the place of marshmallow's English texts."""
    return {"required": "required", "null": "not-null", "validator_failed": "invalid", **others}


class Text(fields.String):
    """Text in NFC, without control characters, trimmed; 1 to `longest` characters."""

    def __init__(self, longest: int = 300, *, shortest: int = 1, lines: bool = False, **options: Any) -> None:
        self.longest, self.shortest, self.lines = longest, shortest, lines
        metadata = {"maxLength": longest, "minLength": shortest}
        super().__init__(
            error_messages=messages(invalid="not-text", invalid_utf8="not-text"),
            metadata=metadata | options.pop("metadata", {}),
            **options,
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = unicodedata.normalize("NFC", super()._deserialize(value, attr, data, **kwargs))
        text = text.replace("\r\n", "\n").strip()
        if _CONTROL.search(text) or (not self.lines and _BREAK.search(text)):
            raise ValidationError("control-characters")
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:  # half of a surrogate pair: "\ud800" in JSON
            raise ValidationError("not-text") from error
        if len(text) > self.longest:
            raise ValidationError(code("too-long", max=self.longest, length=len(text)))
        if len(text) < self.shortest:
            raise ValidationError(code("too-short", min=self.shortest))
        return text


class Choice(fields.String):
    """One of a closed list of words."""

    def __init__(self, *words: str, **options: Any) -> None:
        self.words = words
        super().__init__(
            error_messages=messages(invalid="not-text"),
            validate=validate.OneOf(words, error=code("not-a-choice", choices=", ".join(words))),
            **options,
        )


class Id(fields.String):
    """The id of a record, a UUID in lower case."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            error_messages=messages(invalid="not-an-id"),
            metadata={"format": "uuid"} | options.pop("metadata", {}),
            **options,
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not is_id(text):
            raise ValidationError("not-an-id")
        return text


class Day(fields.String):
    """A calendar day, YYYY-MM-DD, kept as text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            error_messages=messages(invalid="not-a-date"),
            metadata={"format": "date"} | options.pop("metadata", {}),
            **options,
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            raise ValidationError("not-a-date")
        try:
            date.fromisoformat(text)
        except ValueError as error:
            raise ValidationError("not-a-date") from error
        return text


class Hour(fields.String):
    """A local time of day, HH:MM, kept as text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            error_messages=messages(invalid="not-a-time"),
            validate=validate.Regexp(re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z", re.ASCII), error="not-a-time"),
            **options,
        )


class Instant(fields.Field[datetime]):
    """An instant with its zone, RFC 3339; written in UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            error_messages=messages(invalid="not-an-instant"),
            metadata={"type": "string", "format": "date-time"} | options.pop("metadata", {}),
            **options,
        )

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else rfc3339(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or len(value) > 40:
            raise ValidationError("not-an-instant")
        try:
            instant = datetime.fromisoformat(value)
            if instant.tzinfo is None:
                raise ValidationError("instant-without-zone")
            instant = instant.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise ValidationError("not-an-instant") from error
        return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


class Moment(Instant):
    """An instant, or a calendar day: then the end of that day in Niamey."""

    def __init__(self, **options: Any) -> None:
        about = {"format": "date-time", "description": MOMENT, "examples": ["2025-03-01", "2025-03-01T08:00:00+01:00"]}
        super().__init__(metadata=about | options.pop("metadata", {}), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if isinstance(value, str) and len(value) == len("2025-03-01"):
            day = date.fromisoformat(Day()._deserialize(value, attr, data, **kwargs))
            value = f"{day}T23:59:59.999+01:00"
        return super()._deserialize(value, attr, data, **kwargs)


class Whole(fields.Integer):
    """A whole number between two bounds; true and "3" are refused."""

    def __init__(self, smallest: int, largest: int, **options: Any) -> None:
        super().__init__(
            strict=True,
            error_messages=messages(invalid="not-a-whole-number", too_large="not-a-whole-number"),
            validate=validate.Range(smallest, largest, error=code("out-of-range", min=smallest, max=largest)),
            **options,
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError("not-a-whole-number")
        return super()._deserialize(value, attr, data, **kwargs)


class Amount(fields.String):
    """A decimal number as text ("1250.50"), so that no binary rounding touches it; JSON numbers are accepted."""

    def __init__(self, *, negative: bool = False, **options: Any) -> None:
        self.pattern = re.compile(rf"{'-?' if negative else ''}\d{{1,15}}(\.\d{{1,6}})?\Z", re.ASCII)
        super().__init__(error_messages=messages(invalid="not-a-number"), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = format(value, "f").rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
        if not isinstance(value, str) or not self.pattern.match(value):
            raise ValidationError("not-a-number")
        return value


class YesNo(fields.Boolean):
    """true or false, and nothing that resembles them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(truthy={True}, falsy={False}, error_messages=messages(invalid="not-true-or-false"), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("not-true-or-false")
        return value


_EMAIL = re.compile(r"[^@\s,;<>()\[\]\\\"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?\Z")


class Email(Text):
    """An address that mail can be sent to; one, without a name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(254, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _EMAIL.match(text) or ".." in text:
            raise ValidationError("not-an-email")
        return text
