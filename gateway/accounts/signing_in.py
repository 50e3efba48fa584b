"""Signing in, staying signed in, signing out; and choosing a password, by a one-time link or by the one before."""

import math
import threading
from dataclasses import dataclass, replace
from typing import Any, Final

from pymongo.client_session import ClientSession

from chassis.kernel.clock import now
from chassis.kernel.errors import ConflictError, GoneError, InvalidError, NotFoundError, UnavailableError
from chassis.kernel.principal import Principal
from chassis.process.logs import get_logger
from chassis.process.tokens import sign
from gateway.accounts.domain import guessing, passwords, sessions
from gateway.accounts.domain.account import Account, folded
from gateway.accounts.domain.sessions import Kind, RefreshToken, Session
from gateway.accounts.parts import Parts
from gateway.problems import CHALLENGE, Problem

log = get_logger()

HASHES_AT_ONCE: Final = 2  # each takes 19 MiB and a core for a tenth of a second
HASH_PATIENCE: Final = 5.0  # seconds a sign-in waits for its turn


@dataclass(frozen=True, kw_only=True)
class Client:
    """From where a person signs in."""

    address: str
    name: str = ""
    device: str | None = None


@dataclass(frozen=True, kw_only=True)
class SignedIn:
    """What signing in gave."""

    account: Account
    session: Session
    refresh: RefreshToken
    device: str


