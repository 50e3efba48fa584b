"""Items of an agenda keep their ids: so that documents, and whoever prepares one, can name an item that moves."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from chassis.kernel.errors import FieldError
from chassis.kernel.text import fold
from services.meetings.domain.meeting import AgendaItem


def with_ids(
    items: Sequence[AgendaItem], before: Sequence[AgendaItem], made: Callable[[], str]
) -> tuple[tuple[AgendaItem, ...], list[FieldError]]:
    """The items, each with its id, and what is wrong with the ids that were given.

    One that comes without is known by its title; else it is new. Before there is an agenda, ids are the server's.
    """
    known = {one.id for one in before if one.id}
    given = [one.id for one in items if one.id] if before else []
    titles = {fold(one.title): one.id for one in before if one.id and one.id not in given}
    kept: list[AgendaItem] = []
    faults: list[FieldError] = []
    for place, item in enumerate(items):
        id = item.id if before else None
        if id and (id not in known or id in (one.id for one in kept)):
            code = "given-twice" if id in known else "agenda-item-unknown"
            faults.append({"field": f"agenda.{place}.id", "code": code, "params": {"id": id}})
        kept.append(replace(item, id=id or titles.pop(fold(item.title), None) or made()))
    return tuple(kept), faults


def has(agenda: Sequence[AgendaItem], id: str) -> bool:
    """Whether there is such an item."""
    return any(one.id == id for one in agenda)
