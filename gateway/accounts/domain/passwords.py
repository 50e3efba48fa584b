"""Passwords: kept as argon2id hashes only; long rather than made up of many kinds of characters (NIST SP 800-63B)."""

import secrets
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from chassis.kernel.errors import InvalidError

SHORTEST: Final = 12  # characters of a password that a person chooses
LONGEST: Final = 1024  # hashing takes time in proportion; nobody types more
GENERATED_BYTES: Final = 15  # 120 bits, 20 characters
WORST: Final = Path(__file__).with_name("worst_passwords.txt")

# 19 MiB and two passes: the strength OWASP asks for at a memory cost that a small office machine can bear.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


class UnfitPasswordError(Exception):
    """The password is empty or too long."""


def check_fit(password: str, username: str) -> None:
    """Refuse what others guess first. Raises: InvalidError password-too-short, password-too-long, password-known."""
    text = unicodedata.normalize("NFKC", password)
    if len(text) < SHORTEST:
        raise InvalidError("password-too-short", "password", {"min": SHORTEST})
    if len(text) > LONGEST:
        raise InvalidError("password-too-long", "password", {"max": LONGEST})
    plain = _bare(text)
    if len(set(plain)) < 4 or plain in _worst() or plain == _bare(username):
        raise InvalidError("password-known", "password")


def generate() -> str:
    """A password nobody can guess."""
    return secrets.token_urlsafe(GENERATED_BYTES)


def hash_password(password: str) -> str:
    """The argon2id hash, with its parameters and salt. Raises: UnfitPasswordError."""
    if not 1 <= len(password) <= LONGEST:
        raise UnfitPasswordError(f"a password has 1 to {LONGEST} characters")
    return _hasher.hash(unicodedata.normalize("NFKC", password))


def password_matches(password_hash: str, password: str) -> bool:
    """Whether the hash is of that password."""
    try:
        return _hasher.verify(password_hash, unicodedata.normalize("NFKC", password))
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


@cache
def dummy_hash() -> str:
    """A hash of nothing anyone knows, made once per process with the very parameters of real ones."""
    return _hasher.hash(secrets.token_urlsafe(32))


def _bare(text: str) -> str:
    """Letters and digits alone, so that « Password-2024! » is seen as what it is."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@cache
def _worst() -> frozenset[str]:
    lines = WORST.read_text(encoding="utf-8").splitlines()
    return frozenset(_bare(line) for line in lines if line and not line.startswith("#"))
