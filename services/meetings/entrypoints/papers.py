"""What printed papers hold beside the record, and how a file is given out."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from services.meetings.entrypoints.pages import remarks_shown

Parts = Mapping[str, Any]


def as_file(content: bytes, media_type: str, filename: str) -> dict[str, Any]:
    """A file as a call gives it."""
    return {"content_base64": base64.b64encode(content).decode(), "media_type": media_type, "filename": filename}


def with_reservations(parts: Parts, minutes: Mapping[str, Any], visible: Sequence[str]) -> dict[str, Any]:
    """The annex of minutes that were adopted subject to reservations: each with its verdict; nothing of others."""
    if not minutes.get("reserved_at"):
        return {}
    remarks = parts["remarks"].of_target(minutes["id"], visible)
    pages = zip(remarks, remarks_shown(parts, remarks, visible), strict=True)
    kept = [(one, page) for one, page in pages if page.get("reservation")]
    ids = sorted({one.institution_id for one, _ in kept if one.institution_id})
    copies = parts["known_institutions"].every({"_id": {"$in": ids}, "visibility": {"$in": list(visible)}})
    names = {one["_id"]: one.get("acronym") or one.get("name") for one in copies}
    return {"reservations": [_reservation(one, page, names) for one, page in kept]}


def _reservation(remark: Any, page: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: getattr(remark, name) for name in ("section", "text", "proposal")}
    institution = names.get(remark.institution_id, remark.institution_id) if remark.institution_id else None
    return said | {
        "institution": institution,
        "verdict": page["state"] or "open",
        "answer": (page["answer"] or {}).get("answer"),
    }
