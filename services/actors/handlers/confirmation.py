"""Use cases of confirmations: a partner says that an intervention of this or another node is still true."""

from chassis.kernel.errors import ForbiddenError
from chassis.kernel.turns import next_turn
from services.actors.contract import events
from services.actors.domain.confirmation import Confirmation, partners
from services.actors.domain.merge import resolve
from services.actors.domain.ports import Work


def confirm_intervention(work: Work, *, id: str, institution_id: str | None, note: str | None) -> Confirmation:
    """Confirm it. Raises: NotFoundError; ForbiddenError own-institution-only, not-a-partner."""
    intervention = work.interventions.get(id)
    own = work.caller.only_for
    if own is not None and institution_id not in (None, own):
        raise ForbiddenError("own-institution-only", "institution_id")
    speaking, known = own or institution_id, work.merges.ways()
    if speaking is not None and resolve(speaking, known) not in partners(intervention, known):
        raise ForbiddenError("not-a-partner", "institution_id", {"id": speaking})
    confirmation = work.new(
        Confirmation,
        "internal" if intervention.visibility == "internal" else "gtm",
        intervention_id=id,
        institution_id=speaking,
        note=note,
        turn=next_turn(one.turn for one in work.confirmations.of([id])),
        confirmed_at=work.now,
    )
    work.save(confirmation, events.CONFIRMATION_GIVEN)
    return confirmation
