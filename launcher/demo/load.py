"""The steps of the demonstration, in order: each puts its entries on the node, one by one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from launcher.demo import actors, indicators, meetings
from launcher.demo.catalogue import Entry, entries, follow_ups, observations, recommendations
from launcher.demo.node import Node


@dataclass(frozen=True)
class Step:
    """Entries of one kind; `load` says whether it changed anything on the node."""

    noun: str
    entries: Sequence[Entry]
    load: Callable[[Node, Entry], bool]


@dataclass(frozen=True)
class Done:
    """What a step found and did."""

    noun: str
    entries: int
    changed: int


def steps() -> list[Step]:
    """All steps; a later one counts on the earlier ones."""
    told = [meeting for meeting in entries("meeting") if "text" in meeting]
    return [
        Step("institutions", entries("institution"), actors.load_institution),
        Step("members", entries("institution"), actors.load_member),
        Step("focal-points", entries("focal_point"), actors.load_focal_point),
        Step("meetings", entries("meeting"), meetings.load_meeting),
        Step("interventions", entries("intervention"), actors.load_intervention),
        Step("minutes", told, meetings.load_minutes),
        Step("follow-ups", tuple(follow_ups()), meetings.load_follow_up),
        Step("recommendations", tuple(recommendations()), meetings.load_recommendation),
        Step("indicators", entries("indicator"), indicators.load_indicator),
        Step("observations", observations(), indicators.load_observation),
    ]


def load(node: Node, plan: Sequence[Step], tell: Callable[[Step], None]) -> list[Done]:
    """Run the steps; `tell` is called after each entry."""
    done = []
    for step in plan:
        changed = 0
        for entry in step.entries:
            changed += step.load(node, entry)
            tell(step)
        done.append(Done(step.noun, len(step.entries), changed))
    return done
