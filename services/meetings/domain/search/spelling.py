"""Words that were typed wrongly: those of the index that are one slip away, of the same beginning."""

from collections.abc import Callable, Iterable, Sequence

from services.meetings.domain.search.query import Term

SHORTEST = 4
MOST = 5


def corrected(terms: Sequence[Term], like: Callable[[str], Iterable[str]]) -> tuple[Term, ...]:
    """The terms, each word also as what it may have been meant to be; the same where nothing is like it."""
    return tuple(Term((*term.ways, *((word,) for word in _meant(term, like)))) for term in terms)


def _meant(term: Term, like: Callable[[str], Iterable[str]]) -> list[str]:
    typed = term.ways[0]
    if len(typed) != 1 or len(typed[0]) < SHORTEST or not typed[0].isalpha():
        return []
    return [one for one in like(typed[0]) if one_slip(typed[0], one)][:MOST]


def one_slip(one: str, other: str) -> bool:
    """Whether a letter more, less, other, or two neighbours exchanged make the one of the other."""
    short, long = sorted((one, other), key=len)
    if short == long or len(long) - len(short) > 1:
        return False
    at = next((place for place, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    exchanged = short[at : at + 2] == long[at : at + 2][::-1]
    return short[at + 1 :] == long[at + 1 :] or (exchanged and short[at + 2 :] == long[at + 2 :])
