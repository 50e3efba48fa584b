"""The Markdown that minutes may hold: headings, lists, emphasis, quotes, code, links to the web, mail or a telephone.

It is stored as written. What would run, or fetch something, where it is shown is refused: raw HTML, pictures, links of
other kinds (CommonMark 0.31, 6.3, 6.4 and 6.6).
"""

import re

from chassis.kernel.errors import FieldError

LINKS = ("http", "https", "mailto", "tel")
_HTML = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(?:\s[^<>]*)?/?>|<!--|<\?|<![A-Za-z\[]")
_PICTURE = re.compile(r"!\[")
_SCHEME = re.compile(r"(?:\]\(\s*<?|^\s{0,3}\[[^\]]+\]:\s*<?|<)([A-Za-z][A-Za-z0-9+.-]{1,31}):")
FORBIDDEN = (("html", _HTML), ("picture", _PICTURE))
SHOWN = 60


def markdown_faults(text: str, field: str) -> list[FieldError]:
    """One error for each line that holds what may not be, with the words at fault."""
    errors: list[FieldError] = []
    for number, line in enumerate(text.split("\n"), start=1):
        for found in _found(line):
            params = {"line": number, "found": found[:SHOWN]}
            errors.append({"field": field, "code": "markdown-not-allowed", "params": params})
    return errors


def _found(line: str) -> list[str]:
    found = [match.group() for _, pattern in FORBIDDEN for match in pattern.finditer(line)]
    links = [match for match in _SCHEME.finditer(line) if match[1].lower() not in LINKS]
    return [*found, *(match.group() for match in links)]
