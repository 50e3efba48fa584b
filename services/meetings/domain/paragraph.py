"""Paragraphs of a section: its lines that are not blank, numbered from 1; so also each point of a list."""

from dataclasses import dataclass
from hashlib import sha256

from chassis.kernel.errors import ConflictError

SHOWN = 300


@dataclass(frozen=True)
class Paragraph:
    """One, with the line of the text that it stands in, from 0."""

    number: int
    text: str
    line: int

    @property
    def sha256(self) -> str:
        """Of its text, so that it is known again when others have been put before it."""
        return digest(self.text)


def digest(text: str) -> str:
    """Of the text in UTF-8, without the blanks around it."""
    return sha256(text.strip().encode("utf-8")).hexdigest()


def paragraphs(text: str) -> list[Paragraph]:
    """Those of a section's text, in order."""
    lines = [(line, one) for line, one in enumerate(text.split("\n")) if one.strip()]
    return [Paragraph(number, one, line) for number, (line, one) in enumerate(lines, start=1)]


def replaced(text: str, number: int, sha256: str, by: str) -> str:
    """The text with the paragraph that was meant in other words; left out where there are none.

    It is the one of that number, if it still says the same; else the only one that does, which moved meanwhile.
    Raises: ConflictError paragraph-changed, with what is there now.
    """
    found = meant(text, number, sha256)
    if found is None:
        now = next((one.text for one in paragraphs(text) if one.number == number), "")
        raise ConflictError("paragraph-changed", "paragraph", {"paragraph": number, "now": now[:SHOWN]})
    lines = text.split("\n")
    lines[found.line : found.line + 1] = by.split("\n") if by else []
    return "\n".join(lines)


def meant(text: str, number: int, sha256: str) -> Paragraph | None:
    """The paragraph that is meant, None if it was changed since."""
    same = [one for one in paragraphs(text) if one.sha256 == sha256]
    there = next((one for one in same if one.number == number), None)
    return there or (same[0] if len(same) == 1 else None)
