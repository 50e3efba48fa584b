"""Institutions as the notifications service knows them: copies fed by the actors service's events."""

from chassis.storage.replica import Replica


class KnownInstitutions(Replica):
    """The directory, to name who was told."""

    noun = "institution"
    attribute = "known_institutions"