class SigningIn:
    """The use cases of who has a password."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._hashing = threading.BoundedSemaphore(HASHES_AT_ONCE)

    def sign_in(self, username: str, password: str, kind: Kind, client: Client) -> SignedIn:
        """A new session for the right password. Raises: Problem 401 wrong-credentials, 429 too-many-attempts."""
        parts, account = self._parts, self.proved(username, password, client)

        def begin(transaction: ClientSession) -> tuple[Session, RefreshToken] | None:
            if not parts.accounts.count_sign_in(account, transaction):
                return None
            label = sessions.label_of(client.name)
            return parts.sessions.begin(account.id, kind, label, now(), transaction)

        begun = parts.store.transact(begin)
        if begun is None:
            raise _wrong()
        device = parts.devices.remember(client.device, account.id)
        log.info("signed in", account=account.id, session=begun[0].id, by=kind)
        return SignedIn(account=account, session=begun[0], refresh=begun[1], device=device)

    def proved(self, username: str, password: str, client: Client) -> Account:
        """The active account with that name and password. Raises: Problem 401 wrong-credentials, 429."""
        name = folded(username)
        account = self._parts.accounts.find(name)
        self._prove(name, account, password, client)
        if account is None:
            raise _wrong()  # not reached: a proof is of an account
        return account

    def refresh(self, text: str) -> dict[str, Any]:
        """Another pair of tokens. Raises: Problem 401 invalid-refresh-token, refresh-token-reused, session-over."""
        parts, token = self._parts, RefreshToken.read(text)
        session = parts.sessions.of_family(token.family) if token else None
        after: RefreshToken | None = None
        while token and session and session.kind == "token" and after is None:
            verdict = sessions.judge(session, token, now())
            if verdict == "over":
                raise refused("session-over")
            if verdict == "stolen":
                self._end_stolen(session)
                raise refused("refresh-token-reused")
            if verdict == "repeated":
                after = token.after(session.salt)
            else:
                after = parts.sessions.rotate(session, token, now())
                session = session if after else parts.sessions.get(session.id)
        if session is None or after is None:
            raise refused("invalid-refresh-token")
        account = parts.accounts.get(session.account_id)
        if account is None or account.status != "active":
            raise refused("session-over")
        return self.tokens(account, session, after)

    def tokens(self, account: Account, session: Session, refresh: RefreshToken) -> dict[str, Any]:
        """The answer that gives tokens out."""
        seconds, node = self._parts.settings.token_seconds, self._parts.settings.node.node
        principal = replace(account.principal, session_id=session.id)
        return {
            "access_token": sign(self._parts.key.current(), node, principal, seconds),
            "token_type": "Bearer",
            "expires_in": seconds,
            "refresh_token": refresh.write(),
            "session_id": session.id,
        }

    def sign_out(self, principal: Principal) -> None:
        """End the session by which one asks. Raises: ConflictError no-session."""
        if principal.session_id is None:
            raise ConflictError("no-session")
        self.end_session(principal.account_id, principal.session_id)

    def end_session(self, account_id: str, session_id: str) -> None:
        """End one session of an account. Raises: NotFoundError."""
        ended = self._parts.sessions.revoke({"_id": session_id, "account_id": account_id}, now())
        if not ended:
            raise NotFoundError("not-found", None, {"id": session_id})
        self._parts.revocations.note(ended)
        log.info("session ended", account=account_id, session=session_id)

    def end_others(self, principal: Principal) -> int:
        """End all sessions of an account but the one by which it asks."""
        ended = self._parts.sessions.revoke({"account_id": principal.account_id}, now(), but=principal.session_id)
        self._parts.revocations.note(ended)
        return len(ended)

    def change_password(self, principal: Principal, old: str, new: str, client: Client, request: str) -> None:
        """By who knows the old one; other sessions end. Raises: InvalidError, Problem 401, 429."""
        parts = self._parts
        account = parts.accounts.needed(principal.account_id)
        self._prove(account.username, account, old, client)
        passwords.check_fit(new, account.username)
        if new == old:
            raise InvalidError("password-same", "password")
        changed = replace(account, password_hash=self._hashed(new))

        def act(transaction: ClientSession) -> list[str]:
            parts.accounts.save(account, changed, account.id, "change-password", transaction, request)
            parts.links.drop(account.id, transaction)
            return parts.sessions.revoke({"account_id": account.id}, now(), transaction, but=principal.session_id)

        parts.revocations.note(parts.store.transact(act))
        log.info("password changed", account=account.id)

    def accept(self, text: str, password: str, request: str) -> Account:
        """The password of who has a link. Raises: NotFoundError unknown-link, GoneError link-over, InvalidError."""
        parts = self._parts
        link = parts.links.find(text)
        if link is None:
            raise NotFoundError("unknown-link", "link")
        account = parts.accounts.get(link.account_id)
        wanted = "invited" if link.purpose == "invitation" else "active"
        if account is None or account.status != wanted or not link.opens(now()):
            raise GoneError("link-over", "link")
        passwords.check_fit(password, account.username)
        changed = replace(account, password_hash=self._hashed(password), status="active")

        def act(transaction: ClientSession) -> tuple[Account, list[str]] | None:
            if not parts.links.use(link, now(), transaction):
                return None
            saved = parts.accounts.save(account, changed, account.id, f"accept-{link.purpose}", transaction, request)
            return saved, parts.sessions.revoke({"account_id": account.id}, now(), transaction)

        done = parts.store.transact(act)
        if done is None:
            raise GoneError("link-over", "link")
        parts.revocations.note(done[1])
        log.info("password chosen by link", account=account.id, purpose=link.purpose)
        return done[0]

    def _end_stolen(self, session: Session) -> None:
        """A token was used that had been replaced: two have it, so nobody keeps it."""
        parts = self._parts

        def act(transaction: ClientSession) -> list[str]:
            parts.accounts.note(session.account_id, "gateway", "end-copied-session", {}, transaction, session.id)
            return parts.sessions.revoke({"_id": session.id}, now(), transaction)

        parts.revocations.note(parts.store.transact(act))
        log.warning(
            "a refresh token was used twice: its session is ended", account=session.account_id, session=session.id
        )

    def _prove(self, name: str, account: Account | None, password: str, client: Client) -> None:
        """Pass for the active account's password; in the same time whether there is such an account or not."""
        parts = self._parts
        owner = parts.devices.account_of(client.device)
        known = client.device if account and owner == account.id else None
        counts = guessing.counts_of(name, client.address, known)
        wait = parts.guesses.wait(counts)
        if wait > 0:
            seconds = math.ceil(wait)
            raise Problem(429, "too-many-attempts", {"seconds": seconds}, headers={"Retry-After": str(seconds)})
        parts.guesses.attempt(counts)
        kept = account.password_hash if account and account.password_hash else passwords.dummy_hash()
        try:
            matches = self._matches(kept, password)
        except UnavailableError:
            parts.guesses.forgive(counts)
            raise
        if not (matches and account and account.status == "active"):
            log.info("sign-in refused")
            raise _wrong()
        parts.guesses.forgive(counts)  # for the network alone; what counts for the name is forgotten
        for key, patience in counts.items():
            if patience is guessing.BY_NAME:
                parts.guesses.forget(key)

    def _matches(self, kept: str, password: str) -> bool:
        with self._turn():
            return passwords.password_matches(kept, password)

    def _hashed(self, password: str) -> str:
        with self._turn():
            return passwords.hash_password(password)

    def _turn(self) -> "_Turn":
        return _Turn(self._hashing)


class _Turn:
    """A place among the few that hash at once. Raises: UnavailableError busy."""

    def __init__(self, places: threading.BoundedSemaphore) -> None:
        self._places = places

    def __enter__(self) -> None:
        if not self._places.acquire(timeout=HASH_PATIENCE):
            raise UnavailableError("busy")

    def __exit__(self, *_: object) -> None:
        self._places.release()


def refused(code: str) -> Problem:
    """A 401 that says why the credential counts no more."""
    return Problem(401, code, headers={"WWW-Authenticate": f'{CHALLENGE}, error="invalid_token"'})


def _wrong() -> Problem:
    return Problem(401, "wrong-credentials", headers={"WWW-Authenticate": CHALLENGE})
