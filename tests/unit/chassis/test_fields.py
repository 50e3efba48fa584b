"""The fields of the contracts: what they take, and the codes by which they refuse."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import fields

from chassis.contract.schema import (
    Amount,
    Choice,
    Command,
    Day,
    Email,
    Hour,
    Id,
    Instant,
    Text,
    Whole,
    YesNo,
    load,
    many,
    one,
)
from chassis.kernel.errors import InvalidError


class Inner(Command):
    name = Text(5, required=True)


class Everything(Command):
    text = Text(10)
    lines = Text(10, lines=True)
    choice = Choice("a", "b")
    id = Id()
    day = Day()
    hour = Hour()
    instant = Instant()
    whole = Whole(1, 10)
    amount = Amount()
    yes = YesNo()
    email = Email()
    inner = one(Inner)
    list = many(Inner, 2)


def refusal(value: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(InvalidError) as refused:
        load(Everything(), value)
    return [(fault["field"], fault["code"]) for fault in refused.value.errors]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("text", 3, "not-text"),
        ("text", "x" * 11, "too-long"),
        ("text", "  ", "too-short"),
        ("text", "a\nb", "control-characters"),
        ("text", "a\0b", "control-characters"),
        ("text", "\ud800", "not-text"),
        ("text", None, "not-null"),
        ("lines", "a\0", "control-characters"),
        ("choice", "c", "not-a-choice"),
        ("choice", {"$gt": ""}, "not-text"),
        ("id", "1", "not-an-id"),
        ("id", {"$ne": None}, "not-an-id"),
        ("day", "2026-02-30", "not-a-date"),
        ("day", "20260131", "not-a-date"),
        ("hour", "24:00", "not-a-time"),
        ("hour", "9h30", "not-a-time"),
        ("instant", "2026-01-31T10:00:00", "instant-without-zone"),
        ("instant", "yesterday", "not-an-instant"),
        ("whole", 0, "out-of-range"),
        ("whole", True, "not-a-whole-number"),
        ("whole", 2.0, "not-a-whole-number"),
        ("whole", "2", "not-a-whole-number"),
        ("amount", "1,5", "not-a-number"),
        ("amount", "-1", "not-a-number"),
        ("amount", "1e9", "not-a-number"),
        ("yes", "true", "not-true-or-false"),
        ("yes", 1, "not-true-or-false"),
        ("email", "a b@c.ne", "not-an-email"),
        ("email", "a@b\r\nBcc: c@d", "control-characters"),
        ("inner", [], "not-an-object"),
        ("list", {}, "not-a-list"),
        ("list", [{"name": "a"}] * 3, "too-many"),
        ("colour", 1, "unknown-field"),
        ("origin", "agadez", "server-owned-field"),
    ],
)
def test_what_is_refused(name: str, value: Any, code: str) -> None:
    assert refusal({name: value}) == [(name, code)]


def test_every_fault_is_told_at_once_with_its_path() -> None:
    faults = refusal({"text": 1, "inner": {"name": "toolong"}, "list": [{"name": "ok"}, {"nom": "x"}]})
    assert sorted(faults) == [
        ("inner.name", "too-long"),
        ("list.1.name", "required"),
        ("list.1.nom", "unknown-field"),
        ("text", "not-text"),
    ]


@pytest.mark.parametrize("body", [None, [], "x", 3])
def test_a_body_is_an_object(body: Any) -> None:
    with pytest.raises(InvalidError) as refused:
        load(Everything(), body)
    assert refused.value.errors[0]["code"] == "not-an-object"


def test_what_is_taken() -> None:
    taken = load(
        Everything(),
        {
            "text": " Ame\u0301lie ",
            "lines": "a\r\nb",
            "amount": 12.5,
            "instant": "2026-01-31T10:00:00.123456+01:00",
            "email": "point.focal@exemple.ne",
        },
    )
    assert taken["text"] == "Amélie"
    assert taken["lines"] == "a\nb"
    assert taken["amount"] == "12.5"
    assert taken["instant"].isoformat() == "2026-01-31T09:00:00.123000+00:00"


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_nothing_makes_a_field_crash(value: Any) -> None:
    for name, field in Everything().fields.items():
        assert isinstance(field, fields.Field)
        try:
            load(Everything(), {name: value})
        except InvalidError as error:
            assert error.errors
