"""Institutions as the meetings service knows them: copies fed by the actors service's events."""

from chassis.storage.replica import Replica


class KnownInstitutions(Replica):
    """The directory, for matching attendance and checking references."""

    noun = "institution"
    attribute = "known_institutions"
    indexes = ("status",)
