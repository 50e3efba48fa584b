"""An account, and who may do what with it."""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from chassis.kernel.errors import ConflictError, FieldError, ForbiddenError, InvalidError
from chassis.kernel.principal import ROLES, Principal

ADMIN: Final = "admin"
ADMIN_ROLES: Final = ("admin", "secretariat")
STATUSES: Final = ("invited", "active", "disabled")
USERNAME: Final = re.compile(r"[\w.@+-]{3,200}")

# Role → the roles whose powers its holder has, and so may give. Adopting and verifying are not an administrator's.
GIVES: Final[dict[str, frozenset[str]]] = {
    "admin": frozenset({"admin", "statistician", "focal_point", "member"}),
    "secretariat": frozenset({"secretariat", "focal_point", "member"}),
    "statistician": frozenset({"statistician", "member"}),
    "focal_point": frozenset({"focal_point", "member"}),
    "member": frozenset({"member"}),
}


@dataclass(frozen=True, kw_only=True)
class Account:
    """Someone who can sign in, or was invited to."""

    id: str
    username: str
    password_hash: str | None
    roles: tuple[str, ...]
    status: str = "active"
    institution_id: str | None = None
    focal_point_id: str | None = None
    version: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None
    erased_at: datetime | None = None
    erased_for: str | None = None
    """Since when nobody knows whose it was, and why."""

    @property
    def principal(self) -> Principal:
        """The account as its token presents it."""
        return Principal(
            account_id=self.id,
            roles=frozenset(self.roles),
            institution_id=self.institution_id,
            focal_point_id=self.focal_point_id,
        )

    @property
    def administers(self) -> bool:
        """Whether it is one of those without whom nobody could change accounts."""
        return ADMIN in self.roles and self.status == "active"


def folded(username: str) -> str:
    """A username as it is compared: « Admin » and « admin » are one."""
    return unicodedata.normalize("NFKC", username).casefold().strip()


def fit_username(given: str) -> str:
    """The name as it is kept. Raises: InvalidError unfit-username."""
    name = folded(given)
    if not USERNAME.fullmatch(name):
        raise InvalidError("unfit-username", "username")
    return name


def fit_roles(given: Iterable[str]) -> tuple[str, ...]:
    """The roles, each once, in the platform's order. Raises: InvalidError unknown-role, naming each."""
    wanted = list(given)
    errors: list[FieldError] = [
        {"field": f"roles.{at}", "code": "unknown-role", "params": {"given": role[:40], "known": ", ".join(ROLES)}}
        for at, role in enumerate(wanted)
        if role not in ROLES
    ]
    if errors:
        raise InvalidError("unknown-role", str(errors[0]["field"]), errors[0]["params"], errors)
    return tuple(role for role in ROLES if role in wanted)


def powers(roles: Collection[str]) -> frozenset[str]:
    """The roles that who holds these may give to others."""
    return frozenset().union(*(GIVES.get(role, frozenset()) for role in roles))


def check_gives(giver: Principal, roles: Iterable[str]) -> None:
    """Nobody gives more than they hold. Raises: ForbiddenError role-not-yours."""
    beyond = sorted(set(roles) - powers(giver.roles))
    if beyond:
        raise ForbiddenError("role-not-yours", "roles", {"roles": ", ".join(beyond)})


def check_over(actor: Principal, account: Account) -> None:
    """Who gets hold of an account gets its roles: only who may give them all acts on it. Raises: ForbiddenError."""
    if actor.account_id != account.id:
        check_gives(actor, account.roles)


def check_role_change(actor: Principal, account: Account, wanted: Iterable[str]) -> None:
    """What is added must be the actor's to give; nobody adds to their own. Raises: ForbiddenError role-not-yours."""
    added = set(wanted) - set(account.roles)
    if actor.account_id == account.id and added:
        raise ForbiddenError("role-not-yours", "roles", {"roles": ", ".join(sorted(added))})
    check_gives(actor, added)


def check_not_own(actor: Principal, account: Account) -> None:
    """Nobody makes themselves an institution's voice. Raises: ForbiddenError not-your-own-account."""
    if actor.account_id == account.id:
        raise ForbiddenError("not-your-own-account")


def check_there(account: Account) -> None:
    """What was erased stays as it is. Raises: ConflictError account-erased."""
    if account.erased_at is not None:
        raise ConflictError("account-erased", None, {"id": account.id})


def erased(account: Account, at: datetime, reason: str) -> Account:
    """The account without what tells whose it was; its id stays, which acts are signed with."""
    return replace(
        account,
        username=f"erased-{account.id}",
        password_hash=None,
        roles=(),
        status="disabled",
        institution_id=None,
        focal_point_id=None,
        erased_at=at,
        erased_for=reason,
    )


def check_one_stays(before: Account, after: Account, administrators: int) -> None:
    """Somebody must be left who administers accounts. Raises: ConflictError last-admin."""
    if before.administers and not after.administers and administrators <= 1:
        raise ConflictError("last-admin")
