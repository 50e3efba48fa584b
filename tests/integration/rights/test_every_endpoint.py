"""Each address of the running gateway, for everybody, about records of each visibility and institution."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from tests.integration.node import Node
from tests.integration.rights.asking import HIDDEN, IN, LISTS, REFUSED, expected
from tests.integration.rights.cast import COLLECTIONS, Cast, Made
from tests.integration.rights.conftest import PASSWORD
from tests.integration.rights.oracle import TABLE, Person, levels, may, sees
from tests.integration.rights.over_http import API, PERSONAL, Door, Operation, lists, operations, outcome

AT_ONCE = 6
ENDING = {"sign_out"}
"""Would take the credential away from the one who asks for the rest; tests/integration/accounts asks it."""


@pytest.fixture(scope="module")
def door(address: str, node: Node, cast: Cast) -> Door:
    return Door(address, node, cast, PASSWORD)


@pytest.fixture(scope="module")
def every(address: str) -> list[Operation]:
    return operations(address)


def differing(cells: Iterable[tuple[Any, Callable[[], Any], Any]]) -> list[Any]:
    """(cell, what was expected, what came)."""
    listed = list(cells)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = list(threads.map(lambda cell: cell[1](), listed))
    return [(cell[0], cell[2], one) for cell, one in zip(listed, found, strict=True) if one != cell[2]]


def test_every_address_is_in_the_table(every: list[Operation]) -> None:
    assert [one for one in every if one.service is None] == []
    assert set(TABLE["gateway"]) == {one.name for one in every if one.service == "gateway"}


EXPORTS = {"get_my_data", "get_focal_point_data", "get_account_data"}
"""Note who was given what: so they are no mere look, which is all that a read-only token opens ([looks])."""


def alone(operation: Operation, person: Person) -> str:
    """How an address ends that is about no record of the cast."""
    service = str(operation.service)
    held = may(service, operation.call, person) if service != "gateway" else may("gateway", operation.name, person)
    unsafe = person.read_only and operation.method != "GET"
    of_persons = operation.name in EXPORTS or (service == "gateway" and PERSONAL.search(operation.name))
    personal = person.read_only and bool(of_persons)
    # Others than these came by a token that no sign-in gave.
    return REFUSED if held == "no" or unsafe or personal else IN


def test_an_address_is_for_whom_the_table_says(door: Door, every: list[Operation], cast: Cast) -> None:
    before = cast.state()
    people = [one for one in door.people if one.name != cast.reader]
    assert not differing(
        (
            (operation.method, operation.path, person.name),
            lambda o=operation, p=person: outcome(door.operate(p, o), exists=False),  # type: ignore[misc]
            alone(operation, person),
        )
        for operation in every
        if operation.noun is None and operation.name not in ENDING | CREDENTIALS
        for person in people
    )
    assert cast.state() == before


CREDENTIALS = {"create_token", "refresh_token", "sign_in_browser", "accept_link", "post_federation_page"}
"""For everybody, and refused with 401 as any wrong credential: asked in tests/integration/accounts."""


def test_an_address_of_a_record_ends_as_the_table_says(door: Door, every: list[Operation], cast: Cast) -> None:
    before = cast.state()

    def wanted(operation: Operation, person: Person, made: Made) -> str:
        if person.read_only and operation.method != "GET":
            return REFUSED
        if operation.call == "list_history":
            return expected(made.service, f"get_{made.noun}", person, made, cast)
        return expected(made.service, operation.call, person, made, cast)

    assert not differing(
        (
            (operation.method, operation.path, person.name, made.level, made.owner == cast.own),
            lambda o=operation, p=person, m=made: outcome(door.operate(p, o, m)),  # type: ignore[misc]
            wanted(operation, person, made),
        )
        for operation in every
        if operation.noun is not None
        for made in (cast.of(operation.noun) or [Made(operation.noun, cast.told, "internal", None, 1)])
        for person in door.people
        if person.name != cast.reader or made.noun == "notification"
    )
    assert cast.state() == before


def test_a_list_holds_what_may_be_seen_and_nothing_else(door: Door, every: list[Operation], cast: Cast) -> None:
    known = {made.id for made in cast.records}

    def shown(path: str, person: Person) -> Any:
        found: set[str] = set()
        cursor: str | None = None
        while True:
            asked = {"page_size": 100, **({"cursor": cursor} if cursor else {})}
            answer = door.ask(person, "GET", path, params=asked)
            if answer.status_code != 200:
                return outcome(answer)
            found |= {one["id"] for one in answer.json()["items"]} & known
            cursor = answer.json()["next_cursor"]
            if cursor is None:
                return found

    def wanted(operation: Operation, noun: str, person: Person) -> Any:
        service = COLLECTIONS[noun][0]
        if may(service, operation.call, person) == "no":
            return REFUSED
        return {one.id for one in cast.of(noun) if sees(service, one.level, one.owner, person)}

    asked = [(one, str(lists(one))) for one in every if lists(one)]
    assert {noun for _, noun in asked} == set(LISTS.values()) - {"notification"}
    assert not differing(
        (
            (operation.path, person.name),
            partial(shown, operation.path, person),
            wanted(operation, noun, person),
        )
        for operation, noun in asked
        for person in door.people
    )


def test_what_is_hidden_is_hidden_in_each_form(door: Door, cast: Cast) -> None:
    """Pages, texts, forms and the log; and a search finds no more than a list."""
    hidden = next(one for one in cast.of("minutes") if one.level == "internal")
    meeting = next(one for one in cast.of("meeting") if one.level == "internal")
    for person in door.people:
        seen = "internal" in levels("meetings", person)
        for form in ("text/html", "text/plain", "application/json"):
            answer = door.ask(person, "GET", f"{API}/minutes/{hidden.id}", headers={"Accept": form})
            assert answer.status_code == (200 if seen else 404), (person, form)
        answer = door.ask(person, "GET", f"{API}/meetings/{meeting.id}/minutes.docx?skeleton=1")
        assert answer.status_code == (200 if seen else 404), person
        if not seen:
            log = door.ask(person, "GET", f"{API}/events", params={"page_size": 200}).json()["items"]
            hidden_ids = {one.id for one in cast.records if one.level not in levels(one.service, person)}
            assert not {one["subject"] for one in log if not one["type"].endswith("withdrawn.v1")} & hidden_ids
    assert outcome(door.ask(door.people[0], "GET", f"{API}/institutions/{cast.own}")) == HIDDEN
