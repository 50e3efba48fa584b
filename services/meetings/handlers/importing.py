"""From a compte-rendu to a meeting, its attendance, its minutes and its action points; all in one commit.

In order of time: read the text → find the group and the meeting it belongs to, or make one → match the institutions
→ store minutes, meeting, recommendations and the source text together. The same text again changes nothing.
"""

from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from typing import Any

from chassis.kernel.clock import rfc3339
from chassis.kernel.errors import ConflictError, InvalidError
from chassis.kernel.record import FEDERATED
from chassis.kernel.text import fold
from services.actors.contract.merges import led_by
from services.meetings.contract import events
from services.meetings.domain.compte_rendu import read_compte_rendu, require_minutes
from services.meetings.domain.compte_rendu.as_json import extracted_as_json, warnings_as_json
from services.meetings.domain.compte_rendu.extracted import Extracted
from services.meetings.domain.matching import DirectoryEntry, Match, match_institutions, merged_directory
from services.meetings.domain.meeting import Attendance, Meeting, default_title, present
from services.meetings.domain.minutes import Minutes, Source, may_change
from services.meetings.domain.ports import Work
from services.meetings.domain.recommendation import Recommendation
from services.meetings.domain.seal import seal
from services.meetings.domain.section import Action, Decision, Section, settled
from services.meetings.handlers.door import read_in_with
from services.meetings.handlers.tasks import linked

VISIBILITY = "gtm"
NO_DAY = ("n a", "na", "neant", "sans objet")
# What is read in is for all members: so no name of an institution or group that is internal is taken into it.
TRAVELLING = {"visibility": {"$in": list(FEDERATED)}}


@dataclass(frozen=True)
class Given:
    """A text as it was handed in."""

    text: str
    media_type: str
    size: int
    name: str | None

    @property
    def sha256(self) -> str:
        """Of the text, so that the same minutes as DOCX and as text are known to be the same."""
        return sha256(self.text.encode("utf-8")).hexdigest()


def import_minutes(
    work: Work, given: Given, *, archive: bool, meeting_id: str | None, date: str | None = None
) -> dict[str, Any]:
    """Take a compte-rendu in. Returns {created, meeting_id, minutes_id, warnings, extracted}.

    `date` is the meeting's day for a text that tells none, or an impossible one.

    Raises: InvalidError not-minutes, date-not-found; ConflictError meeting-has-minutes, minutes-sealed.
    """
    before = work.sources.find(given.sha256)
    if before is not None:
        return {**before["result"], "created": False}
    extracted = read_compte_rendu(given.text)
    require_minutes(extracted, "file")
    reading = Reading(work, given, replace(extracted, date=extracted.date or date), archive)
    meeting = reading.meeting(meeting_id)
    minutes = reading.minutes(meeting)
    reading.recommend(meeting, minutes)
    result = reading.result(meeting, minutes)
    work.keep(
        "sources",
        {
            "_id": given.sha256,
            "text": given.text,
            "meeting_id": meeting.id,
            "minutes_id": minutes.id,
            "at": rfc3339(work.now),
            "result": result,
        },
    )
    return {**result, "created": True}


