"""Time: instants are UTC, people see Africa/Niamey."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

NIAMEY = ZoneInfo("Africa/Niamey")


def now() -> datetime:
    """The present instant, UTC, cut to milliseconds because that is what the store keeps."""
    instant = datetime.now(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def rfc3339(instant: datetime) -> str:
    """An instant as RFC 3339 text in UTC with milliseconds: 2026-01-31T08:00:00.000Z."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
