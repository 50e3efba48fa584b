"""Use cases of remarks: filed on texts of any node, answered where the text is."""

from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.errors import ConflictError, NotFoundError
from services.meetings.contract import events
from services.meetings.domain.ports import Work
from services.meetings.domain.remark import Remark, RemarkAnswer, Target, may_remark, version_in_question
from services.meetings.handlers.amendment import PLACE, integrate, placed
from services.meetings.handlers.checks import reach_of, reason_given, speaking_for, unknown_institutions


def file_remark(work: Work, noun: str, /, *, id: str, institution_id: str | None, **said: Any) -> Remark:
    """Say something of a text that is out for remarks. Raises: NotFoundError; ConflictError not-open-to-remarks."""
    target: Target = work.minutes.get(id) if noun == "minutes" else work.documents.get(id)
    may_remark(noun, target)
    said = placed(target, said)
    institution = speaking_for(work, institution_id)
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
    if changes.keys() & {*PLACE, "proposal"}:
        changes = _placed_anew(remark, target, changes)
    if work.revise(remark, **changes) is remark:
        return remark
    question = version_in_question(target)
    changed = work.revise(remark, target_version=question, filed_at=work.now, **changes)
    work.save(changed, events.REMARK_CHANGED)
    return changed


def answer_remark(work: Work, *, id: str, verdict: str, answer: str | None, **by: str | None) -> RemarkAnswer:
    """Take in, or set aside; the text of minutes changes by it (handlers/amendment.py).

    Raises: NotFoundError; ConflictError remark-elsewhere, remark-answered, paragraph-changed; InvalidError.
    """
    remark = work.remarks.get(id)
    target = _target(work, remark)
    if target.origin != work.node:
        raise ConflictError("remark-elsewhere", "id", {"node": target.origin})
    reason_given(verdict == "set_aside", answer, "answer")
    given = work.new(
        RemarkAnswer,
        remark.visibility,
        remark_id=id,
        target_kind=remark.target_kind,
        target_id=remark.target_id,
        verdict=verdict,
        answer=answer,
        minutes_version=integrate(work, remark, target, verdict, **by),
        given_at=work.now,
    )
    work.save(given, events.REMARK_ANSWER_GIVEN)
    return given


def change_remark_answer(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> RemarkAnswer:
    """Another verdict, or other words. Raises: NotFoundError; StaleError; ConflictError not-the-origin."""
    given = work.remark_answers.own(id, version)
    said = {"verdict": given.verdict, "answer": given.answer, **changes}
    reason_given(said["verdict"] == "set_aside", said["answer"], "answer")
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


def _target(work: Work, remark: Remark) -> Target:
    records: Any = work.minutes if remark.target_kind == "minutes" else work.documents
    found: Target | None = records.find(remark.target_id)
    if found is None:
        raise NotFoundError(f"{remark.target_kind}-not-found", None, {"id": remark.target_id})
    return found
