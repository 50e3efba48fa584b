"""Accounts: who may sign in to this node, with which roles. Passwords are kept as argon2id hashes only.

On the command line, for the launcher and for an administrator who is locked out; prints one JSON line:
    python -m gateway.accounts ensure-admin             the first account, unless it is there already
    python -m gateway.accounts reset-password USERNAME  another password
The password is GTM_ADMIN_PASSWORD, or what the file GTM_ADMIN_PASSWORD_FILE holds, or generated and printed, this once.
"""

import json
import os
import secrets
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, PyMongoError

from chassis.kernel.clock import now
from chassis.kernel.errors import UnavailableError
from chassis.kernel.ids import new_id
from chassis.kernel.principal import Principal
from chassis.process.settings import SettingsError
from gateway.settings import GatewaySettings
from gateway.store import GatewayStore

ADMIN: Final = "admin"
ADMIN_ROLES: Final = ("admin", "secretariat")
LONGEST_PASSWORD: Final = 1024  # hashing takes time in proportion; nobody types more
SHORT_PASSWORD: Final = 8  # characters; NIST SP 800-63B, 5.1.1.1: fewer are accepted from a script, with a warning
GENERATED_BYTES: Final = 15  # 120 bits, 20 characters

# 19 MiB and two passes: the strength OWASP asks for at a memory cost that a small office machine can bear.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


@dataclass(frozen=True, kw_only=True)
class Account:
    """Someone who can sign in."""

    id: str
    username: str
    password_hash: str
    roles: tuple[str, ...]
    status: str = "active"
    institution_id: str | None = None
    focal_point_id: str | None = None

    @property
    def principal(self) -> Principal:
        """The account as its token presents it."""
        return Principal(
            account_id=self.id,
            roles=frozenset(self.roles),
            institution_id=self.institution_id,
            focal_point_id=self.focal_point_id,
        )


class UnfitPasswordError(Exception):
    """The password is empty or too long."""


class Accounts:
    """The accounts of this node, in a collection with a unique username."""

    def __init__(self, collection: Callable[[], Collection[dict[str, Any]]]) -> None:
        """collection: asked for at each use, so that nothing is opened before a fork."""
        self._open = collection

    @property
    def _collection(self) -> Collection[dict[str, Any]]:
        return self._open()

    def sync_indexes(self) -> None:
        """Make sure that no two accounts share a username."""
        self._collection.create_index("username", unique=True)

    def create(self, username: str, password: str, roles: Sequence[str]) -> bool:
        """Add an active account; False if the username is taken. Race-safe by the unique index."""
        document = {
            "_id": new_id(),
            "username": folded(username),
            "password_hash": hash_password(password),
            "roles": list(roles),
            "status": "active",
            "created_at": now(),
        }
        try:
            self._collection.insert_one(document)
        except DuplicateKeyError:
            return False
        return True

    def find(self, username: str) -> Account | None:
        """The account of that name. Raises: UnavailableError store-away."""
        return self._one({"username": folded(username)})

    def get(self, account_id: str) -> Account | None:
        """The account of that id. Raises: UnavailableError store-away."""
        return self._one({"_id": account_id})

    def _one(self, query: dict[str, Any]) -> Account | None:
        try:
            document = self._collection.find_one(query)
        except PyMongoError as error:
            raise UnavailableError("store-away", None, {"service": "gateway"}) from error
        return _account(document) if document else None

    def set_password(self, username: str, password: str) -> bool:
        """Replace the password; False if there is no such account."""
        change = {"$set": {"password_hash": hash_password(password), "password_changed_at": now()}}
        return self._collection.update_one({"username": folded(username)}, change).matched_count == 1

    def sign_in(self, username: str, password: str) -> Account | None:
        """The active account with that name and password; takes the same time whether the name exists or not."""
        account = self.find(username)
        matches = password_matches(account.password_hash if account else _dummy_hash(), password)
        return account if account and matches and account.status == "active" else None


def folded(username: str) -> str:
    """A username as it is compared: « Admin » and « admin » are one."""
    return unicodedata.normalize("NFKC", username).casefold().strip()


def hash_password(password: str) -> str:
    """The argon2id hash, with its parameters and salt. Raises: UnfitPasswordError."""
    if not 1 <= len(password) <= LONGEST_PASSWORD:
        raise UnfitPasswordError(f"a password has 1 to {LONGEST_PASSWORD} characters")
    return _hasher.hash(unicodedata.normalize("NFKC", password))


def password_matches(password_hash: str, password: str) -> bool:
    """Whether the hash is of that password."""
    try:
        return _hasher.verify(password_hash, unicodedata.normalize("NFKC", password))
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def _dummy_hash() -> str:
    # A hash of nothing anyone knows, made once per process with the very parameters of real ones.
    global _dummy
    if not _dummy:
        _dummy = _hasher.hash(secrets.token_urlsafe(32))
    return _dummy


_dummy = ""


def _account(document: Mapping[str, Any]) -> Account:
    return Account(
        id=document["_id"],
        username=document["username"],
        password_hash=document["password_hash"],
        roles=tuple(document.get("roles", ())),
        status=document.get("status", "active"),
        institution_id=document.get("institution_id"),
        focal_point_id=document.get("focal_point_id"),
    )


def ensure_admin(accounts: Accounts, given: str | None) -> dict[str, Any]:
    """The first account, made unless there; tells the password only if it was generated now."""
    accounts.sync_indexes()
    if accounts.find(ADMIN) is not None:
        return {"created": False, "username": ADMIN, "password": None}
    password = given or secrets.token_urlsafe(GENERATED_BYTES)
    created = accounts.create(ADMIN, password, ADMIN_ROLES)
    return {"created": created, "username": ADMIN, "password": password if created and not given else None}


def reset_password(accounts: Accounts, username: str, given: str | None) -> dict[str, Any] | None:
    """Another password for an account; None if there is no such account."""
    password = given or secrets.token_urlsafe(GENERATED_BYTES)
    if not accounts.set_password(username, password):
        return None
    return {"created": False, "username": folded(username), "password": None if given else password}


def _given_password(environ: Mapping[str, str]) -> str | None:
    path = environ.get("GTM_ADMIN_PASSWORD_FILE")
    given = Path(path).read_text(encoding="utf-8").strip() if path else environ.get("GTM_ADMIN_PASSWORD")
    return given or None


def main(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """The command line; 0 when done, 1 when it could not be done, 2 when misused."""
    try:
        settings = GatewaySettings.from_environment(environ).node
        given = _given_password(environ)
        if given and len(given) < SHORT_PASSWORD:
            print(f"gateway.accounts: GTM_ADMIN_PASSWORD has fewer than {SHORT_PASSWORD} characters", file=sys.stderr)
        store = GatewayStore(settings)
        accounts = Accounts(lambda: store.accounts)
        match list(arguments):
            case ["ensure-admin"]:
                told: dict[str, Any] | None = ensure_admin(accounts, given)
            case ["reset-password", username]:
                told = reset_password(accounts, username, given)
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except (SettingsError, UnfitPasswordError, OSError, UnavailableError, PyMongoError) as error:
        print(f"gateway.accounts: {error}", file=sys.stderr)
        return 1
    if told is None:
        print("gateway.accounts: no such account", file=sys.stderr)
        return 1
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
