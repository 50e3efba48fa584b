"""Merges of institutions as the notifications service knows them: copies fed by the actors service's events."""

from chassis.storage.replica import Replica


class KnownMerges(Replica):
    """Which institutions are one, so that who is listed under the old name of one is told too."""

    noun = "merge"
    attribute = "known_merges"
