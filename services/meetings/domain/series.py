"""The series of a group's meetings: their numbers, the rhythm that the group gave itself, and what goes on to the next.

Ordinary sessions, extraordinary ones and validation workshops are counted apart, as their letters do: the 7th ordinary
session, the 2nd extraordinary one. The rhythm is of ordinary sessions. Whether a group is late is never stored: it
follows from its rhythm, its last session and today.
"""

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from services.meetings.domain.meeting import AgendaItem, Meeting

LOOKED_BACK = 50
"""Sessions that are looked through for the last number that is known."""
TOOK_PLACE = ("held", "closed")
TO_COME = ("draft", "convened")
MOST_LINKS = 200
FRIDAY = 4


@dataclass(frozen=True, kw_only=True)
class Cadence:
    """A session every so many weeks or months."""

    every: int
    unit: str

    def after(self, day: date, turns: int = 1) -> date:
        """The day some turns later; of a month that is too short its last day."""
        if self.unit == "week":
            return date.fromordinal(min(day.toordinal() + 7 * self.every * turns, date.max.toordinal()))
        year, month = divmod(day.year * 12 + day.month - 1 + self.every * turns, 12)
        if year > date.max.year:
            return date.max
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))

    def turns_between(self, began: date, today: date) -> int:
        """How many turns have surely passed."""
        if self.unit == "week":
            return (today - began).days // (7 * self.every)
        return ((today.year - began.year) * 12 + today.month - began.month) // self.every


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a group stands in its rhythm; all None where it has none, or never met."""

    due_on: str | None = None
    days: int = 0
    """How many days the session is overdue; 0: it is not."""

    @property
    def weeks(self) -> int:
        """Whole weeks overdue."""
        return self.days // 7


def cadence_of(group: Mapping[str, Any] | None) -> Cadence | None:
    """The rhythm in a copy of a group's record."""
    said = (group or {}).get("cadence")
    return Cadence(every=said["every"], unit=said["unit"]) if said else None


def standing(cadence: Cadence | None, last: str | None, today: date, *, dormant: bool = False) -> Standing:
    """Whether the group is overdue, by its last ordinary session; a dormant one never is."""
    if cadence is None or last is None or dormant:
        return Standing()
    due = cadence.after(date.fromisoformat(last))
    return Standing(due_on=due.isoformat(), days=max(0, (today - due).days))


def sentences(found: Standing) -> dict[str, str] | None:
    """The delay as people say it: "en retard de 3 semaines"; None where there is none."""
    if not found.days:
        return None
    many, french, english = (found.weeks, "semaine", "week") if found.weeks else (found.days, "jour", "day")
    plural = "s" if many > 1 else ""
    return {"fr": f"en retard de {many} {french}{plural}", "en": f"overdue by {many} {english}{plural}"}


def next_day(last: str, cadence: Cadence, today: date) -> date:
    """The first day of the rhythm after a session that is not over; a Monday where it falls on a week-end."""
    began = date.fromisoformat(last)
    turns = max(1, cadence.turns_between(began, today))
    found = cadence.after(began, turns)
    if found < today:
        found = cadence.after(began, turns + 1)
    late = (7 - found.weekday()) % 7 if found.weekday() > FRIDAY else 0
    return min(found, date.max - timedelta(days=2)) + timedelta(days=late)


def next_number(earlier: Sequence[int | None], taken: Iterable[int] = ()) -> int | None:
    """The number of a session after these, the latest first, at most LOOKED_BACK; some may never have been numbered.

    None where a later session has it already, or where nobody can tell: then a person says it.
    """
    known = next(((place, one) for place, one in enumerate(earlier) if one is not None), None)
    if known is None and len(earlier) >= LOOKED_BACK:
        return None
    number = len(earlier) + 1 if known is None else known[1] + known[0] + 1
    return None if number in taken else number


def carried_over(
    last: Meeting, agenda: Sequence[AgendaItem], minutes_state: str | None, open_ids: Sequence[str], count: int
) -> tuple[AgendaItem, ...]:
    """What the next session's agenda begins with: the minutes to adopt, what is open, what was put off.

    `agenda`: of the last session, as its minutes have it where there are some. Of a session that was cancelled every
    item is still to be dealt with. `count`: of all that is open, which may be more than are linked.
    """
    items = []
    day = date.fromisoformat(last.date).strftime("%d/%m/%Y")
    if last.state != "cancelled" and minutes_state in (None, "draft", "circulated"):
        text = [f"/api/v1/minutes/{last.minutes_id}"] if last.minutes_id else []
        items.append(AgendaItem(title=f"Adoption du compte-rendu de la réunion du {day}", links=tuple(text)))
    if count:
        links = tuple(f"/api/v1/recommendations/{id}" for id in open_ids[:MOST_LINKS])
        title = f"Suivi des recommandations et points d’action ouverts ({count})"
        items.append(AgendaItem(title=title, links=links))
    left = [item for item in agenda if item.postponed or last.state == "cancelled"]
    items += [replace(item, postponed=False) for item in left if not _proposed(item)]
    return tuple(replace(item, number=place) for place, item in enumerate(items, start=1))


def _proposed(item: AgendaItem) -> bool:
    """Whether an item was itself put there by this rule: it is put anew, with what is so now."""
    return item.title.startswith(("Adoption du compte-rendu de la réunion du ", "Suivi des recommandations et points"))
