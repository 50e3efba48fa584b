"""What a person does with their tokens for machines, and an administrator with those of others."""

from collections.abc import Sequence
from datetime import datetime

from pymongo.client_session import ClientSession

from chassis.kernel.clock import now
from chassis.kernel.errors import ConflictError, NotFoundError
from chassis.kernel.ids import new_id
from chassis.process.logs import get_logger
from gateway.accounts.domain import machines as rules
from gateway.accounts.domain.account import fit_roles
from gateway.accounts.domain.machines import MachineToken
from gateway.accounts.domain.secrets import digest
from gateway.accounts.openings import Openings
from gateway.accounts.parts import Parts

log = get_logger()


class MachineTokens:
    """The use cases of tokens for machines."""

    def __init__(self, parts: Parts, openings: Openings) -> None:
        self._parts, self._openings = parts, openings

    def make(
        self,
        account_id: str,
        name: str,
        roles: Sequence[str],
        read_only: bool,
        services: Sequence[str] | None,
        expires_at: datetime,
        request: str,
        purpose: str | None = None,
    ) -> tuple[MachineToken, str]:
        """A token, and its text, which nobody can be told again. Raises: InvalidError, ConflictError."""
        account, at = self._parts.accounts.needed(account_id), now()
        wanted = fit_roles(roles)
        rules.check_scope(account, wanted)
        if purpose == rules.CALENDAR:
            read_only, services = True, rules.CALENDAR_SERVICES
        rules.check_services(services)
        rules.check_expiry(expires_at, at)
        if sum(one.counts(at) for one in self._parts.machines.of(account_id)) >= rules.MOST:
            raise ConflictError("too-many-machine-tokens", None, {"max": rules.MOST})
        text = rules.new_token(purpose)
        made = MachineToken(
            id=new_id(), account_id=account_id, name=name, digest=digest(text), roles=wanted, read_only=read_only,
            created_at=at, expires_at=expires_at, services=None if services is None else tuple(sorted(set(services))),
            purpose=purpose,
        )  # fmt: skip

        def act(transaction: ClientSession) -> None:
            told = {"machine_token": {"from": None, "to": made.id}}
            self._parts.accounts.note(account_id, account_id, "make-machine-token", told, transaction, request)
            self._parts.machines.add(made, transaction)

        self._parts.store.transact(act)
        log.info("machine token made", account=account_id, machine_token=made.id)
        return made, text

    def revoke(self, account_id: str, id: str, by: str, request: str) -> None:
        """It opens nothing any more. Raises: NotFoundError."""

        def act(transaction: ClientSession) -> None:
            if not self._parts.machines.revoke(account_id, id, now(), transaction):
                raise NotFoundError("not-found", None, {"id": id})
            told = {"machine_token": {"from": id, "to": None}}
            self._parts.accounts.note(account_id, by, "revoke-machine-token", told, transaction, request)

        self._parts.store.transact(act)
        self._openings.forget()
