"""What is asked of the services, call by call, so that who is let in changes nothing: a version that no record has, an
answer that was given before. How it ended is told in one of three words.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chassis.kernel.errors import ForbiddenError, NotFoundError, PlatformError
from tests.integration.rights.cast import COLLECTIONS, CONTENT, FILE, PROOF, PROOF_TEXT, Cast, Made
from tests.integration.rights.oracle import Person, may, sees

STALE = 999_999
IN, REFUSED, HIDDEN = "in", "refused", "hidden"
Fields = dict[str, Any]

CHANGES: dict[str, Fields] = {
    "institution": {"mandate": "autre"},
    "focal_point": {"function": "autre"},
    "group": {"aliases": ["autre"]},
    "intervention": {"description": "autre"},
    "meeting": {"place": "autre"},
    "minutes": {"preamble": "autre"},
    "recommendation": {"due_text": "autre"},
    "response": {"reason": "autre"},
    "referral_answer": {"reason": "autre"},
    "document": {"summary": "autre"},
    "round": {"note": "autre"},
    "opinion": {"remarks": "autre"},
    "rsvp": {"reason": "autre"},
    "attendee": {"function": "autre"},
    "remark": {"proposal": "autre"},
    "remark_answer": {"answer": "autre"},
    "framework": {"name": "autre"},
    "indicator": {"definition": "autre"},
    "observation": {"source": "autre"},
}
PLURALS = {"minutes": "minutes"}


@dataclass(frozen=True)
class Ask:
    """One call about one record."""

    noun: str
    said: Callable[[Cast], Fields] = field(default=lambda _cast: {})
    about: Callable[[Cast, Made], Fields] = field(default=lambda _cast, _made: {})
    """What else is said, of the very record."""
    versioned: bool = False
    """Whether it names the version of the record: one that it never had, unless the refusal is looked for."""


def plural(noun: str) -> str:
    return PLURALS.get(noun, f"{noun}s")


def _acts(noun: str, *acts: str, **said: Any) -> dict[str, Ask]:
    return {f"{act}_{noun}": Ask(noun, lambda _cast: said, versioned=True) for act in acts}


def _changes() -> dict[str, Ask]:
    return {f"change_{noun}": _change(noun, said) for noun, said in CHANGES.items()}


def _change(noun: str, said: Fields) -> Ask:
    return Ask(noun, lambda _cast: {"changes": said}, versioned=True)


ABOUT: dict[str, Ask] = {
    **{f"get_{noun}": Ask(noun) for noun in COLLECTIONS if noun != "node"},
    **_changes(),
    **_acts("meeting", "convene", "hold", "close", "postpone", "cancel"),
    **_acts("minutes", "circulate", deadline="2099-12-31"),
    **_acts("minutes", "adopt", "publish"),
    **_acts("recommendation", "start", "complete", "verify", "reopen", "cancel"),
    **_acts("document", "revise", reference="https://exemple.ne/autre.pdf"),
    **_acts("document", "supersede", "finalise"),
    **_acts("document", "integrate", reference="https://exemple.ne/finale.pdf"),
    **_acts("document", "circulate", deadline="2099-12-31"),
    "get_handled": Ask("document"),
    **_acts("round", "close", outcome="validated"),
    **_acts("observation", "verify", "publish"),
    **_acts("observation", "return", reason="à revoir"),
    **_acts("notification", "read"),
    "render_minutes": Ask("minutes", lambda _cast: {"format": "text", "language": "fr"}),
    "render_convocation": Ask("meeting"),
    "render_attendance_sheet": Ask("meeting"),
    "minutes_docx": Ask("meeting", lambda _cast: {"skeleton": True}),
    "list_files": Ask("document"),
    "list_meeting_papers": Ask("meeting"),
    "read_file": Ask("document", lambda _cast: {"sha256": FILE["sha256"], "start": 0, "length": len(CONTENT)}),
    "show_preview": Ask("document", lambda _cast: {"sha256": FILE["sha256"]}),
    "fetch_file": Ask("document", lambda _cast: {"sha256": FILE["sha256"]}),
    "remove_file": Ask("document", lambda _cast: {"sha256": FILE["sha256"]}, versioned=True),
    "add_file": Ask("document", lambda _c: {**FILE, "name": "plan.txt", "media_type": "text/plain"}, versioned=True),
    "get_section": Ask("minutes", about=lambda cast, made: {"section_id": cast.sections[made.id]}),
    "save_section": Ask(
        "minutes",
        lambda _cast: {"revision": STALE, "changes": {"text": "autre"}},
        lambda cast, made: {"section_id": cast.sections[made.id]},
    ),
    "correct_minutes": Ask("minutes", lambda _cast: {"reason": "autre"}),
    "get_seal": Ask("minutes"),
    "get_difference": Ask("minutes", about=lambda _cast, made: {"from": made.id}),
    "list_report_files": Ask("progress_report"),
    "read_file_of_report": Ask("progress_report", lambda _cast: {"sha256": PROOF["sha256"], "start": 0, "length": 3}),
    "fetch_report_file": Ask("progress_report", lambda _cast: {"sha256": PROOF["sha256"]}),
    "keep_report_file_part": Ask("progress_report", lambda _cast: {**PROOF, "start": 0, "content_base64": PROOF_TEXT}),
    "add_report_file": Ask(
        "progress_report", lambda _cast: {**PROOF, "name": "a.txt", "media_type": "text/plain"}, versioned=True
    ),
    "remove_report_file": Ask("progress_report", lambda _cast: {"sha256": PROOF["sha256"]}, versioned=True),
    # What would be made is there already, or is put wrongly where that is found out last.
    "respond": Ask("recommendation", lambda cast: {"decision": "accepted", "institution_id": cast.own}),
    "refer_recommendation": Ask("recommendation", lambda cast: {"to_group_id": cast.group}),
    "answer_referral": Ask("referral", lambda _cast: {"verdict": "accepted"}),
    "open_round": Ask("document", lambda cast: {"group_ids": [cast.group], "deadline": "2001-01-01"}),
    # Others than the keepers of the directory speak of themselves alone: nobody of the cast is that person.
    **_acts("focal_point", "consent", "withdraw_consent", purpose="directory"),
    **_acts("focal_point", "erase", reason="asked"),
    "judge_observation": Ask("observation", lambda _cast: {"judged_version": STALE, "verdict": "verified"}),
    "undo_merge": Ask("merge"),
    "next_meeting": Ask("meeting", lambda _cast: {}),
    "answer_invitation": Ask("meeting", lambda cast: {"answer": "accepted", "institution_id": cast.own}),
    "get_attendance": Ask("meeting"),
    "sign_in": Ask("meeting", lambda cast: {"institution_id": cast.other, "status": "delegate"}),
    **_acts("attendee", "remove"),
    **_acts("attendee", "erase", reason="asked"),
    "remark_on_minutes": Ask("minutes", lambda _cast: {"text": "autre"}),
    "remark_on_document": Ask("document", lambda _cast: {"text": "autre"}),
    "answer_remark": Ask("remark", lambda _cast: {"verdict": "taken_in"}),
    "answer_opinion": Ask("opinion", lambda _cast: {"verdict": "taken_in"}),
    "give_opinion": Ask("round", lambda cast: {"group_id": cast.group, "verdict": "favourable"}),
}
"""Calls about a record that exists."""
MAKING = {"report_progress", "confirm_intervention", "create_intervention", "create_observation"}
"""What a focal point may make: see test_a_focal_point_makes_for_its_own_institution_alone."""
LISTS = {f"list_{plural(noun)}": noun for noun in COLLECTIONS}
ALONE = {
    "ready", "list_events", "list_history", "log_status", "compact_log", "list_parked", "get_parked", "replay_parked",
    "drop_parked", "lag", "count_resendable", "resend_events", "forget_copies", "count_leaving", "list_carried",
    "look_for_events", "show_comparisons", "verify_trail", "list_carried_files", "read_carried_part",
    "keep_carried_part", "export_person", "list_accesses", "merge_institutions",
    "create_institution", "create_group", "create_focal_point",
    "list_references", "get_reference", "create_meeting", "import_minutes", "create_recommendation", "submit_document",
    "keep_file_part", "list_proposals", "list_series", "get_calendar", "get_participation", "create_framework",
    "create_indicator", "get_node", "status", "heard", "draft_minutes", "list_decisions", "get_recommendations_summary",
    "create_invitation", "enrol_node", "join_hub", "suspend_node", "resume_node", "remove_node", "begin_export",
    "close_export", "open_import", "import_block", "close_import", "search",
}  # fmt: skip
"""Calls about no record of the cast: who may make them is all there is to say."""


def expected(service: str, call: str, person: Person, made: Made, cast: Cast) -> str:
    """How a call about a record ends, by the table."""
    held = may(service, call, person)
    if held == "no":
        return REFUSED
    if made.noun == "notification":
        own = person.name == cast.reader or (call == "get_notification" and "admin" in person.roles)
        return IN if own else HIDDEN
    if not sees(made.service, made.level, made.owner, person):
        return HIDDEN
    others = made.owner is not None and made.owner != person.institution
    return REFUSED if held == "own" and others else IN


def payload(call: str, person: Person, made: Made, cast: Cast) -> Fields:
    """What is said in the call."""
    ask = ABOUT[call]
    held = may(made.service, call, person) if ask.versioned else "yes"
    version = {"version": made.version if held == "own" and made.owner != person.institution else STALE}
    said = ask.said(cast) | ask.about(cast, made)
    return {"id": made.id, **said, **(version if ask.versioned else {})}


def outcome(asked: Callable[[], Any]) -> str:
    """How a call to a service ended."""
    try:
        asked()
    except ForbiddenError:
        return REFUSED
    except NotFoundError:
        return HIDDEN
    except PlatformError:
        return IN
    return IN
