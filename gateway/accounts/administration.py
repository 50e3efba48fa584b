"""What an administrator does with accounts. What changes what one may do ends its sessions in the same commit."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from pymongo.client_session import ClientSession

from chassis.kernel.clock import now
from chassis.kernel.errors import ConflictError, StaleError
from chassis.kernel.ids import new_id
from chassis.kernel.principal import Principal
from chassis.process.logs import get_logger
from gateway.accounts.domain import account as rules
from gateway.accounts.domain.account import Account
from gateway.accounts.domain.links import Link, Purpose
from gateway.accounts.openings import Openings
from gateway.accounts.parts import Parts

log = get_logger()

Invited = tuple[Account, str, Link]


class Administration:
    """The use cases of the role admin."""

    def __init__(self, parts: Parts, openings: Openings) -> None:
        self._parts, self._openings = parts, openings

    def invite(self, actor: Principal, username: str, roles: Sequence[str], request: str) -> Invited:
        """An account without a password, and the link by which the invited person chooses one."""
        name, wanted = rules.fit_username(username), rules.fit_roles(roles)
        rules.check_gives(actor, wanted)
        at = now()
        account = Account(
            id=new_id(), username=name, password_hash=None, roles=wanted, status="invited", created_at=at, updated_at=at
        )

        def act(transaction: ClientSession) -> Invited:
            self._parts.accounts.add(account, actor.account_id, "invite", transaction, request)
            return account, *self._parts.links.make(account.id, "invitation", at, transaction)

        return self._parts.store.transact(act)

    def renew_link(self, actor: Principal, id: str, purpose: Purpose, request: str) -> Invited:
        """Another link, in the place of the one before. The password stays until it is used."""
        wanted, code = ("invited", "not-invited") if purpose == "invitation" else ("active", "not-active")

        def act(transaction: ClientSession) -> Invited:
            account = self._parts.accounts.needed(id, transaction)
            rules.check_over(actor, account)
            if account.status != wanted:
                raise ConflictError(code)
            self._parts.accounts.note(id, actor.account_id, f"give-{purpose}", {}, transaction, request)
            return account, *self._parts.links.make(id, purpose, now(), transaction)

        return self._parts.store.transact(act)

    def change_roles(
        self, actor: Principal, id: str, version: int | None, roles: Sequence[str], request: str
    ) -> Account:
        """Other roles."""
        wanted = rules.fit_roles(roles)

        def change(account: Account) -> Account:
            rules.check_role_change(actor, account, wanted)
            return replace(account, roles=wanted)

        return self._change(actor, id, version, "change-roles", change, request)

    def disable(self, actor: Principal, id: str, version: int | None, request: str) -> Account:
        """Nobody signs in with it any more; any administrator may, whoever it is, but the last one stays."""
        return self._change(actor, id, version, "disable", lambda account: replace(account, status="disabled"), request)

    def enable(self, actor: Principal, id: str, version: int | None, request: str) -> Account:
        """It counts again; who never chose a password is invited still."""

        def change(account: Account) -> Account:
            rules.check_over(actor, account)
            if account.status != "disabled":
                return account
            return replace(account, status="active" if account.password_hash else "invited")

        return self._change(actor, id, version, "enable", change, request)

    def link(
        self,
        actor: Principal,
        id: str,
        version: int | None,
        institution_id: str,
        focal_point_id: str | None,
        request: str,
    ) -> Account:
        """It speaks for an institution, as its focal point if one is named. Raises: ConflictError already-linked."""

        def change(account: Account) -> Account:
            rules.check_not_own(actor, account)
            now_linked = (account.institution_id, account.focal_point_id)
            if now_linked not in ((None, None), (institution_id, focal_point_id)):
                raise ConflictError("already-linked")
            return replace(account, institution_id=institution_id, focal_point_id=focal_point_id)

        return self._change(actor, id, version, "link", change, request)

    def unlink(self, actor: Principal, id: str, version: int | None, request: str) -> Account:
        """It speaks for no institution any more."""

        def change(account: Account) -> Account:
            return replace(account, institution_id=None, focal_point_id=None)

        return self._change(actor, id, version, "unlink", change, request)

    def end_sessions(self, actor: Principal, id: str, request: str) -> int:
        """End all sessions of an account; how many there were."""

        def act(transaction: ClientSession) -> list[str]:
            self._parts.accounts.needed(id, transaction)
            self._parts.accounts.note(id, actor.account_id, "end-sessions", {}, transaction, request)
            return self._parts.sessions.revoke({"account_id": id}, now(), transaction)

        return len(self._ended(self._parts.store.transact(act)))

    def _change(
        self,
        actor: Principal,
        id: str,
        version: int | None,
        act: str,
        change: Callable[[Account], Account],
        request: str,
    ) -> Account:
        def write(transaction: ClientSession) -> tuple[Account, list[str]]:
            before = self._parts.accounts.needed(id, transaction)
            if version is not None and version != before.version:
                raise StaleError("stale-version", None, {"given": version, "current": before.version})
            rules.check_there(before)
            after = change(before)
            if after == before:
                return before, []
            if before.administers and not after.administers:
                rules.check_one_stays(before, after, self._parts.accounts.administrators(transaction))
            saved = self._parts.accounts.save(before, after, actor.account_id, act, transaction, request)
            if after.status == "disabled":
                self._parts.links.drop(id, transaction)
            return saved, self._parts.sessions.revoke({"account_id": id}, now(), transaction)

        account, ended = self._parts.store.transact(write)
        self._ended(ended)
        log.info("account changed", subject=id, act=act)
        return account

    def _ended(self, sessions: list[str]) -> list[str]:
        self._parts.revocations.note(sessions)
        self._openings.forget()
        return sessions


def journal_line(line: dict[str, Any]) -> dict[str, Any]:
    """A line of the journal as it is shown."""
    return {"id": line["_id"], **{name: line[name] for name in ("act", "by", "at", "request", "changes")}}
