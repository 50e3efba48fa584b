"""Is this a compte-rendu at all? Decided from what was read, never from the file's name."""

from chassis.kernel.errors import InvalidError
from chassis.kernel.text import fold

from .extracted import Extracted
from .vocabulary import TITLE_STARTS

LOOKED_FOR = ("title", "date", "attendance", "agenda", "discussion-points", "action-table", "group")
_FEWEST = 3
"""Signs that have to be there; one of them one of `_TELLING`."""
_TELLING = frozenset({"title", "agenda", "discussion-points"})


def signs_of_minutes(extracted: Extracted) -> tuple[str, ...]:
    """Which of `LOOKED_FOR` the text has."""
    labels = {fold(text) for _, text in extracted.labels}
    found = {
        "title": bool(extracted.title) and fold(extracted.title or "").startswith(TITLE_STARTS),
        "date": extracted.date is not None,
        "attendance": len(extracted.attendance) > 0,
        "agenda": len(extracted.agenda) > 0,
        "discussion-points": any("discussion" in label for label in labels),
        "action-table": any(label.startswith(("points d action", "action points")) for label in labels),
        "group": extracted.group is not None,
    }
    return tuple(sign for sign in LOOKED_FOR if found[sign])


def looks_like_minutes(extracted: Extracted) -> bool:
    """Whether enough of the form is there to take the text for the minutes of a meeting."""
    signs = signs_of_minutes(extracted)
    return len(signs) >= _FEWEST and bool(_TELLING & set(signs))


def require_minutes(extracted: Extracted, field: str = "text") -> None:
    """Raises InvalidError `not-minutes` (field, {looked_for, found}) where the text is no compte-rendu."""
    if not looks_like_minutes(extracted):
        found = signs_of_minutes(extracted)
        params = {
            "looked_for": list(LOOKED_FOR),
            "found": list(found),
            "found_shown": ", ".join(found) or "–",
        }
        raise InvalidError("not-minutes", field, params)
