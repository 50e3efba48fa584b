"""Each call of each service, past the gateway, by each role, about records of each visibility and institution."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from chassis.kernel.errors import ForbiddenError
from chassis.kernel.ids import new_id
from tests.integration.node import Node
from tests.integration.rights import oracle
from tests.integration.rights.asking import ABOUT, ALONE, HIDDEN, IN, LISTS, MAKING, REFUSED, expected, outcome, payload
from tests.integration.rights.cast import COLLECTIONS, Cast, Made
from tests.integration.rights.oracle import SERVICES, Person, levels, may, sees

AT_ONCE = 6


def people(cast: Cast) -> list[Person]:
    """All, and the one to whom something was told."""
    return [*cast.people(), Person(cast.reader, ("secretariat",))]


def who(person: Person) -> dict[str, Any]:
    account = {"account": person.name, "institution_id": person.institution} if person.roles else {}
    return {"roles": person.roles, **account}


def side_by_side(asked: Iterable[tuple[Any, Callable[[], Any], Any]]) -> list[Any]:
    """What differs: (case, what was expected, what came). Each thread has a connection of its own."""
    cases = list(asked)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = list(threads.map(lambda case: case[1](), cases))
    return [(case[0], case[2], one) for case, one in zip(cases, found, strict=True) if one != case[2]]


def test_every_call_is_asked() -> None:
    every = {call for service in SERVICES for call in oracle.calls(service)}
    assert every == set(ABOUT) | set(LISTS) | ALONE | MAKING


@pytest.mark.parametrize("service", SERVICES)
def test_a_call_about_a_record_ends_as_the_table_says(cast: Cast, node: Node, service: str) -> None:
    before = cast.state()
    cells = [
        ((call, person.name, made.noun, made.level, made.owner == cast.own), call, person, made)
        for call, ask in ABOUT.items()
        if call in oracle.TABLE[service]
        for person in people(cast)
        for made in (cast.of(ask.noun) or [Made(ask.noun, cast.told, "internal", None, 1)])
        if person.name != cast.reader or made.noun == "notification"
    ]

    def ask(call: str, person: Person, made: Made) -> str:
        return outcome(lambda: node.call(service, call, payload(call, person, made, cast), **who(person)))

    assert not side_by_side(
        (name, partial(ask, call, person, made), expected(service, call, person, made, cast))
        for name, call, person, made in cells
    )
    assert cast.state() == before


@pytest.mark.parametrize("service", SERVICES)
def test_who_may_not_is_refused_whatever_they_say(cast: Cast, node: Node, service: str) -> None:
    before = cast.state()

    def ask(call: str, person: Person) -> str:
        # What is no payload of any call, asked by who may not: so nothing but the table can refuse it.
        found = outcome(lambda: node.call(service, call, {"nonsense": {"$gt": ""}}, **who(person)))
        return REFUSED if found == REFUSED else IN

    assert not side_by_side(
        ((call, person.name), partial(ask, call, person), REFUSED if may(service, call, person) == "no" else IN)
        for call in oracle.calls(service)
        for person in cast.people()
        if call not in ABOUT
    )
    assert cast.state() == before


def shown(node: Node, call: str, noun: str, person: Person) -> set[str] | str:
    """The ids in a list."""
    try:
        return {one["id"] for one in node.every(COLLECTIONS[noun][0], call, **who(person))}
    except ForbiddenError:
        return REFUSED


def test_a_list_holds_what_may_be_seen_and_nothing_else(cast: Cast, node: Node) -> None:
    known = {made.id for made in cast.records}

    def ask(call: str, noun: str, person: Person) -> Any:
        found = shown(node, call, noun, person)
        return found if isinstance(found, str) else found & known

    def wanted(call: str, noun: str, person: Person) -> Any:
        service = COLLECTIONS[noun][0]
        if may(service, call, person) == "no":
            return REFUSED
        return {made.id for made in cast.of(noun) if sees(service, made.level, made.owner, person)}

    assert not side_by_side(
        ((call, person.name), partial(ask, call, noun, person), wanted(call, noun, person))
        for call, noun in LISTS.items()
        if noun != "notification"
        for person in cast.people()
    )


def test_notifications_are_shown_to_whom_they_were_sent(cast: Cast, node: Node) -> None:
    for person in people(cast):
        found = shown(node, "list_notifications", "notification", person)
        assert (cast.told in found) == (person.name == cast.reader), person


def test_the_past_is_for_who_sees_the_record(cast: Cast, node: Node) -> None:
    def ask(made: Made, person: Person, then: bool) -> str:
        if then:
            asked: dict[str, Any] = {"id": made.id, "as_of": "2999-01-01T00:00:00Z"}
            return outcome(lambda: node.call(made.service, f"get_{made.noun}", asked, **who(person)))
        asked = {"noun": made.noun, "id": made.id, "page_size": 50}
        return outcome(lambda: node.call(made.service, "list_history", asked, **who(person)))

    assert not side_by_side(
        (
            (made.noun, made.level, made.owner == cast.own, person.name, then),
            partial(ask, made, person, then),
            IN if sees(made.service, made.level, made.owner, person) else HIDDEN,
        )
        for made in cast.records
        for person in cast.people()
        if may(made.service, f"get_{made.noun}", person) != "no"
        for then in ((False, True) if person.name in ("public", "focal_point") else (False,))
    )


@pytest.mark.parametrize("service", [one for one in SERVICES if one != "federation"])
def test_the_log_tells_of_what_may_be_seen_today(cast: Cast, node: Node, service: str) -> None:
    every = node.every(service, "list_events", roles=("admin",))
    level = {made.id: made.level for made in cast.records}
    for person in people(cast):
        seen = levels(service, person)
        if service == "notifications" and "admin" not in person.roles:
            seen = set()
        wanted = [
            one["id"]
            for one in every
            if one["subject"] in level and one["visibility"] in seen and level[one["subject"]] in seen
        ]
        told = node.every(service, "list_events", {"page_size": 7}, **who(person))
        assert [one["id"] for one in told if one["subject"] in level] == wanted, person
        if service == "notifications":
            assert bool(told) == ("admin" in person.roles), person


def test_what_became_internal_is_told_no_more_and_its_withdrawal_is(node: Node) -> None:
    said = {"name": f"Cellule {new_id()}", "visibility": "public"}
    id = node.call("actors", "create_institution", said)["id"]
    for number in range(2):
        node.call("actors", "change_institution", {"id": id, "changes": {"mandate": f"dit à tous {number}"}})

    def told(*roles: str) -> list[str]:
        # One by one: what is left out is passed over within a page and between pages.
        log = node.every("actors", "list_events", {"subject": id, "page_size": 1}, roles=roles)
        assert not roles or all("admin" in roles or "dit à tous" not in str(one["data"]) for one in log)
        return [one["type"].split(".")[3] for one in log]

    hidden = node.call("actors", "change_institution", {"id": id, "changes": {"visibility": "internal"}})
    for roles in ((), ("member",), ("statistician",)):
        assert told(*roles) == ["withdrawn"]
    assert told("admin") == ["created", "changed", "changed", "withdrawn", "changed"]
    shown_again = {"id": id, "version": hidden["version"], "changes": {"visibility": "gtm"}}
    node.call("actors", "change_institution", shown_again)
    assert told() == ["withdrawn"]
    assert "created" in [one["type"].split(".")[3] for one in node.events("actors", subject=id)]


def test_a_focal_point_makes_for_its_own_institution_alone(cast: Cast, node: Node) -> None:
    asked = next(one for one in cast.of("recommendation") if one.level == "gtm")
    hidden = next(one for one in cast.of("recommendation") if one.level == "internal")
    indicator = next(one for one in cast.of("indicator") if one.level == "public")
    unseen = next(one for one in cast.of("indicator") if one.level == "internal")
    speaker = next(one for one in cast.people() if one.name == "focal_point")

    def make(service: str, call: str, **said: Any) -> str:
        return outcome(lambda: node.call(service, call, said, **who(speaker)))

    before = cast.state()
    report: dict[str, Any] = {"percent": 20}
    figure: dict[str, Any] = {"period": "2023", "value": "4"}
    well = {"title": "Puits", "lead_institution_id": cast.own, "visibility": "internal"}
    refused = [
        make("actors", "create_intervention", title="Puits", lead_institution_id=cast.other),
        make("meetings", "report_progress", id=asked.id, institution_id=cast.other, **report),
        make("indicators", "create_observation", indicator_id=indicator.id, institution_id=cast.other, **figure),
    ]
    theirs = next(one for one in cast.of("intervention") if (one.owner, one.level) == (cast.other, "gtm"))
    refused += [make("actors", "confirm_intervention", id=theirs.id, institution_id=cast.other)]
    refused += [make("actors", "confirm_intervention", id=theirs.id)]
    assert refused == [REFUSED] * 5
    assert make("meetings", "report_progress", id=hidden.id, institution_id=cast.own, **report) == HIDDEN
    with pytest.raises(Exception, match="invalid-request"):
        node.call("indicators", "create_observation", {"indicator_id": unseen.id, **figure}, **who(speaker))
    assert cast.state() == before
    for made in (
        node.call("actors", "create_intervention", well, **who(speaker)),
        node.call("meetings", "report_progress", {"id": asked.id, **report}, **who(speaker)),
        node.call("indicators", "create_observation", {"indicator_id": indicator.id, **figure}, **who(speaker)),
    ):
        assert cast.own in (made.get("lead_institution_id"), made.get("institution_id"))
