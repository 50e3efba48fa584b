"""The pages that show a record together with what other records make of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.actors.contract.merges import led_by
from services.meetings.contract import follow_up as f
from services.meetings.contract import handling as h
from services.meetings.contract import invitation as i
from services.meetings.contract import remarks as w
from services.meetings.contract import validation as v
from services.meetings.domain import handling, rsvp
from services.meetings.domain.document import Document
from services.meetings.domain.meeting import Meeting
from services.meetings.domain.recommendation import Recommendation
from services.meetings.domain.referral import Hop
from services.meetings.domain.remark import Remark, outcome
from services.meetings.domain.reservation import is_reservation
from services.meetings.domain.tally import Tally, sentences, tally
from services.meetings.domain.validation_round import VERDICTS, Round
from services.meetings.entrypoints.attendance_pages import attending

Parts = Mapping[str, Any]


def recommendation_page(parts: Parts, id: str, visible: Sequence[str]) -> dict[str, Any]:
    """What is shown beside the recommendation's own fields."""
    record: Recommendation = parts["recommendations"].get(id)
    standings = parts["standings"]
    groups = parts["known_groups"].every({"visibility": {"$in": list(visible)}})
    names = {one["_id"]: one.get("acronym") or one["name"] for one in groups}
    shown = {
        "effective": standings.of(record, visible),
        "hops": [_hop(hop, names) for hop in standings.hops(id, record.origin, visible)],
        "resolved": _resolved(parts, id, visible),
        "merged_from": [
            {
                "id": answer.recommendation_id,
                "origin": merged.origin if merged else None,
                "text": merged.text if merged else None,
                "by": answer.origin,
            }
            for answer, merged in standings.merged_from(id, visible)
        ],
    }
    return dict(f.RecommendationPageSchema(only=tuple(shown)).dump(shown))


def meeting_page(parts: Parts, id: str, visible: Sequence[str]) -> dict[str, Any]:
    """Who is expected, for those who see what members say."""
    if "gtm" not in visible:
        return {"expected": None, "attending": None}
    record: Meeting = parts["meetings"].get(id)
    group = parts["known_groups"].find(record.group_id) if record.group_id else None
    known = group if group and group.get("visibility") in visible else None
    asked = rsvp.invited(known.get("members") or () if known else (), record.date)
    stands_for = led_by(parts["known_merges"].every())
    found = rsvp.expected(record, asked, parts["rsvps"].of_meeting(id, visible), stands_for)
    ids = {*found.invited, *(one.institution_id for one in found.answered)}
    copies = parts["known_institutions"].every({"_id": {"$in": sorted(ids)}, "visibility": {"$in": list(visible)}})
    names = {one["_id"]: {"name": one.get("name"), "acronym": one.get("acronym")} for one in copies}
    shown = {
        "invited": len(found.invited),
        **{answer: found.of(answer) for answer in rsvp.ANSWERS},
        "people": found.people,
        "answered": [vars(one) | _named(one.institution_id, names) for one in found.answered],
        "silent": [_named(one, names) for one in found.silent],
        "sentence": rsvp.sentences(found),
    }
    expected = dict(i.MeetingPageSchema(only=("expected",)).dump({"expected": shown}))
    return {**expected, "attending": attending(parts, record, visible)}


def remarks_shown(parts: Parts, remarks: Sequence[Remark], visible: Sequence[str]) -> list[dict[str, Any]]:
    """What is shown beside the own fields of each: how it stands. Two queries for all."""
    targets = {one.target_id: _target(parts, one, visible) for one in remarks}
    answers = parts["remark_answers"].of_remarks([one.id for one in remarks], visible)
    stand = [(targets[one.target_id], outcome(one, targets[one.target_id], answers)) for one in remarks]
    found = [vars(how) | {"reservation": is_reservation(target, how)} for target, how in stand]
    return list(w.RemarkPageSchema(many=True, only=("state", "late", "reservation", "answer")).dump(found))


