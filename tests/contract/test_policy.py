"""The table of who may do what names each call that there is, and no other; docs/roles.md prints it."""

import dataclasses
import inspect
import tomllib
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from typing import Any

from nameko.rpc import Rpc

from chassis.kernel.policy import EVERY_SERVICE, GATEWAY
from chassis.process.settings import SERVICES
from launcher import roles

POLICY = roles.policy()


@cache
def service_of(name: str) -> Any:
    return import_module(f"services.{name}.service").SERVICE


def calls_of(name: str) -> set[str]:
    """The names of a service class's RPC methods, as nameko finds them."""
    found = set()
    for word in dir(service_of(name)):
        entrypoints = getattr(getattr(service_of(name), word, None), "nameko_entrypoints", ())
        if any(isinstance(one, Rpc) for one in entrypoints):
            found.add(word)
    return found


def test_every_call_has_a_rule() -> None:
    without = {(name, call) for name in SERVICES for call in calls_of(name) if POLICY.rule(name, call) is None}
    assert not without


def test_every_rule_is_of_a_call() -> None:
    of_none = {
        (service, call)
        for service, call in POLICY.rules
        if service != "gateway"  # tests/integration/rights asks each of its addresses
        and not any(call in calls_of(name) for name in (SERVICES if service == EVERY_SERVICE else (service,)))
    }
    assert not of_none


def test_every_owner_is_a_field_of_a_record() -> None:
    kinds = {kind.noun: kind.kind for name in SERVICES for kind in service_of(name).store.repository_kinds}
    for noun, field in POLICY.owners.items():
        assert field in {one.name for one in dataclasses.fields(kinds[noun])}, noun


def test_every_look_is_at_something() -> None:
    looks = tomllib.loads(roles.TABLE.read_text(encoding="utf-8"))["looks"]["calls"]
    assert [one for one in looks if not any(fnmatchcase(call, one) for _, call in POLICY.rules)] == []


# What has a unit of work, and only reads in it.
READS_IN_A_WORK = {"get_notification"}


def test_no_call_with_a_unit_of_work_is_taken_for_a_look() -> None:
    """Nor is one that takes a command: whoever writes by another way is found by test_read_only_tokens.py."""
    wrong = []
    for (of, call), rule in POLICY.rules.items():
        if of == GATEWAY:
            continue  # the gateway looks at the method of a request
        for name in SERVICES if of == EVERY_SERVICE else (of,):
            if rule.looks and call not in READS_IN_A_WORK and name in SERVICES:
                names = inspect.unwrap(getattr(service_of(name), call)).__code__.co_names
                wrong += [(name, call)] if {"perform", "answer", "work"} & set(names) else []
    assert wrong == []


def test_the_page_prints_the_table() -> None:
    assert roles.FILE.read_text(encoding="utf-8") == roles.render(), "run: ./gtm roles --write"
