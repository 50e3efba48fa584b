"""A session: what signing in begins, and signing out, a theft or time ends. Plain rules; storage/sessions.py keeps it.

The refresh token of a session has two halves of 256 bits: the family, the same as long as the session lives, and a
secret that is replaced at each use. The next secret follows from the one presented and a salt that the session holds:
who lost the answer on a bad link asks again within GRACE and is given the very same one. A family with a secret that
was replaced longer ago was copied: the whole session ends, whoever comes first.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from gateway.accounts.domain.secrets import derived, digest, is_secret, same

PREFIX: Final = "gtmr_"
GRACE: Final = timedelta(seconds=30)  # a lost answer on a poor link is noticed within this time
LONGEST: Final = timedelta(days=7)  # from signing in; then the password is asked again
LABEL: Final = 120  # characters of what the client calls itself

Kind = Literal["token", "browser"]
Verdict = Literal["current", "repeated", "stolen", "over"]


@dataclass(frozen=True, kw_only=True)
class Session:
    """One signed-in client of an account. Digests only: the secrets themselves are with the client."""

    id: str
    account_id: str
    kind: Kind
    family: str
    current: str
    previous: str | None
    salt: str
    rotated_at: datetime
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    client: str
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class RefreshToken:
    """The token as its holder has it."""

    family: str
    secret: str

    @classmethod
    def read(cls, text: object) -> "RefreshToken | None":
        """The token in a text; None for what cannot be one."""
        if not isinstance(text, str) or not text.startswith(PREFIX):
            return None
        family, secret = text[len(PREFIX) : len(PREFIX) + 43], text[len(PREFIX) + 43 :]
        return cls(family, secret) if is_secret(family) and is_secret(secret) else None

    def write(self) -> str:
        """The text that is given out."""
        return f"{PREFIX}{self.family}{self.secret}"

    def after(self, salt: str) -> "RefreshToken":
        """The token that takes its place."""
        return RefreshToken(self.family, derived(self.secret, salt))


def judge(session: Session, token: RefreshToken, now: datetime) -> Verdict:
    """What a token of the session's family is worth."""
    if is_over(session, now):
        return "over"
    kept = digest(token.secret)
    if same(kept, session.current):
        return "current"
    if session.previous and same(kept, session.previous) and now - session.rotated_at <= GRACE:
        return "repeated"
    return "stolen"


def is_over(session: Session, now: datetime) -> bool:
    """Whether it ended, by decision or by time."""
    return session.revoked_at is not None or now >= session.expires_at


def end_of(created_at: datetime, now: datetime, idle: timedelta) -> datetime:
    """Until when a session used now lives."""
    return min(now + idle, created_at + LONGEST)


def label_of(user_agent: str) -> str:
    """What the client calls itself, fit to be shown."""
    return "".join(letter for letter in user_agent if letter.isprintable())[:LABEL]
