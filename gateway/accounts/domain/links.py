"""One-time links: who is invited, or lost their password, chooses one with it; the administrator sends it on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

PREFIX: Final = "gtml_"
LIVES: Final = {"invitation": timedelta(days=7), "reset": timedelta(hours=24)}

Purpose = Literal["invitation", "reset"]


@dataclass(frozen=True, kw_only=True)
class Link:
    """A link as it is kept: by the digest of its secret. An account has one at a time."""

    digest: str
    account_id: str
    purpose: Purpose
    expires_at: datetime
    used_at: datetime | None = None

    def opens(self, now: datetime) -> bool:
        """Whether it still can be used."""
        return self.used_at is None and now < self.expires_at
