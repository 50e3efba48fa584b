"""Erasing whose an account was: by an administrator, when its time is over, and again after a restore."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from pymongo.client_session import ClientSession

from chassis.history.retention import PolicyError, read_policy
from chassis.kernel.clock import now
from chassis.kernel.errors import ConflictError
from chassis.process.erasures import ErasureList
from chassis.process.logs import get_logger
from gateway.accounts.domain import account as rules
from gateway.accounts.domain.account import Account
from gateway.accounts.storage.accounts import Accounts
from gateway.accounts.storage.documents import GUARDS
from gateway.accounts.storage.persons import PersonalTraces
from gateway.accounts.storage.sessions import Sessions
from gateway.store import GatewayStore, reachable

NOUN = "gateway.account"
SYSTEM = "gateway"
log = get_logger()


@dataclass(frozen=True)
class Told:
    """When and why."""

    at: datetime
    reason: str


class Erasing:
    """The use cases."""

    def __init__(self, store: GatewayStore) -> None:
        self._store, self._list = store, ErasureList(store.settings.home, NOUN)
        self._looked: datetime | None = None
        self._accounts, self._persons = Accounts(store), PersonalTraces(store)

    def erase(self, id: str, by: str, reason: str, request: str = "") -> tuple[Account, list[str]]:
        """Empty what tells whose it was, in one commit; the sessions that ended by it. Once more: the same.

        Raises: NotFoundError; ConflictError last-admin.
        """
        at = now()

        def act(transaction: ClientSession) -> tuple[Account, list[str]]:
            before = self._accounts.needed(id, transaction)
            if before.erased_at is not None:
                return before, []
            after = rules.erased(before, at, reason)
            if before.administers:
                rules.check_one_stays(before, after, self._accounts.administrators(transaction))
            saved = self._accounts.save(before, after, by, "erase", transaction, request)
            self._persons.empty(id, at, transaction)
            # Ended in the commit, whatever they were called.
            return saved, Sessions(self._store, timedelta()).revoke({"account_id": id}, at, transaction)

        account, ended = self._store.transact(act)
        self.write_down()
        log.info("account erased", subject=id, reason=reason)
        return account, ended

    def again(self) -> None:
        """After a restore: whose account was erased since the backup was made is erased again."""
        for one in self._list.read():
            found = self._accounts.get(one["record"])
            if found is not None and found.erased_at is None:
                self._erase_if_possible(found.id, str(one["reason"]))
        self.write_down()

    def keep_no_longer(self, days: int) -> None:
        """Erase the accounts that were closed so long ago."""
        for id in self._persons.closed_before(now() - timedelta(days=days)):
            self._erase_if_possible(id, "over")

    def once_a_day(self) -> None:
        """Look at what is over by the node's policy: with the first sign-in of a day, whoever's and wherever."""
        if self._looked is not None and now() - self._looked < timedelta(hours=1):
            return
        self._looked = now()
        if not self._takes_turn():
            return
        try:
            personal = read_policy(self._store.settings.retention, {}).personal
        except (PolicyError, OSError) as error:
            log.warning("accounts.policy_wrong", error=type(error).__name__)
            return
        self.keep_no_longer(personal.accounts)
        self._persons.accesses.forget(now() - timedelta(days=personal.accesses))

    def write_down(self) -> None:
        """Outside the database, what was erased in it."""
        self._list.add([(id, Told(at, reason)) for id, at, reason in self._persons.erased()])

    def _erase_if_possible(self, id: str, reason: str) -> None:
        try:
            self.erase(id, SYSTEM, reason)
        except ConflictError as error:  # the last who administers accounts stays
            log.warning("account not erased", subject=id, code=error.code)

    def _takes_turn(self) -> bool:
        guards, at = self._store.database[GUARDS], now()
        with reachable():
            guards.update_one({"_id": "personal"}, {"$setOnInsert": {"next": at}}, upsert=True)
            due, following = {"_id": "personal", "next": {"$lte": at}}, {"$set": {"next": at + timedelta(days=1)}}
            return guards.update_one(due, following).modified_count == 1
