"""The marks of Markdown inside a line, as runs of text: stress, code, and the address of a link in brackets behind it.

What is no mark stays as written: a star alone, an underscore inside a word. Nothing of a line is lost but its marks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line in one kind of writing."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    raised: bool = False


_MARKS = re.compile(
    r"`(?P<code>[^`\n]{1,500})`"
    r"|\*\*(?P<bold>(?=\S)[^*]{1,2000}(?<=\S))\*\*"
    r"|(?<![\w*])\*(?P<star>(?=\S)[^*]{1,2000}(?<=\S))\*(?![\w*])"
    r"|(?<![\w_])_(?P<bar>(?=\S)[^_]{1,2000}(?<=\S))_(?![\w_])"
    r"|\[(?P<words>[^\[\]]{1,500})\]\((?P<address>(?:https?|mailto|tel):[^()\s]{1,2000})\)"
    r"|\^\{(?P<raised>[^{}]{1,12})\}"
)


def runs_of(text: str) -> list[Run]:
    """The runs of a line, in order."""
    return list(_runs(text, Run("")))


def _runs(text: str, within: Run) -> Iterator[Run]:
    at = 0
    for found in _MARKS.finditer(text):
        if found.start() > at:
            yield replace(within, text=text[at : found.start()])
        yield from _marked(found, within)
        at = found.end()
    if at < len(text):
        yield replace(within, text=text[at:])


def _marked(found: re.Match[str], within: Run) -> Iterator[Run]:
    if found["code"]:
        yield replace(within, text=found["code"], code=True)
    elif found["raised"]:
        yield replace(within, text=found["raised"], raised=True)
    elif found["words"]:
        yield replace(within, text=f"{found['words']} ({found['address'].removeprefix('mailto:')})")
    elif found["bold"]:
        yield from _runs(found["bold"], replace(within, bold=True))
    else:
        yield from _runs(found["star"] or found["bar"], replace(within, italic=True))
