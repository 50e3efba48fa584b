"""Other passwords for a node that is down, and what a rotation leaves behind when it is killed."""

import pytest

from launcher import broker_accounts, rotation, store, store_accounts
from launcher.errors import LauncherError
from launcher.homes import Home, write_json, write_private
from launcher.settings import Settings


def fill(settings: Settings) -> dict[str, str]:
    """A home that was up once."""
    home = settings.home
    for name in broker_accounts.who(settings):
        broker_accounts.password(home, name)
    for name in store_accounts.who(settings):
        store_accounts.password(home, name)
    home.secret("erlang")
    home.store.mkdir()
    write_private(home.store / "kind", store.EMBEDDED)
    return secrets(home)


def secrets(home: Home) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (home.path / "secrets").iterdir()}


@pytest.mark.parametrize("kinds", [("broker",), ("store",), ("broker", "store")])
def test_a_node_that_is_down_has_other_passwords_at_its_next_start(settings: Settings, kinds: tuple[str, ...]):
    before = fill(settings)
    assert rotation.rotate(settings, kinds) == []
    after = secrets(settings.home)
    assert set(after) == set(before)
    assert {name for name in after if after[name] != before[name]} == {
        name for name in before if name.partition(".")[0] in kinds
    }


def test_a_mongod_has_to_run_for_it(settings: Settings):
    before = fill(settings)
    write_private(settings.home.store / "kind", store.MONGOD)
    with pytest.raises(LauncherError):
        rotation.rotate(settings, ("store",))
    assert secrets(settings.home) == before


@pytest.mark.parametrize("kind", rotation.KINDS)
def test_what_others_run_is_theirs_to_change(home: Home, kind: str):
    given = {"broker": {"GTM_AMQP_URI": "amqp://b/"}, "store": {"GTM_MONGO_URI": "mongodb://s/"}}[kind]
    with pytest.raises(LauncherError):
        rotation.rotate(Settings.from_environment({"GTM_HOME": str(home.path), **given}), (kind,))


def test_a_word_that_was_renewed_is_known_until_it_is_settled(home: Home):
    first = home.secret("broker.actors")
    home.renew("broker.actors")
    home.renew("broker.actors")  # killed before it was settled, and begun anew: the first one may be what counts
    assert home.secret("broker.actors") != first
    assert home.before("broker.actors") == first
    assert {path.stat().st_mode & 0o777 for path in (home.path / "secrets").iterdir()} == {0o600}
    home.settle("broker.actors")
    assert home.before("broker.actors") is None


def test_a_start_forgets_what_was_under_way(home: Home):
    home.secret("store.actors")
    home.renew("store.actors")
    write_json(home.run / rotation.NOTE, {"kinds": ["store"]})
    rotation.forget(home)
    assert not (home.run / rotation.NOTE).exists()
    assert list((home.path / "secrets").iterdir()) == [home.path / "secrets" / "store.actors"]
