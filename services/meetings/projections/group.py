"""Groups as the meetings service knows them: copies fed by the actors service's events."""

from chassis.storage.replica import Replica


class KnownGroups(Replica):
    """Bodies that meet."""

    noun = "group"
    attribute = "known_groups"
