"""What the reader puts down while it goes through the lines: words of the form, stray lines, warnings."""

from dataclasses import dataclass, field
from typing import Any

from .extracted import ReadingWarning
from .source import Line

MOST_WARNINGS = 100
"""Warnings told one by one; of a text that gives more, only the count of the rest is told."""
SHOWN = 80
"""Characters of a source line quoted in a warning."""


@dataclass(slots=True)
class Notes:
    """Collects in the order of the source; every line put down here stands in a verbatim field of the result."""

    labels: list[tuple[int, str]] = field(default_factory=list)
    preamble: list[Line] = field(default_factory=list)
    warnings: list[ReadingWarning] = field(default_factory=list)
    unsaid: int = 0

    def label(self, line: Line, text: str | None = None) -> None:
        """Words that belong to the form: a heading, a table header, a row that only says N/A."""
        self.labels.append((line.number, (line.text if text is None else text).strip()))

    def warn(self, code: str, line: int | None = None, **params: Any) -> None:
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(ReadingWarning(code, params, line))
        else:
            self.unsaid += 1

    def all_warnings(self) -> tuple[ReadingWarning, ...]:
        ordered = sorted(self.warnings, key=lambda told: (told.line is None, told.line or 0))
        if self.unsaid:
            ordered.append(ReadingWarning("more-warnings", {"count": self.unsaid}))
        return tuple(ordered)


def quoted(text: str) -> str:
    """The beginning of a source line for a warning."""
    text = " ".join(text[: SHOWN * 4].split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def numbers(lines: list[Line]) -> tuple[int, ...]:
    """The source line numbers of some lines, each once, rising."""
    return tuple(sorted({line.number for line in lines}))
