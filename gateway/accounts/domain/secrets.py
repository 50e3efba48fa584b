"""Secrets that are given out once and kept as digests: random, so that a fast digest cannot be guessed back."""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Final

BYTES: Final = 32  # 256 bits
_TEXT: Final = re.compile(r"[A-Za-z0-9_-]{43}")


def new_secret() -> str:
    """256 random bits as 43 characters that an address, a header or a cookie can hold."""
    return secrets.token_urlsafe(BYTES)


def is_secret(text: object) -> bool:
    """Whether it has the form of one."""
    return isinstance(text, str) and _TEXT.fullmatch(text) is not None


def digest(secret: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def derived(secret: str, purpose: str) -> str:
    """Another secret that only who has this one can know."""
    made = hmac.digest(secret.encode(), purpose.encode(), "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def same(one: str, other: str) -> bool:
    """Whether they are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
