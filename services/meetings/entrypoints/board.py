"""Calls on recommendations as a whole: how late each in a list is, and the board."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from chassis.contract.schema import load
from chassis.kernel.clock import NIAMEY, now
from chassis.kernel.sight import Sight
from chassis.service import Service, rpc
from services.actors.contract.merges import every_name, led_by
from services.meetings.contract import follow_up as f
from services.meetings.contract import summary as contract
from services.meetings.domain import board
from services.meetings.domain.timeliness import Timeliness, timeliness
from services.meetings.repository.recommendation import standing_in

MOST = 10_000
YEAR = timedelta(days=365)
Parts = Mapping[str, Any]


class BoardEntrypoints(Service):
    """Counts."""

    @rpc
    def get_recommendations_summary(self, payload: Any) -> Any:
        """The board of what the caller sees."""
        caller, asked = self.asking(), load(contract.AskSummarySchema(), payload)
        today = today_in_niamey()
        since = asked["since"] or (today - YEAR).isoformat()
        sight, parts = self.sight(), self.store.parts
        found = parts["recommendations"].numbered(
            caller,
            institutions=every_name(parts["known_merges"], asked["institution_id"], sight.levels),
            group_id=asked["group_id"],
            axis=asked["axis"],
            since=since,
            most=MOST,
        )
        rows = [_counted(one, sight, today) for one in found[:MOST]]
        return _shown(parts, rows, sight, today, since) | {"incomplete": len(found) > MOST}


def with_timeliness(parts: Parts, items: Sequence[dict[str, Any]], sight: Sight) -> list[dict[str, Any]]:
    """The recommendations, each with how late it is. One query for all."""
    kept, today = parts["standings"].kept([one["id"] for one in items]), today_in_niamey()
    rows = [
        {"timeliness": _timeliness(kept[one["id"]], one["due"], one["created_at"], sight, today)}
        if kept.get(one["id"], {}).get("effective")
        else {"timeliness": None}
        for one in items
    ]
    told = f.RecommendationRowSchema(only=("timeliness",), many=True).dump(rows)
    return [one | how for one, how in zip(items, told, strict=True)]


def today_in_niamey() -> date:
    """The present day."""
    return now().astimezone(NIAMEY).date()


def _timeliness(kept: Mapping[str, Any], due: str | None, made: Any, sight: Sight, today: date) -> Timeliness:
    asked = kept.get("asked") or {}
    seen = asked.get("on") if asked.get("visibility") in sight.levels else None
    day = date.fromisoformat(seen or str(made)[:10])
    return timeliness(due, kept["effective"][standing_in(sight)], day, today)


def _counted(document: Mapping[str, Any], sight: Sight, today: date) -> board.Counted:
    kept, level = document["derived"], sight.levels[0]
    groups = [one.partition(":") for one in (kept.get("asked") or {}).get("groups", ())]
    return board.Counted(
        _timeliness(kept, document.get("due"), document["created_at"].isoformat(), sight, today),
        tuple(group for seen, _, group in groups if seen == level),
        tuple(kept.get("institutions", ())),
        document.get("axis"),
    )


def _shown(parts: Parts, rows: Sequence[board.Counted], sight: Sight, today: date, since: str) -> dict[str, Any]:
    stands_for = led_by(parts["known_merges"].every({"visibility": {"$in": list(sight.levels)}}))
    groups = board.lines(rows, lambda one: one.groups)
    institutions = board.lines(rows, lambda one: [stands_for(id) for id in one.institutions])
    axes = board.lines(rows, lambda one: [one.axis] if one.axis else [])
    shown = {
        "today": today.isoformat(),
        "since": since,
        "all": _line(board.line(None, rows), {}),
        "groups": _lines(groups, _names(parts, "known_groups", groups, sight)),
        "institutions": _lines(institutions, _names(parts, "known_institutions", institutions, sight)),
        "axes": _lines(axes, {}),
    }
    return dict(contract.SummarySchema(only=tuple(shown)).dump(shown))


def _names(parts: Parts, copies: str, lines: Sequence[board.Line], sight: Sight) -> dict[str, str]:
    wanted = {"_id": {"$in": sorted(str(one.key) for one in lines)}, "visibility": {"$in": list(sight.levels)}}
    return {one["_id"]: one.get("acronym") or one["name"] for one in parts[copies].every(wanted)}


def _lines(found: Sequence[board.Line], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [_line(one, names) for one in found[: contract.MOST_ROWS]]


def _line(one: board.Line, names: Mapping[str, str]) -> dict[str, Any]:
    return {**vars(one), "label": names.get(one.key or ""), "overdue": one.overdue}
