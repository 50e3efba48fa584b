"""Groups as the notifications service knows them: copies fed by the actors service's events."""

from chassis.storage.replica import Replica


class KnownGroups(Replica):
    """Bodies that meet, to tell their members."""

    noun = "group"
    attribute = "known_groups"
