"""The first account, and the way back in for an administrator who is locked out; see __main__.py."""

from dataclasses import replace
from typing import Any

from pymongo.client_session import ClientSession

from chassis.kernel.clock import now
from chassis.kernel.errors import ConflictError
from chassis.kernel.ids import new_id
from gateway.accounts.domain import passwords
from gateway.accounts.domain.account import ADMIN, ADMIN_ROLES, Account, folded
from gateway.accounts.erasing import Erasing
from gateway.accounts.storage.accounts import Accounts
from gateway.accounts.storage.documents import sync_indexes
from gateway.accounts.storage.persons import PersonalTraces
from gateway.accounts.storage.sessions import Sessions
from gateway.store import GatewayStore, reachable

OPERATOR = "local-operator"
"""Whom the journal names for what is done on the node itself."""


def ensure_admin(store: GatewayStore, given: str | None) -> dict[str, Any]:
    """The first account, made unless there; tells the password only if it was generated now."""
    accounts = Accounts(store)
    with reachable():
        sync_indexes(store.database)
        store.trail.sync_indexes()
        PersonalTraces(store).sync_indexes()
    Erasing(store).again()
    if accounts.find(ADMIN) is not None:
        return {"created": False, "username": ADMIN, "password": None}
    password, at = given or passwords.generate(), now()
    account = Account(
        id=new_id(), username=ADMIN, password_hash=passwords.hash_password(password), roles=ADMIN_ROLES, created_at=at,
        updated_at=at,
    )  # fmt: skip
    try:
        store.transact(lambda transaction: accounts.add(account, OPERATOR, "make-first", transaction))
    except ConflictError:  # another process was faster
        return {"created": False, "username": ADMIN, "password": None}
    return {"created": True, "username": ADMIN, "password": None if given else password}


def reset_password(store: GatewayStore, sessions: Sessions, username: str, given: str | None) -> dict[str, Any] | None:
    """Another password for an account, which counts again if it was disabled; None if there is no such account."""
    accounts = Accounts(store)
    account = accounts.find(username)
    if account is None:
        return None
    password = given or passwords.generate()
    changed = replace(account, password_hash=passwords.hash_password(password), status="active")

    def act(transaction: ClientSession) -> None:
        accounts.save(account, changed, OPERATOR, "reset-password", transaction)
        sessions.revoke({"account_id": account.id}, now(), transaction)

    store.transact(act)
    return {"created": False, "username": folded(username), "password": None if given else password}
