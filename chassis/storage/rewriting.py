"""Taking personal data out of a log: the rows stay, their content is replaced, and the trail says by whom and why."""

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pymongo.client_session import ClientSession

from chassis.kernel.chain import digest
from chassis.kernel.errors import NotFoundError
from chassis.storage.log_source import content

if TYPE_CHECKING:
    from chassis.storage.store import Store


def redact(
    store: "Store", data: Mapping[str, Mapping[str, Any]], by: str, why: str, session: ClientSession, request: str = ""
) -> str:
    """Give rows of the log other data, inside the caller's transaction; `data` by event id. The note's id.

    Call `store.seal_trail()` before the transaction begins. Of the old content nothing is left by which it could be
    guessed; the new one is vouched for by the note, which `verify-trail` asks for. Reasons that were given for these
    changes go too. Raises: ConflictError not-sealed-yet; NotFoundError when a row is not there.
    """
    store.trail.forget_salts(data, session)
    contents = {}
    for id, values in data.items():
        changed = {"$set": {"envelope.data": dict(values), "redacted": True}, "$unset": {"why": ""}}
        store.outbox.rows.update_one({"_id": id}, changed, session=session)
        row = store.outbox.rows.find_one({"_id": id}, session=session)
        if row is None:
            raise NotFoundError("not-found", None, {"id": id})
        contents[id] = content(row)
    salt = secrets.token_hex(16)
    vouched = {id: digest(one, salt) for id, one in contents.items()}
    more = {"digests": [vouched[id] for id in sorted(vouched)], "salt": salt}
    return store.trail.note("redaction", data, by, session, why=why, request=request, more=more)
