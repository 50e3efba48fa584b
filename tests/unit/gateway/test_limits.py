"""How often one may ask: buckets that all workers share, and what a caller is told of them."""

import os
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from chassis.kernel.principal import Principal
from chassis.process.settings import SettingsError
from chassis.process.tokens import sign
from gateway.app import create_app
from gateway.buckets import Buckets
from gateway.keys import ensure_key
from gateway.settings import GatewaySettings
from tests.unit.gateway.conftest import FakeRpc

ADDRESS = "/api/v1/reference"


def test_so_many_at_once_and_then_at_the_rate() -> None:
    buckets = Buckets()
    first = [buckets.take("a", 10, 20, now=100.0) for _ in range(21)]
    assert [one.granted for one in first] == [True] * 20 + [False]
    assert (first[0].left, first[19].left, first[20].left) == (19, 0, 0)
    assert first[20].full_in == pytest.approx(2.0)
    assert first[20].again_in == pytest.approx(0.1)
    assert not buckets.take("a", 10, 20, now=100.09).granted
    assert buckets.take("a", 10, 20, now=100.11).granted
    in_a_minute = [buckets.take("a", 10, 20, now=200 + step / 100).granted for step in range(6000)]
    assert sum(in_a_minute) == pytest.approx(20 + 60 * 10, abs=2)
    assert buckets.take("b", 10, 20, now=100.0).left == 19


def test_an_account_that_keeps_to_fifty_a_second_is_never_refused() -> None:
    rate = GatewaySettings.rate_account
    buckets = Buckets()
    assert all(buckets.take("a", rate, rate * 10, now=step / 50).granted for step in range(50 * 120))


def test_memory_is_bounded_whatever_names_come_and_who_asks_most_is_remembered() -> None:
    buckets = Buckets(places=1024)
    for _ in range(1000):
        buckets.take("greedy", 100, 1000, now=1000.0)
    for number in range(1024 * 5):
        buckets.take(f"10.0.0.0/{number}", 100, 1000, now=1000.0)
    assert len(buckets._memory) == 1024 * 16
    assert not buckets.take("greedy", 100, 1000, now=1000.0).granted


def test_what_is_taken_by_several_processes_at_once_is_taken_once() -> None:
    buckets, (reading, writing) = Buckets(), os.pipe()
    children = []
    for _ in range(2):
        child = os.fork()
        if child == 0:
            granted = sum(buckets.take("a", 1, 5000, now=50.0).granted for _ in range(5000))
            os.write(writing, f"{granted}\n".encode())
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    assert sum(map(int, os.read(reading, 100).split())) == 5000
    assert not buckets.take("a", 1, 5000, now=50.0).granted
    os.close(reading)
    os.close(writing)


class Ready:
    """Asks nobody."""

    def report(self) -> dict[str, Any]:
        return {"ready": True, "checks": {}}


@pytest.fixture(scope="module")
def limited(settings: GatewaySettings) -> Flask:
    """Grants one a second and ten at once."""
    app = create_app(replace(settings, rate_account=1, rate_address=1))
    app.extensions["gtm"] |= {"rpc": FakeRpc(), "readiness": Ready()}
    app.extensions["gtm"]["rpc"].answers = {"actors.list_references": {"items": [], "next_cursor": None}}
    return app


@pytest.fixture
def asks(limited: Flask, settings: GatewaySettings) -> Any:
    """Asks, and nobody has asked before."""
    limited.extensions["gtm"]["limits"]._buckets = Buckets()

    def ask(path: str = ADDRESS, address: str = "10.0.0.1", account: str | None = None, **headers: str) -> Any:
        if account:
            principal = Principal(account_id=account, roles=frozenset({"member"}))
            headers["Authorization"] = f"Bearer {sign(ensure_key(settings.node.keys), 'central', principal, 600)}"
        return limited.test_client().get(path, environ_base={"REMOTE_ADDR": address}, headers=headers)

    return ask


