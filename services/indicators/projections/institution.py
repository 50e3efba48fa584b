"""The institutions that this service has heard of: who answers for an indicator, who gave a figure."""

from chassis.storage.replica import Replica


class KnownInstitutions(Replica):
    """Copies of the directory's records."""

    noun = "institution"
    attribute = "known_institutions"
