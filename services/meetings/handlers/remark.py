"""Use cases of remarks: filed on texts of any node, answered where the text is."""

from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.errors import ConflictError, FieldError, NotFoundError
from services.meetings.contract import events
from services.meetings.domain.document import Document, with_section
from services.meetings.domain.ports import Work
from services.meetings.domain.remark import Remark, RemarkAnswer, Target, may_remark, version_in_question
from services.meetings.domain.validation_round import Opinion
from services.meetings.handlers.amendment import PLACE, integrate, placed
from services.meetings.handlers.checks import reach_of, reason_given, speaking_for, unknown_institutions

SAID = ("verdict", "answer", "place", "in_version")


def file_remark(work: Work, noun: str, /, *, id: str, institution_id: str | None, **said: Any) -> Remark:
    """Say something of a text that is out for remarks. Raises: NotFoundError; ConflictError not-open-to-remarks."""
    target: Target = work.minutes.get(id) if noun == "minutes" else work.documents.get(id)
    may_remark(noun, target)
    said = placed(target, said)
    institution = speaking_for(work, institution_id)
    said["section"] = _section(target, said.get("section"))
    refuse(unknown_institutions(work, [("institution_id", institution)]))
    remark = work.new(
        Remark,
        reach_of(target),
        target_kind=noun,
        target_id=id,
        target_version=version_in_question(target),
        institution_id=institution,
        filed_at=work.now,
        **said,
    )
    work.save(remark, events.REMARK_FILED)
    return remark


def change_remark(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Remark:
    """Other words. Raises: NotFoundError; StaleError; ConflictError remark-answered, not-open-to-remarks."""
    remark = work.remarks.own(id, version)
    speaking_for(work, remark.institution_id)
    if work.remark_answers.of_remarks([id]):
        raise ConflictError("remark-answered", "id", {"id": id})
    target = _target(work, remark)
    may_remark(remark.target_kind, target)
    if "section" in changes:
        changes["section"] = _section(target, changes["section"])
    if changes.keys() & {*PLACE, "proposal"}:
        changes = _placed_anew(remark, target, changes)
    if work.revise(remark, **changes) is remark:
        return remark
    question = version_in_question(target)
    changed = work.revise(remark, target_version=question, filed_at=work.now, **changes)
    work.save(changed, events.REMARK_CHANGED)
    return changed


def answer_remark(
    work: Work, *, id: str, becomes: str | None = None, section_id: str | None = None, **said: Any
) -> RemarkAnswer:
    """Take in, or set aside; the text of minutes changes by it (handlers/amendment.py).

    Raises: NotFoundError; ConflictError remark-elsewhere, remark-answered, paragraph-changed; InvalidError.
    """
    remark = work.remarks.get(id)
    target = _target(work, remark)
    _check_verdict(work, target, said)
    changed = integrate(work, remark, target, said["verdict"], becomes=becomes, section_id=section_id)
    return _judge(work, remark, remark.target_kind, target, said | {"minutes_version": changed})


def answer_opinion(work: Work, *, id: str, **said: Any) -> RemarkAnswer:
    """The same of what a group says beside its verdict. Raises: InvalidError nothing-to-answer; as answer_remark."""
    opinion = work.opinions.get(id)
    if not opinion.remarks:
        refuse([{"field": "id", "code": "nothing-to-answer", "params": {"id": id}}])
    target = work.documents.get(work.rounds.get(opinion.round_id).document_id)
    _check_verdict(work, target, said)
    return _judge(work, opinion, "document", target, said)


def _judge(work: Work, remark: Remark | Opinion, kind: str, target: Target, said: dict[str, Any]) -> RemarkAnswer:
    given = work.new(
        RemarkAnswer,
        remark.visibility,
        remark_id=remark.id,
        target_kind=kind,
        target_id=target.id,
        remark_version=remark.version,
        given_at=work.now,
        **said,
    )
    work.save(given, events.REMARK_ANSWER_GIVEN)
    return given


def change_remark_answer(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> RemarkAnswer:
    """Another verdict, or other words. Raises: NotFoundError; StaleError; ConflictError not-the-origin."""
    given = work.remark_answers.own(id, version)
    target = _target(work, given)
    final = target.final if isinstance(target, Document) else None
    if final is not None and given.remark_id in final.handled:
        raise ConflictError("document-final", "verdict", {"number": final.number})
    if changes.get("verdict", given.verdict) != "taken_in":
        changes = {"place": None, "in_version": None, **changes}
    said = {**{name: getattr(given, name) for name in SAID}, **changes}
    _check_verdict(work, target, said)
    # Of what the remark says now: it may have changed on its node before it was judged there.
    judged = work.remarks.find(given.remark_id) or work.opinions.find(given.remark_id)
    changes["remark_version"] = judged.version if judged is not None else given.remark_version
    if work.revise(given, **changes) is given:
        return given
    if said["verdict"] != given.verdict:
        changes["minutes_version"] = _integrated_anew(work, given, said["verdict"])
    changed = work.revise(given, given_at=work.now, **changes)
    work.save(changed, events.REMARK_ANSWER_CHANGED)
    return changed


def _placed_anew(remark: Remark, target: Target, changes: dict[str, Any]) -> dict[str, Any]:
    said = {name: getattr(remark, name) for name in (*PLACE, "section", "proposal")} | changes
    if "paragraph_sha256" not in changes:
        said["paragraph_sha256"] = None  # the paragraph as it is now is meant
    return changes | placed(target, said)


def _integrated_anew(work: Work, given: RemarkAnswer, verdict: str) -> int | None:
    """Raises: ConflictError remark-integrated, where the text has it already."""
    if given.minutes_version is not None:
        raise ConflictError("remark-integrated", "verdict", {"version": given.minutes_version})
    remark = work.remarks.find(given.remark_id)
    return integrate(work, remark, _target(work, remark), verdict) if remark is not None else None


def _check_verdict(work: Work, target: Target, said: dict[str, Any]) -> None:
    """Of who holds the text; set aside with a reason, or taken in somewhere in one of the document's texts."""
    if target.origin != work.node:
        raise ConflictError("remark-elsewhere", "id", {"node": target.origin})
    reason_given(said["verdict"] == "set_aside", said["answer"], "answer")
    errors: list[FieldError] = []
    for field in ("place", "in_version"):
        if said[field] is not None and (said["verdict"] != "taken_in" or not isinstance(target, Document)):
            errors.append({"field": field, "code": "only-for-taken-in", "params": {}})
    number = said["in_version"]
    if not errors and number is not None and isinstance(target, Document) and number > len(target.versions):
        errors.append({"field": "in_version", "code": "text-not-found", "params": {"number": number}})
    refuse(errors)


def _section(target: Target, section: str | None) -> str | None:
    """The heading of the text that is meant. Raises: InvalidError section-not-found."""
    if section is None or not isinstance(target, Document):
        return section
    found = with_section(target.versions[-1], section)
    if found is None:
        refuse([{"field": "section", "code": "section-not-found", "params": {"section": section}}])
    return found


def _target(work: Work, remark: Remark | RemarkAnswer) -> Target:
    records: Any = work.minutes if remark.target_kind == "minutes" else work.documents
    found: Target | None = records.find(remark.target_id)
    if found is None:
        raise NotFoundError(f"{remark.target_kind}-not-found", None, {"id": remark.target_id})
    return found