def handled_page(parts: Parts, id: str, visible: Sequence[str]) -> dict[str, Any]:
    """The table of remarks on a document, as far as they may be seen. Five queries, whatever there is."""
    document: Document = parts["documents"].get(id)
    rounds = parts["rounds"].of_document(id, visible)
    rows = handling.table(
        document,
        parts["remarks"].of_target(id, visible),
        rounds,
        parts["opinions"].of_rounds([one.id for one in rounds], visible),
        parts["remark_answers"].of_target(id, visible),
    )
    sealed = document.final.handled if document.final else ()
    ids = {row.institution_id for row in rows if row.institution_id}
    copies = parts["known_institutions"].every({"_id": {"$in": sorted(ids)}, "visibility": {"$in": list(visible)}})
    names = {one["_id"]: one.get("acronym") or one.get("name") for one in copies}
    found = handling.counts(rows)
    shown = {
        "document": document,
        "final": document.final is not None,
        **found,
        "hidden": len(set(sealed) - {row.id for row in rows}),
        "sentence": handling.sentences(found),
        "rows": [
            vars(row)
            | {
                "institution": names.get(row.institution_id or ""),
                "after_final": document.final is not None and row.id not in sealed,
            }
            for row in rows
        ],
    }
    return dict(h.HandledSchema().dump(shown))


def _target(parts: Parts, remark: Remark, visible: Sequence[str]) -> Any:
    found = parts["minutes" if remark.target_kind == "minutes" else "documents"].find(remark.target_id)
    return found if found is not None and found.visibility in visible else None


def _named(id: str, names: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {"institution_id": id, **names.get(id, {})}


def round_page(parts: Parts, id: str, visible: Sequence[str], now: datetime) -> dict[str, Any]:
    """What is shown beside the round's own fields."""
    record: Round = parts["rounds"].get(id)
    count = tally(record, parts["opinions"].of_rounds([id], visible), now)
    return dict(v.RoundPageSchema(only=("tally",)).dump({"tally": _tally(count)}))


def proposals(
    rounds: Sequence[Round], answered: set[tuple[str, str]], node: str, now: datetime
) -> list[dict[str, Any]]:
    """One for each group of the node that has not given its opinion in one of these rounds."""
    return [
        {
            **{name: getattr(one, name) for name in v.ProposalSchema().fields if hasattr(one, name)},
            "round_id": one.id,
            "group": group,
            "overdue": now > one.deadline,
        }
        for one in rounds
        for group in one.groups
        if group.node == node and (one.id, group.id) not in answered
    ]


def _hop(hop: Hop, names: Mapping[str, str]) -> dict[str, Any]:
    referral = hop.referral
    return {
        "referral_id": referral.id,
        "origin": referral.origin,
        "to_group_id": referral.to_group_id,
        "to_group_name": names.get(referral.to_group_id),
        "to_node": referral.to_node,
        "reason": referral.reason,
        "given_at": referral.given_at,
        "answer": hop.answer,
    }


def _resolved(parts: Parts, id: str, visible: Sequence[str]) -> dict[str, Any] | None:
    stands, via = parts["standings"].resolve(id, visible)
    if stands == id:
        return None
    into = parts["recommendations"].find(stands)
    if into is None or into.visibility not in visible:
        return {"id": stands, "via": via, "known": False}
    effective = parts["standings"].of(into, visible)
    return {
        "id": stands,
        "via": via,
        "known": True,
        "origin": into.origin,
        "text": into.text,
        "effective": effective,
    }


def _tally(count: Tally) -> dict[str, Any]:
    return {
        "asked": count.asked,
        "answered": count.answered,
        **{verdict: count.of(verdict) for verdict in VERDICTS},
        "late": count.late,
        "counted": count.counted,
        "silent": count.silent,
        "sentence": sentences(count),
    }
