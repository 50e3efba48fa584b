"""French numbers in words: « deux mille vingt et un », « premier », « quatre-vingt-dix-neuf »."""

from collections.abc import Sequence

_VALUES = {
    "zero": 0, "un": 1, "une": 1, "premier": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6,
    "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14,
    "quinze": 15, "seize": 16, "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50,
    "soixante": 60,
}  # fmt: skip
_LONGEST = 12  # words of the longest number that is looked at


def number_at(words: Sequence[str], start: int) -> tuple[int, int] | None:
    """The number that the folded words spell from `start`, and the index after it; None where there is none."""
    total, part, at, spelled = 0, 0, start, False
    while at < min(len(words), start + _LONGEST):
        word = words[at]
        if word == "et" and spelled and at + 1 < len(words) and words[at + 1] in ("un", "une", "onze"):
            at += 1
            continue
        if word in ("mille", "mil"):
            total, part = total + (part or 1) * 1000, 0
        elif word in ("cent", "cents"):
            part = (part or 1) * 100
        elif word in ("vingt", "vingts") and part % 100 == 4:
            part += 76
        elif word in _VALUES:
            part += _VALUES[word]
        else:
            break
        spelled, at = True, at + 1
    return (total + part, at) if spelled else None


def number_before(words: Sequence[str], end: int) -> tuple[int, int] | None:
    """The number that the folded words spell just before `end`, and the index where it starts; the longest one."""
    for start in range(max(0, end - 4), end):
        found = number_at(words, start)
        if found and found[1] == end:
            return found[0], start
    return None
