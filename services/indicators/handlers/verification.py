"""Use cases of verifications: to judge a figure of this or another node."""

from typing import Any

from chassis.kernel.checks import refuse
from chassis.kernel.errors import StaleError
from chassis.kernel.turns import next_turn
from services.indicators.contract import events
from services.indicators.domain.observation import next_status
from services.indicators.domain.ports import Work
from services.indicators.domain.verification import SETTLED, Verification
from services.indicators.handlers.checks import unknown_institutions


def judge_observation(work: Work, *, id: str, judged_version: int, verdict: str, **said: Any) -> Verification:
    """Find it sound, or send it back. Raises: NotFoundError, StaleError, InvalidError, ConflictError.

    Who judged another version than the one that is known here looks again: it is not the same figure any more.
    """
    observation = work.observations.get(id)
    incarnation, version = work.observations.current([id])[id]
    if judged_version != version:
        raise StaleError("stale-version", "judged_version", {"given": judged_version, "current": version})
    if observation.status in SETTLED:
        next_status(observation.status, "verify")
    if verdict == "returned" and not said.get("reason"):
        refuse([{"field": "reason", "code": "return-reason-needed", "params": {}}])
    said["institution_id"] = said.get("institution_id") or work.caller.principal.institution_id
    refuse(unknown_institutions(work, [("institution_id", said["institution_id"])]))
    verification = work.new(
        Verification,
        "internal" if observation.visibility == "internal" else "gtm",
        observation_id=id,
        judged_version=version,
        judged_incarnation=incarnation,
        verdict=verdict,
        turn=next_turn(one.turn for one in work.verifications.of([id])),
        given_at=work.now,
        **said,
    )
    work.save(verification, events.VERIFICATION_GIVEN)
    return verification
