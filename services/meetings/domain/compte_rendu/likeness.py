"""How alike two headings are: agenda items come back as section titles, spelled a little differently."""

from collections.abc import Sequence

from chassis.kernel.text import fold

CLEARLY_ALIKE = 0.7
"""Likeness from which a line without a number is taken for an agenda item's heading."""
ALIKE = 0.5
"""Likeness from which a numbered line is; the number is evidence of its own."""
LONGEST_HEADING = 300
"""Characters: nothing longer is a heading."""
_EMPTY_WORDS = frozenset(
    [
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "l",
        "d",
        "et",
        "en",
        "a",
        "au",
        "aux",
        "sur",
        "dans",
        "par",
        "pour",
        "un",
        "une",
        "of",
        "the",
        "on",
        "in",
        "and",
    ]
)


def heading_words(text: str) -> frozenset[str]:
    """The words of a heading that tell it from another, plural marks put aside."""
    return frozenset(
        word.rstrip("s") or word for word in fold(text[:LONGEST_HEADING]).split() if word not in _EMPTY_WORDS
    )


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """0 (nothing shared) to 1 (the same words)."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


class AgendaIndex:
    """The agenda items by their words, so that a line is only compared with items it shares a word with."""

    def __init__(self, items: Sequence[tuple[str, str | None]]) -> None:
        """items: (title, presenter or None), in the order of the agenda."""
        self._titles = [heading_words(title) for title, _ in items]
        self._full = [heading_words(f"{title} {presenter or ''}") for title, presenter in items]
        self._holding: dict[str, list[int]] = {}
        for at, held in enumerate(self._full):
            for word in held:
                self._holding.setdefault(word, []).append(at)

    def __len__(self) -> int:
        return len(self._titles)

    def closest(self, text: str, within: frozenset[int]) -> tuple[int, float]:
        """The item (index) closest to a text among those in `within`, and its likeness; (-1, 0) if none shares a word.

        A heading that only adds to a whole agenda title (« Ouverture de la réunion ») counts as alike.
        """
        if len(text) > LONGEST_HEADING:
            return -1, 0.0
        said = heading_words(text)
        best, best_score = -1, 0.0
        for at in sorted({at for word in said for at in self._holding.get(word, ())} & within):
            alike = likeness(said, self._titles[at])
            score = max(alike, likeness(said, self._full[at])) if alike else 0.0  # the presenter alone says nothing
            if self._titles[at] and self._titles[at] <= said and len(said) <= 2 * len(self._titles[at]) + 2:
                score = max(score, ALIKE)
            if score > best_score:
                best, best_score = at, score
        return best, best_score
