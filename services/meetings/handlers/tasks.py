"""Rows of the table of action points become recommendations: the row names the record, which is the task."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from chassis.kernel.errors import FieldError
from chassis.kernel.text import fold
from services.meetings.contract import events
from services.meetings.domain.minutes import Minutes
from services.meetings.domain.ports import Work
from services.meetings.domain.recommendation import Recommendation
from services.meetings.domain.section import Action, Section


def rows_without_day(sections: Sequence[Section]) -> list[FieldError]:
    """One error for each row that has no day and does not say that it has none (N/A)."""
    return [
        {
            "field": f"sections.{place}.actions.{row}.due",
            "code": "due-missing",
            "params": {"section": one.title or str(place + 1), "row": row + 1},
        }
        for place, one in enumerate(sections)
        for row, action in enumerate(one.actions)
        if not (action.due or action.due_date or action.no_due)
    ]


def linked(sections: Sequence[Section], task: Callable[[Section, Action], str | None]) -> tuple[Section, ...]:
    """The sections, each row with the recommendation that it is."""
    return tuple(
        replace(
            one,
            actions=tuple(
                replace(row, recommendation_id=row.recommendation_id or task(one, row)) for row in one.actions
            ),
        )
        for one in sections
    )


def made_tasks(work: Work, minutes: Minutes) -> tuple[Section, ...]:
    """The sections, with a recommendation for each row that has none; the same words are one task."""
    known = {fold(one.text): one.id for one in work.recommendations.of_minutes(minutes.id)}

    def task(section: Section, row: Action) -> str:
        words = fold(row.what)
        if words not in known:
            made = work.new(
                Recommendation,
                minutes.visibility,
                kind="action",
                text=row.what,
                meeting_id=minutes.meeting_id,
                minutes_id=minutes.id,
                section=section.title or None,
                who=row.who,
                lead_institution_id=row.institution_id,
                due=row.due_date,
                due_text=row.due,
            )
            work.save(made, events.RECOMMENDATION_CREATED)
            known[words] = made.id
        return known[words]

    return linked(minutes.sections, task)
