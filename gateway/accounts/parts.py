"""What the use cases of accounts work with: the collections, the signing key, the settings."""

from datetime import timedelta

from gateway.accounts.revocations import Revocations
from gateway.accounts.storage.accounts import Accounts
from gateway.accounts.storage.guesses import Devices, Guesses
from gateway.accounts.storage.links import Links
from gateway.accounts.storage.machines import Machines
from gateway.accounts.storage.persons import PersonalTraces
from gateway.accounts.storage.sessions import Sessions
from gateway.keys import SigningKey
from gateway.settings import GatewaySettings
from gateway.store import GatewayStore


class Parts:
    """Made once per process; opens no connection before it is used."""

    def __init__(self, settings: GatewaySettings, store: GatewayStore) -> None:
        self.settings, self.store = settings, store
        self.accounts = Accounts(store)
        self.sessions = Sessions(store, timedelta(hours=settings.session_hours))
        self.machines = Machines(store)
        self.links = Links(store)
        self.guesses = Guesses(store)
        self.devices = Devices(store)
        self.persons = PersonalTraces(store)
        self.revocations = Revocations(self.sessions)
        self.key = SigningKey(settings.node.keys)
