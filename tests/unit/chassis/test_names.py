"""A name is looked up anew each time: eventlet's own resolver remembers, also that a name is gone."""

from pathlib import Path

import pytest
from eventlet.support import greendns

from chassis.broker import names


@pytest.fixture
def resolv_conf(tmp_path: Path) -> str:
    """Where a name server could be asked; nobody asks it here."""
    path = tmp_path / "resolv.conf"
    path.write_text("nameserver 127.0.0.1\n", encoding="utf-8")
    return str(path)


def test_eventlets_own_resolver_remembers(resolv_conf: str) -> None:
    """If this fails, chassis/broker/names.py may go."""
    assert greendns.ResolverProxy(filename=resolv_conf)._resolver.cache is not None


def test_ours_does_not(resolv_conf: str) -> None:
    assert names.FreshResolver(filename=resolv_conf)._resolver.cache is None


def test_ours_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(greendns, "resolver", greendns.resolver)
    names.look_up_anew()
    asked: list[str] = []
    monkeypatch.setattr(names.FreshResolver, "query", lambda _self, name, *_, **__: asked.append(name))
    greendns.resolve("rabbitmq")
    assert asked == ["rabbitmq"]
