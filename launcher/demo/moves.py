"""Which verbs lead from where a record stands to where the demonstration wants it: never backwards, never twice."""

from collections.abc import Sequence

Ladder = Sequence[tuple[str, str]]
"""States in order, each with the verb that leads to it from the one before."""

MINUTES: Ladder = (("draft", ""), ("circulated", "circulate"), ("adopted", "adopt"), ("published", "publish"))
RECOMMENDATION: Ladder = (("open", ""), ("in_progress", "start"), ("done", "complete"), ("verified", "verify"))
OBSERVATION: Ladder = (("submitted", ""), ("verified", "verify"), ("published", "publish"))

ASIDE = {"cancelled": "cancel", "returned": "return"}
"""States off the ladder, reached from its first rungs by one verb."""


def verbs(ladder: Ladder, stands: str, wanted: str) -> list[str]:
    """The verbs still to send; none where somebody has taken the record elsewhere."""
    states = [state for state, _ in ladder]
    if stands not in states or stands == wanted:
        return []
    if wanted in ASIDE:
        return [ASIDE[wanted]] if stands == states[0] else []
    return [verb for _, verb in ladder[states.index(stands) + 1 : states.index(wanted) + 1]]
