"""Merges of institutions as the indicators service knows them: copies fed by the actors service's events."""

from chassis.storage.replica import Replica


class KnownMerges(Replica):
    """Which institutions are one, for lists by institution."""

    noun = "merge"
    attribute = "known_merges"
