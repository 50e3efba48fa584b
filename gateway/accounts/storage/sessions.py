"""The sessions, by id and by the digest of their secret."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import DESCENDING
from pymongo.client_session import ClientSession

from chassis.kernel.ids import new_id
from gateway.accounts.domain.secrets import digest, new_secret
from gateway.accounts.domain.sessions import Kind, RefreshToken, Session, end_of
from gateway.accounts.storage.documents import SESSIONS, read, write
from gateway.store import GatewayStore, reachable

KEPT_AFTER: Final = timedelta(hours=2)  # so that every worker sees the revocation as long as a token is out
MOST_SHOWN: Final = 200


class Sessions:
    """Reading and writing sessions."""

    def __init__(self, store: GatewayStore, idle: timedelta) -> None:
        self._store, self._idle = store, idle

    def begin(
        self, account_id: str, kind: Kind, client: str, at: datetime, session: ClientSession
    ) -> tuple[Session, RefreshToken]:
        """A new session with its secrets; of a browser's, the family alone is used."""
        token = RefreshToken(new_secret(), new_secret())
        made = Session(
            id=new_id(), account_id=account_id, kind=kind, family=digest(token.family), current=digest(token.secret),
            previous=None, salt=new_secret(), rotated_at=at, created_at=at, seen_at=at,
            expires_at=end_of(at, at, self._idle), client=client,
        )  # fmt: skip
        self._store.database[SESSIONS].insert_one(write(made), session=session)
        return made, token

    def of_family(self, family: str) -> Session | None:
        """The session whose secret this is. Raises: UnavailableError store-away."""
        return self._one({"family": digest(family)})

    def get(self, id: str) -> Session | None:
        """The session of that id. Raises: UnavailableError store-away."""
        return self._one({"_id": id})

    def standing(self, account_id: str, at: datetime) -> list[Session]:
        """An account's sessions that last, the newest first."""
        query = {"account_id": account_id, "revoked_at": None, "expires_at": {"$gt": at}}
        with reachable():
            found = self._store.database[SESSIONS].find(query).sort("_id", DESCENDING).limit(MOST_SHOWN)
            return [read(Session, document) for document in found]

    def rotate(self, session: Session, token: RefreshToken, at: datetime) -> RefreshToken | None:
        """The next token; None when another request was faster, or the session was revoked meanwhile."""
        salt = new_secret()
        after = token.after(salt)
        change = {
            "previous": session.current, "current": digest(after.secret), "salt": salt, "rotated_at": at, "seen_at": at,
            "expires_at": end_of(session.created_at, at, self._idle),
        }  # fmt: skip
        query = {"_id": session.id, "current": session.current, "revoked_at": None}
        with reachable():
            changed = self._store.database[SESSIONS].update_one(query, {"$set": change})
        return after if changed.matched_count else None

    def touch(self, session: Session, at: datetime) -> None:
        """Note that it is used."""
        change = {"seen_at": at, "expires_at": end_of(session.created_at, at, self._idle)}
        with reachable():
            self._store.database[SESSIONS].update_one({"_id": session.id, "revoked_at": None}, {"$set": change})

    def revoke(
        self, which: Mapping[str, Any], at: datetime, session: ClientSession | None = None, *, but: str | None = None
    ) -> list[str]:
        """End the sessions that `which` names, but for one; their ids."""
        query = {**which, "revoked_at": None, **({"_id": {"$ne": but}} if but else {})}
        sessions = self._store.database[SESSIONS]
        with reachable():
            found = [one["_id"] for one in sessions.find(query, {"_id": 1}, session=session)]
            change = {"$set": {"revoked_at": at, "expires_at": at + KEPT_AFTER}}
            for id in found:
                sessions.update_one({"_id": id}, change, session=session)
        return found

    def revoked_since(self, moment: datetime) -> set[str]:
        """The ids of those that were ended since."""
        with reachable():
            return {
                one["_id"] for one in self._store.database[SESSIONS].find({"revoked_at": {"$gt": moment}}, {"_id": 1})
            }

    def _one(self, query: dict[str, Any]) -> Session | None:
        with reachable():
            document = self._store.database[SESSIONS].find_one(query)
        return read(Session, document) if document else None
