"""Guessing is slowed for who guesses, in all workers together; nobody is locked out by a stranger."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from gateway.accounts.domain.guessing import BY_NAME, BY_NETWORK, counts_of
from tests.integration.accounts.conftest import PASSWORD, Door


def guess(door: Door, name: str, times: int) -> list[int]:
    """What each wrong attempt is answered."""
    return [
        door.ask("POST", "/auth/token", {"username": name, "password": f"wrong {at}"}).status_code
        for at in range(times)
    ]


def test_a_guesser_waits_in_every_worker_and_the_person_elsewhere_does_not(
    app: Flask, other_worker: Flask, invite: Any
) -> None:
    _, name = invite()
    guesser = Door(app, "10.2.1.1")
    assert guess(guesser, name, BY_NAME.free) == [401] * BY_NAME.free
    answer = Door(other_worker, "10.2.1.1").ask("POST", "/auth/token", {"username": name.upper(), "password": PASSWORD})
    assert (answer.status_code, answer.json["code"]) == (429, "too-many-attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= BY_NAME.first
    Door(app, "10.2.2.1").sign_in(name)


def test_a_known_device_is_not_held_up_by_its_neighbours(app: Flask, invite: Any) -> None:
    _, name = invite()
    person = Door(app, "10.3.1.1")
    person.sign_in(name)
    assert guess(Door(app, "10.3.1.1"), name, BY_NAME.free)[-1] == 401
    assert Door(app, "10.3.1.1").refusal("POST", "/auth/token", {"username": name, "password": PASSWORD})[0] == 429
    person.sign_in(name)
    assert guess(person, name, BY_NAME.free + 1)[-1] == 429  # a stolen device guesses no faster


def test_many_names_from_one_network_are_slowed(app: Flask) -> None:
    door = Door(app, "10.4.1.1")
    guesses = door.authority.parts.guesses
    for at in range(BY_NETWORK.free):
        guesses.attempt(counts_of(f"name-{at}", f"10.4.1.{at % 250}", None))
    assert door.refusal("POST", "/auth/token", {"username": "another", "password": "x"}) == (429, "too-many-attempts")
    assert (
        door.from_elsewhere("10.4.2.1").refusal("POST", "/auth/token", {"username": "another", "password": "x"})[0]
        == 401
    )


def test_attempts_at_the_same_moment_all_count(app: Flask, invite: Any) -> None:
    _, name = invite()

    def attempt(_: int) -> int:
        return guess(Door(app, "10.5.1.1"), name, 1)[0]

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(attempt, range(12)))
    key = next(key for key, patience in counts_of(name, "10.5.1.1", None).items() if patience is BY_NAME)
    kept = Door(app).authority.parts.store.database["guesses"].find_one({"_id": key})
    assert kept is not None
    assert set(statuses) <= {401, 429, 503}
    assert kept["count"] == statuses.count(401)
    assert 429 in statuses


def test_what_is_kept_tells_neither_name_nor_address(app: Flask) -> None:
    door = Door(app, "10.6.1.1")
    guess(door, "somebody.known", 1)
    kept = str(list(door.authority.parts.store.database["guesses"].find({})))
    assert "somebody" not in kept
    assert "10.6.1" not in kept
