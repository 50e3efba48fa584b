"""The signature at the end: a function (« Le Secrétaire Permanent »), a name in capitals, or both, or none."""

import re

from .extracted import Signatory
from .headings import is_discussion_label
from .notes import numbers
from .source import Line
from .vocabulary import SIGNING_OFFICES

_SEARCHED = 12
"""Filled lines at the end that are searched for a signature."""
_MOST_WORDS = 14
_CIVILITY = re.compile(
    r"(?:m\.|mr\.?|mme\.?|mlle\.?|dr\.?|pr\.?|col\.?|colonel|commandant|el hadj|elh\.?)\s", re.IGNORECASE
)
_ARTICLE = re.compile(r"(?:pour\s|p[/.]\s?)?(?:le|la|les|l['’]|the)\s?", re.IGNORECASE)


def find_signature(lines: list[Line]) -> tuple[Signatory | None, set[int]]:
    """(the signatory or None, the indices of the lines it stands on)."""
    filled = [at for at in range(len(lines) - 1, max(-1, len(lines) - 400), -1) if lines[at].filled][:_SEARCHED]
    for place, at in enumerate(filled):
        if not _is_function(lines[at]):
            continue
        below = filled[place - 1] if place else None
        if below is not None and _is_name(lines[below], strict=place > 1):
            return _signed(lines, at, below)
        if place == 0:
            return _signed(lines, at, None)
    if filled and _is_name(lines[filled[0]], strict=True) and _alone(lines, filled):
        name = " ".join(lines[filled[0]].text.split())
        return Signatory(None, name, numbers([lines[filled[0]]])), {filled[0]}
    return None, set()


def _signed(lines: list[Line], function_at: int, name_at: int | None) -> tuple[Signatory, set[int]]:
    function = " ".join(lines[function_at].text.split()).rstrip(" :")
    name = " ".join(lines[name_at].text.split()) if name_at is not None else None
    if name is None:
        function, name = _name_behind(function)
    used = {function_at} if name_at is None else {function_at, name_at}
    return Signatory(function, name, numbers([lines[at] for at in used])), used


def _is_function(line: Line) -> bool:
    text = line.text.strip()
    words = line.fold.split()
    if not words or len(words) > _MOST_WORDS or text[-1:] in ".;," or is_discussion_label(line):
        return False
    starts = _ARTICLE.match(text)
    offices = [word for word in words[:5] if word in SIGNING_OFFICES]
    return bool(offices) and (starts is not None or words[0] in SIGNING_OFFICES) and not _has_verb(words)


def _has_verb(words: list[str]) -> bool:
    """Whether a short line is a sentence after all: « Le président a levé la séance »."""
    return any(word in ("a", "est", "ont", "sera", "etait", "avait", "doit") for word in words)


def _is_name(line: Line, *, strict: bool) -> bool:
    """Whether a line is a person's name; `strict` asks for capitals, as official signatures have them."""
    text = _CIVILITY.sub("", line.text.strip())
    words = text.split()
    if (
        not 1 <= len(words) <= 6
        or len(text) > 60
        or not all(re.fullmatch(r"[^\W\d_]+(?:[-'’.][^\W\d_]*)*\.?", word) for word in words)
    ):
        return False
    capitals = [word for word in words if len(word) > 1 and word == word.upper()]
    if strict:
        return len(words) >= 2 and len(capitals) == len([word for word in words if len(word) > 1]) and len(words) <= 5
    return bool(capitals) or all(word[:1].isupper() for word in words)


def _name_behind(function: str) -> tuple[str, str | None]:
    """« Le Secrétaire Permanent SOLY AMADOU » on one line, parted."""
    words = function.split()
    cut = len(words)
    while cut > 2 and len(words[cut - 1]) > 1 and words[cut - 1].isalpha() and words[cut - 1] == words[cut - 1].upper():
        cut -= 1
    if len(words) - cut >= 2 and any(letter.islower() for letter in " ".join(words[:cut])):
        return " ".join(words[:cut]).rstrip(" :"), " ".join(words[cut:])
    return function, None


def _alone(lines: list[Line], filled: list[int]) -> bool:
    """Whether the last line stands apart from the text before it."""
    return len(filled) > 1 and filled[0] - filled[1] > 1
