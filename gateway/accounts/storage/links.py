"""One-time links, by the digest of their secret."""

from datetime import datetime

from pymongo.client_session import ClientSession

from gateway.accounts.domain.links import LIVES, PREFIX, Link, Purpose
from gateway.accounts.domain.secrets import digest, is_secret, new_secret
from gateway.accounts.storage.documents import LINKS, read, write
from gateway.store import GatewayStore, reachable


class Links:
    """Making and using links."""

    def __init__(self, store: GatewayStore) -> None:
        self._store = store

    def make(self, account_id: str, purpose: Purpose, at: datetime, session: ClientSession) -> tuple[str, Link]:
        """A new one in the place of the account's others, with the text that opens it."""
        self.drop(account_id, session)
        secret = new_secret()
        made = Link(digest=digest(secret), account_id=account_id, purpose=purpose, expires_at=at + LIVES[purpose])
        self._store.database[LINKS].insert_one(write(made, "digest"), session=session)
        return f"{PREFIX}{secret}", made

    def find(self, text: str) -> Link | None:
        """The one that a text opens. Raises: UnavailableError store-away."""
        secret = text.removeprefix(PREFIX)
        if not text.startswith(PREFIX) or not is_secret(secret):
            return None
        with reachable():
            document = self._store.database[LINKS].find_one({"_id": digest(secret)})
        return read(Link, document, "digest") if document else None

    def use(self, link: Link, at: datetime, session: ClientSession) -> bool:
        """Use it up; False when somebody else just did."""
        query = {"_id": link.digest, "used_at": None}
        return (
            self._store.database[LINKS].update_one(query, {"$set": {"used_at": at}}, session=session).matched_count == 1
        )

    def drop(self, account_id: str, session: ClientSession) -> None:
        """Let none of the account's links open anything."""
        self._store.database[LINKS].delete_many({"account_id": account_id, "used_at": None}, session=session)
