"""Use cases of observations: submit, revise, verify, publish, return."""

from typing import Any

from chassis.contract.envelope import EventType
from chassis.kernel.checks import refuse
from chassis.kernel.errors import FieldError
from services.indicators.contract import events
from services.indicators.domain.faults import fault
from services.indicators.domain.observation import Observation, next_status, observation_faults, submitted_anew
from services.indicators.domain.ports import Work
from services.indicators.domain.verification import Effective, effective
from services.indicators.handlers.checks import unknown_institutions


def create_observation(work: Work, *, visibility: str, **fields: Any) -> Observation:
    """Submit a figure. Raises: InvalidError with every fault; ConflictError observation-exists."""
    observation = work.new(Observation, visibility, **fields)
    refuse(_faults(work, observation))
    work.save(observation, events.OBSERVATION_SUBMITTED)
    return observation


def change_observation(work: Work, *, id: str, version: int | None, changes: dict[str, Any]) -> Observation:
    """Revise a figure, which is then submitted anew. Raises: NotFoundError, StaleError, InvalidError, ConflictError."""
    before = work.observations.own(id, version)
    observation = work.revise(before, **changes)
    if observation == before:
        return before
    observation = work.revise(observation, **submitted_anew(observation))
    refuse(_faults(work, observation))
    work.save(observation, events.OBSERVATION_REVISED)
    return observation


def verify_observation(work: Work, *, id: str, version: int | None) -> Observation:
    """Find a submitted figure sound. Raises: NotFoundError, StaleError, ConflictError observation-status."""
    return _move(work, id, version, "verify", events.OBSERVATION_VERIFIED)


def publish_observation(work: Work, *, id: str, version: int | None) -> Observation:
    """Open a verified figure to the public. Raises: NotFoundError, StaleError, ConflictError observation-status."""
    return _move(work, id, version, "publish", events.OBSERVATION_PUBLISHED, visibility="public")


def return_observation(work: Work, *, id: str, version: int | None, reason: str) -> Observation:
    """Send a figure back with the reason. Raises: NotFoundError, StaleError, ConflictError observation-status."""
    return _move(work, id, version, "return", events.OBSERVATION_RETURNED, reason=reason)


def _move(work: Work, id: str, version: int | None, act: str, event: EventType, **others: Any) -> Observation:
    observation = work.observations.own(id, version)
    moved = work.revise(observation, status=next_status(in_effect(work, observation).status, act), **others)
    work.save(moved, event)
    return moved


def in_effect(work: Work, observation: Observation) -> Effective:
    """Its state by what all nodes said of it."""
    current = work.observations.current([observation.id])[observation.id]
    return effective(observation.status, observation.reason, current, work.verifications.of([observation.id]))


def _faults(work: Work, observation: Observation) -> list[FieldError]:
    giver = unknown_institutions(work, [("institution_id", observation.institution_id)])
    indicator = work.indicators.find(observation.indicator_id)
    if indicator is None:
        return [fault("indicator_id", "indicator-not-found", id=observation.indicator_id), *giver]
    return observation_faults(observation, indicator) + giver
