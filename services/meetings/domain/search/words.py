"""What counts as one word when people search: accents, case, plurals and little words put aside.

Stems are our own few rules, for French and English alike: a word and its regular plural are one, a participle and its
feminine, *stratégie* and "strategy". More (a stemming library) would find "organe" for "organisation".
"""

import re
from dataclasses import dataclass

from chassis.kernel.text import fold

RULES = 1
"""Of everything in this package that decides what is in the index: another number has it built anew."""
_WORD = re.compile("(?:[^\\W_]|[\u0300-\u036f])+")
_LITTLE = """
au aux avec ce ces cet cette dans de des du elle elles en est et eu il ils la le les leur leurs lors lui ma mais me mes
ne nos notre nous on ont ou par pas pour que qui sa se ses son sont sous sur ta te tes ton tu un une vos votre vous
an and are as at be been but by for from has have he her his in into is it its no not of or our she that the their them
then there these they this to was we were which will with you your
"""
LITTLE = frozenset(_LITTLE.split()) | frozenset("abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True)
class Word:
    """A word of a text: as it is compared, and from where to where it stands (in characters)."""

    stem: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of a text in their order, without the little ones."""
    found = []
    for one in _WORD.finditer(text):
        folded = fold(one.group()).replace(" ", "")
        if folded and folded not in LITTLE:
            found.append(Word(stem(folded), one.start(), one.end()))
    return found


def stems(text: str) -> tuple[str, ...]:
    """The same, as they are compared."""
    return tuple(one.stem for one in words(text))


def stem(word: str) -> str:
    """A folded word without its plural: « régionaux » → "regional", "policies" and "policy" → "polici"."""
    if len(word) < 4 or word[-1].isdigit():
        return word
    if word.endswith("aux") and len(word) > 5 and not word.endswith("eaux"):
        return word[:-3] + "al"
    if word.endswith(("eux", "oux", "eaux")) or (word.endswith("s") and not word.endswith("ss")):
        word = word[:-1]
    if word.endswith("ee"):
        return word[:-1]
    if word.endswith("ie") and len(word) > 4:
        return word[:-1]
    return word[:-1] + "i" if word.endswith("y") else word
