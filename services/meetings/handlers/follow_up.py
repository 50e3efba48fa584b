"""Use cases of what is said of recommendations of any node: answers and reports."""

from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.errors import ConflictError, ForbiddenError
from chassis.kernel.turns import next_turn
from services.meetings.contract import events
from services.meetings.domain.ports import Work
from services.meetings.domain.recommendation import Recommendation
from services.meetings.domain.response import ProgressReport, Response
from services.meetings.domain.standing import ENDED, addressees
from services.meetings.handlers.checks import reach_of, reason_given, speaking_for, unknown_institutions


def respond(work: Work, *, id: str, institution_id: str | None, **said: Any) -> Response:
    """Accept or decline. Raises: NotFoundError; ForbiddenError not-addressed; ConflictError response-exists."""
    recommendation = open_to_acts(work, id)
    institution = _institution(work, recommendation, institution_id)
    if institution is None:
        refuse([{"field": "institution_id", "code": "required", "params": {}}])
    reason_given(said["decision"] == "declined", said.get("reason"))
    turn = next_turn(turns_known(work, recommendation))
    response = work.new(
        Response,
        reach_of(recommendation),
        recommendation_id=id,
        institution_id=institution,
        turn=turn,
        given_at=work.now,
        **said,
    )
    work.save(response, events.RESPONSE_GIVEN)
    return response


def change_response(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Response:
    """Decide otherwise. Raises: NotFoundError; StaleError; ConflictError not-the-origin, recommendation-over."""
    response = work.responses.own(id, version)
    speaking_for(work, response.institution_id)
    recommendation = open_to_acts(work, response.recommendation_id)
    said = {"decision": response.decision, "reason": response.reason, **changes}
    reason_given(said["decision"] == "declined", said["reason"])
    if work.revise(response, **changes) is response:
        return response
    turn = next_turn(turns_known(work, recommendation))
    changed = work.revise(response, turn=turn, given_at=work.now, **changes)
    work.save(changed, events.RESPONSE_CHANGED)
    return changed


def report_progress(work: Work, *, id: str, institution_id: str | None, **said: Any) -> ProgressReport:
    """Tell how far it is. Raises: NotFoundError; ForbiddenError not-addressed; InvalidError required."""
    recommendation = open_to_acts(work, id)
    institution = _institution(work, recommendation, institution_id)
    if institution is None and work.node not in work.standings.in_charge(recommendation):
        refuse([{"field": "institution_id", "code": "required", "params": {}}])
    turn = next_turn(turns_known(work, recommendation))
    report = work.new(
        ProgressReport, reach_of(recommendation), recommendation_id=id, institution_id=institution, turn=turn, **said
    )
    work.save(report, events.PROGRESS_REPORT_FILED)
    return report


def open_to_acts(work: Work, id: str) -> Recommendation:
    """The recommendation, if its owner has not ended it. Raises: NotFoundError; ConflictError recommendation-over."""
    recommendation = work.recommendations.get(id)
    if recommendation.status in ENDED:
        raise ConflictError("recommendation-over", "status", {"status": recommendation.status})
    return recommendation


def _institution(work: Work, recommendation: Recommendation, named: str | None) -> str | None:
    """For whom the caller speaks: an institution that is asked, or any known one where nobody is named."""
    institution = speaking_for(work, named)
    asked = addressees(recommendation)
    if institution is not None and asked and institution not in asked:
        raise ForbiddenError("not-addressed", "institution_id", {"id": institution})
    if not asked:
        if work.caller.only_for is not None:
            raise ForbiddenError("not-addressed", "institution_id", {"id": str(institution)})
        refuse(unknown_institutions(work, [("institution_id", institution)]))
    return institution


def turns_known(work: Work, recommendation: Recommendation) -> list[int]:
    """The turns of what is known of it here."""
    return [recommendation.reopened_after, *work.standings.turns(recommendation.id)]
