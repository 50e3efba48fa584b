"""A process that seals the trail of a database and ends: `python -m tests.integration.chassis.sealing_child`."""

from chassis.process.settings import Settings
from chassis.storage.store import Store
from services.actors.repository.institution import Institutions

if __name__ == "__main__":
    store = Store([Institutions]).open("sealed", Settings.from_environment())
    store.seal_trail()
