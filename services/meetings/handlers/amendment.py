"""Amendments: remarks that put other words in the place of a paragraph, and what taking one in does to the text."""

from dataclasses import replace
from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.errors import ConflictError, FieldError
from services.meetings.contract import events
from services.meetings.domain.markdown import markdown_faults
from services.meetings.domain.minutes import SEALED, Minutes
from services.meetings.domain.paragraph import paragraphs, replaced
from services.meetings.domain.ports import Work
from services.meetings.domain.remark import AMENDMENT, KINDS, Remark, Target
from services.meetings.domain.section import Section, settled

PLACE = ("kind", "section_id", "paragraph", "paragraph_sha256")


def placed(target: Target, said: dict[str, Any]) -> dict[str, Any]:
    """What is said, with the place in the text that is meant. Raises: InvalidError; ConflictError paragraph-changed."""
    kind, number = said.get("kind") or KINDS[0], said.get("paragraph")
    amends = kind == AMENDMENT
    if not isinstance(target, Minutes):
        refuse([_fault(name, "only-for-minutes") for name in ("section_id", "paragraph") if said.get(name)])
        refuse([_fault("kind", "only-for-minutes")] if amends else [])
        return {**said, "kind": kind}
    needed = ("section_id", "paragraph", "proposal") if amends else (("section_id",) if number else ())
    refuse([_fault(name, "required") for name in needed if said.get(name) is None])
    section = _section(target, said.get("section_id"))
    if section is None:
        return {**said, "kind": kind}
    placed = {**said, "kind": kind, "section": said.get("section") or section.title[:500] or None}
    if number is not None:
        placed["paragraph_sha256"] = _sha256(section, number, said.get("paragraph_sha256"))
    refuse(markdown_faults(said.get("proposal") or "", "proposal") if amends else [])
    return placed


def integrate(work: Work, remark: Remark, target: Target, verdict: str, **by: str | None) -> int | None:
    """Change the text as a remark that is taken in wants it, or as `becomes` has it; the version that holds it, if any.

    Raises: ConflictError sealed-by-now, paragraph-changed; InvalidError.
    """
    becomes, named = by.get("becomes"), by.get("section_id")
    if becomes is not None and (verdict != "taken_in" or not isinstance(target, Minutes)):
        refuse([_fault("becomes", "only-for-minutes")])
    amends = remark.kind == AMENDMENT
    if not isinstance(target, Minutes) or verdict != "taken_in" or (becomes is None and not amends):
        return None
    if target.state in SEALED:
        raise ConflictError("sealed-by-now", "verdict", {"id": target.id})
    id = named or remark.section_id
    refuse([] if id else [_fault("section_id", "required")])
    section = _section(target, id)
    if section is None:
        return None
    if becomes is None:
        text = replaced(section.text, remark.paragraph or 0, remark.paragraph_sha256 or "", remark.proposal or "")
    else:
        refuse(markdown_faults(becomes, "becomes"))
        text = becomes
    said = [replace(one, text=text) if one.id == section.id else one for one in target.sections]
    changed = work.revise(target, sections=settled(target.sections, said))
    work.save(changed, events.MINUTES_CHANGED)
    return changed.version


def _section(minutes: Minutes, id: str | None) -> Section | None:
    found = next((one for one in minutes.sections if one.id == id), None)
    if id is not None and found is None:
        refuse([{"field": "section_id", "code": "minutes-section-not-found", "params": {"id": id}}])
    return found


def _sha256(section: Section, number: int, given: str | None) -> str:
    there = paragraphs(section.text)
    if not 1 <= number <= len(there):
        refuse([{"field": "paragraph", "code": "paragraph-not-found", "params": {"last": len(there)}}])
    found = there[number - 1]
    if given is not None and given != found.sha256:
        raise ConflictError("paragraph-changed", "paragraph", {"paragraph": number, "now": found.text[:300]})
    return found.sha256


def _fault(field: str, code: str) -> FieldError:
    return {"field": field, "code": code, "params": {}}