class Reading:
    """One import on its way: what was read, and what it becomes."""

    def __init__(self, work: Work, given: Given, extracted: Extracted, archive: bool) -> None:
        self.work, self.given, self.extracted, self.archive = work, given, extracted, archive
        self.warnings = warnings_as_json(extracted.warnings)
        self.directory = _directory(work)
        self.attendance = tuple(
            _attendance(match)
            for match in match_institutions([entry.text for entry in extracted.attendance], self.directory)
        )

    def meeting(self, meeting_id: str | None) -> Meeting:
        """The meeting that the text belongs to: the one named, the group's on that day, or a new one."""
        if meeting_id is not None:
            return self._fill(self.work.meetings.get(meeting_id))
        if self.extracted.date is None:
            error = {"field": "date", "code": "date-not-found", "params": {}}
            raise InvalidError("date-not-found", "date", {}, [error])
        group = self._group()
        waiting = self._waiting(group["_id"], self.extracted.date) if group else None
        return self._new(group, self.extracted.date) if waiting is None else self._fill(waiting)

    def minutes(self, meeting: Meeting) -> Minutes:
        """The minutes of the meeting, from the text."""
        fields = self._texts(meeting)
        if meeting.minutes_id is not None:
            draft = self.work.minutes.get(meeting.minutes_id)
            may_change(draft)
            fields["sections"] = settled(draft.sections, fields["sections"])
            reach = VISIBILITY if draft.visibility == "internal" else draft.visibility
            changed = self.work.revise(draft, visibility=reach, **fields)
            self.work.save(changed, events.MINUTES_CHANGED)
            self._told = events.MINUTES_CHANGED
            return changed
        state = {"state": "adopted", "adopted_on": meeting.date, "archive": True} if self.archive else {}
        fields["sections"] = settled((), fields["sections"])
        minutes = self.work.new(Minutes, VISIBILITY, meeting_id=meeting.id, **fields, **state)
        self._told = events.MINUTES_ARCHIVED if self.archive else events.MINUTES_IMPORTED
        self.work.save(minutes, self._told)
        self._link(meeting, minutes)
        return minutes

    def recommend(self, meeting: Meeting, minutes: Minutes) -> None:
        """One recommendation a row of action points, unless these minutes already gave one with that text."""
        known = {fold(one.text): one.id for one in self.work.recommendations.of_minutes(minutes.id)}
        leads = match_institutions([action.who or "" for action in self.extracted.actions], self.directory)
        for action, lead in zip(self.extracted.actions, leads, strict=True):
            if fold(action.what) in known:
                continue
            made = self.work.new(
                Recommendation,
                VISIBILITY,
                kind="action",
                text=action.what,
                meeting_id=meeting.id,
                minutes_id=minutes.id,
                section=self.extracted.sections[action.section].title or None,
                who=action.who,
                lead_institution_id=lead.institution_id,
                due=action.due_date,
                due_text=action.due,
            )
            known[fold(action.what)] = made.id
            self.work.save(made, events.RECOMMENDATION_CREATED)
        self._link_rows(minutes, known)

    def _link_rows(self, minutes: Minutes, tasks: dict[str, str]) -> None:
        """Each row names its task; what is taken in as adopted is sealed."""
        rows = linked(minutes.sections, lambda _section, row: tasks.get(fold(row.what)))
        whole = self.work.revise(minutes, sections=rows)
        whole = self.work.revise(whole, seal=seal(whole)) if whole.state == "adopted" else whole
        self.work.save(whole, self._told)

    def result(self, meeting: Meeting, minutes: Minutes) -> dict[str, Any]:
        """What the importer answers, now and when the same text comes again."""
        extracted = extracted_as_json(self.extracted)
        extracted["attendance"] = [asdict(entry) for entry in self.attendance]
        return {
            "meeting_id": meeting.id,
            "minutes_id": minutes.id,
            "warnings": self.warnings,
            "extracted": extracted,
        }

    def _group(self) -> dict[str, Any] | None:
        """The group that the text names; where it names none, the GTM of its region, the central one by default."""
        named = self.extracted.group or f"GTM {self.extracted.region or ''}"
        wanted = fold(named)
        for group in self.work.known_groups.every(TRAVELLING):
            names = (group["name"], group.get("acronym") or "", *group.get("aliases", ()))
            if wanted in {fold(name) for name in names}:
                if self.extracted.group is None:
                    self._warn("group-assumed", group=group["name"])
                return group
        self._warn("group-not-known", group=named)
        return None

    def _warn(self, code: str, **params: str) -> None:
        self.warnings.append({"code": code, "params": params, "line": None})

    def _waiting(self, group_id: str, day: str) -> Meeting | None:
        """The group's meeting on that day that has no minutes yet."""
        that_day = [one for one in self.work.meetings.on_day(group_id, day) if one.state != "cancelled"]
        for meeting in that_day:
            if meeting.minutes_id is None:
                return meeting
        if that_day:
            params = {"meeting_id": that_day[0].id, "minutes_id": that_day[0].minutes_id, "date": day}
            raise ConflictError("meeting-has-minutes", "date", params)
        return None

    def _new(self, group: dict[str, Any] | None, day: str) -> Meeting:
        name = group["name"] if group else self.extracted.group
        meeting = self.work.new(
            Meeting,
            VISIBILITY,
            title=(self.extracted.title or default_title(name, day))[:500],
            date=day,
            group_id=group["_id"] if group else None,
            group_name=name,
            state="closed" if self.archive else "held",
            agenda=self._agenda(),
            **self._facts(),
        )
        self._event = events.MEETING_CREATED
        self.work.save(meeting, self._event)
        return meeting

    def _fill(self, meeting: Meeting) -> Meeting:
        """A planned meeting, now held: with the facts of the text; its own agenda stays if it has one."""
        if meeting.state == "cancelled":
            raise ConflictError("meeting-state", "state", {"state": meeting.state, "allowed": "draft, convened, held"})
        if self.extracted.date not in (None, meeting.date):
            self._warn("date-differs", text=self.extracted.date or "", meeting=meeting.date)
        state = meeting.state if meeting.state == "closed" else "closed" if self.archive else "held"
        facts = {name: value for name, value in self._facts().items() if value}
        if "attendance" in facts:
            facts |= read_in_with(self.work, meeting, facts["attendance"])
        agenda = meeting.agenda or self._agenda()
        filled = self.work.revise(meeting, state=state, agenda=agenda, **facts)
        self._event = events.MEETING_CHANGED if meeting.state in ("held", "closed") else events.MEETING_HELD
        self.work.save(filled, self._event)
        return filled

    def _link(self, meeting: Meeting, minutes: Minutes) -> None:
        self.work.save(self.work.revise(meeting, minutes_id=minutes.id), self._event)

    def _facts(self) -> dict[str, Any]:
        read = self.extracted
        in_order = read.start is None or read.end is None or read.start <= read.end
        place = read.place[:500] if read.place else None
        attendance = [asdict(entry) for entry in self.attendance]
        return {"start": read.start, "end": read.end if in_order else None, "place": place, "attendance": attendance}

    def _source(self) -> dict[str, Any]:
        given = self.given
        return asdict(Source(sha256=given.sha256, media_type=given.media_type, size=given.size, name=given.name))

    def _agenda(self) -> list[dict[str, Any]]:
        return [
            {
                "title": item.title or item.text,
                "number": item.number,
                "presenter": item.presenter,
                "postponed": item.postponed,
            }
            for item in self.extracted.agenda
        ]

    def _texts(self, meeting: Meeting) -> dict[str, Any]:
        read = self.extracted
        signatory = read.signatory
        return {
            "title": (read.title or meeting.title)[:500],
            "date": meeting.date,
            "group_id": meeting.group_id,
            "group_name": meeting.group_name,
            "start": read.start or meeting.start,
            "end": self._facts()["end"] or meeting.end,
            "place": self._facts()["place"] or meeting.place,
            "preamble": read.preamble or None,
            "agenda": self._agenda(),
            "attendance": [entry.text for entry in self.attendance],
            "present": present(meeting),
            "sections": [_section(section) for section in read.sections],
            "signatory": {"function": signatory.function, "name": signatory.name} if signatory else None,
            "source": self._source(),
        }


def _section(section: Any) -> Section:
    rows = tuple(
        Action(what=row.what, who=row.who, due=row.due, due_date=row.due_date, no_due=fold(row.due or "") in NO_DAY)
        for row in section.actions
    )
    decided = tuple(Decision(text=one.text, to_confirm=one.to_confirm) for one in section.decisions)
    return Section(title=section.title, number=section.number, text=section.text, actions=rows, decisions=decided)


def _directory(work: Work) -> list[DirectoryEntry]:
    known = work.known_institutions.every(TRAVELLING)
    stands_for = led_by(work.known_merges.every())
    entries = [
        DirectoryEntry(one["_id"], one["name"], one.get("acronym"), tuple(one.get("aliases", ())))
        for one in known
        if one["status"] in ("active", "proposed") or stands_for(one["_id"]) != one["_id"]
    ]
    return merged_directory(entries, stands_for)


def _attendance(match: Match) -> Attendance:
    return Attendance(
        text=match.text,
        institution_id=match.institution_id,
        name=match.name,
        acronym=match.acronym,
        match=match.match,
    )