def used_up(asks: Any, **who: Any) -> Any:
    """The first answer that refuses."""
    answers = [asks(**who) for _ in range(12)]
    assert [one.status_code for one in answers[:10]] == [200] * 10
    return answers[-1]


def test_a_refusal_says_when_to_come_back(asks: Any) -> None:
    refused = used_up(asks)
    assert (refused.status_code, refused.json["code"], refused.mimetype) == (
        429, "too-many-requests", "application/problem+json",
    )  # fmt: skip
    assert refused.headers["Retry-After"] == "1"
    assert refused.headers["RateLimit-Policy"] == '"address";q=10;w=10'
    assert refused.headers["RateLimit"] == '"address";r=0;t=10'
    assert refused.headers["X-Content-Type-Options"] == "nosniff"
    assert asks(address="10.0.0.2").headers["RateLimit"] == '"address";r=9;t=1'


def test_who_signed_in_counts_by_account_from_wherever_they_ask(asks: Any) -> None:
    used_up(asks)
    assert asks(account="a").headers["RateLimit"] == '"account";r=9;t=1'
    for place in range(9):
        assert asks(account="a", address=f"10.0.1.{place}").status_code == 200
    refused = asks(account="a", address="10.0.2.1")
    assert (refused.status_code, refused.headers["RateLimit-Policy"]) == (429, '"account";q=10;w=10')
    assert asks(account="b", address="10.0.2.1").status_code == 200


def test_a_credential_that_is_refused_counts_for_the_address(asks: Any) -> None:
    statuses = [asks(Authorization=f"Bearer a.b.{number}").status_code for number in range(11)]
    assert statuses == [401] * 10 + [429]
    assert asks(account="a").status_code == 200


def test_a_network_of_ipv6_is_one_address(asks: Any) -> None:
    for number in range(10):
        assert asks(address=f"2001:db8:1:2::{number}").status_code == 200
    assert asks(address="2001:db8:1:2:ffff::1").status_code == 429
    assert asks(address="2001:db8:1:3::1").status_code == 200


def test_health_and_figures_are_never_refused(asks: Any) -> None:
    used_up(asks)
    for path in ("/health/live", "/metrics"):
        answer = asks(path)
        assert answer.status_code == 200
        assert "RateLimit" not in answer.headers


def test_addresses_are_those_that_the_proxies_saw(settings: GatewaySettings) -> None:
    said = {"X-Forwarded-For": "1.1.1.1, 2.2.2.2"}
    for proxies, same in ((0, True), (1, True), (2, False)):
        client = create_app(replace(settings, rate_address=1, proxies=proxies)).test_client()
        client.get("/nowhere", headers=said)
        others = client.get("/nowhere", headers={"X-Forwarded-For": "9.9.9.9, 2.2.2.2"})
        assert (others.headers["RateLimit"] == '"address";r=8;t=2') is same, proxies


def test_no_limit_where_none_is_wanted(settings: GatewaySettings) -> None:
    client = create_app(replace(settings, rate_address=0)).test_client()
    assert "RateLimit" not in client.get("/nowhere").headers


@pytest.mark.parametrize("given", ["-1", "many", "1.5", "1000000"])
def test_a_rate_that_is_none(given: str) -> None:
    with pytest.raises(SettingsError, match="GTM_RATE_ACCOUNT"):
        GatewaySettings.from_environment({**MINIMAL, "GTM_RATE_ACCOUNT": given})


MINIMAL = {"GTM_AMQP_URI": "amqp://x:y@127.0.0.1:1/", "GTM_MONGO_URI": "mongodb://127.0.0.1:1/", "GTM_HOME": "/nowhere"}


def test_the_rates_are_settings() -> None:
    found = GatewaySettings.from_environment({**MINIMAL, "GTM_RATE_ACCOUNT": "70", "GTM_RATE_ADDRESS": "0"})
    assert (found.rate_account, found.rate_address) == (70, 0)
