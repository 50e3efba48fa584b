"""docs/events.md, made from the contracts of the services: what each event says, where it goes, who listens.

Here, because it is a tool for developers that reads all contracts, which neither the chassis nor a service may.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from chassis.contract.envelope import EventType
from chassis.contract.personal import marks
from chassis.process.settings import SERVICES
from launcher.environments import ROOT
from services import registry

FILE = ROOT / "docs" / "events.md"
INTRODUCTION = Path(__file__).with_name("event_catalogue.md")
HEADINGS = ("type", "what happened", "routing key", "consumed by", "usual visibility", "schema")


def render() -> str:
    """The whole page."""
    lines = [INTRODUCTION.read_text(encoding="utf-8").rstrip()]
    for service in SERVICES:
        lines += ["", f"## {service}", *_table(service)]
    lines += ["", "## Golden samples"]
    for service in SERVICES:
        for event in registry.events_of(service):
            lines += _folded(event)
    return "\n".join(lines) + "\n"


def _table(service: str) -> Iterator[str]:
    yield f"| {' | '.join(HEADINGS)} |"
    yield "|---" * len(HEADINGS) + "|"
    for event in registry.events_of(service):
        yield f"| {' | '.join(_row(event))} |"


def _row(event: EventType) -> tuple[str, ...]:
    queues = [f"`{queue.queue}`" for queue in registry.queues_for(event)]
    lifted = f" Lifts {', '.join(f'v{step.since}' for step in event.upcasts)}." if event.upcasts else ""
    return (
        f"[`{event.name}`](#{_anchor(event)})",
        event.about.replace("|", "\\|") + lifted + _personal(event),
        f"`{event.routing_key('*', '*')}`",
        ", ".join(queues) or "–",
        # The sample's: what its noun has by default, or what the act itself makes of it.
        registry.sample(event)["visibility"],
        f"[schema](../tests/contract/released/{event.name}.json)",
    )


def _personal(event: EventType) -> str:
    """Which of its fields tell of persons, and to what end; as the contract marks them."""
    found = [f"`{path}` ({purpose})" for path, purpose in marks(event.schema)]
    return f" **Personal data:** {', '.join(found)}." if found else ""


def _folded(event: EventType) -> Iterator[str]:
    """The sample, which a reader opens; the anchor is what the table points at."""
    path = registry.sample_file(event).relative_to(ROOT)
    yield f'\n<a id="{_anchor(event)}"></a>'
    yield f"<details><summary><code>{event.name}</code></summary>"
    yield f"\n[{path.name}](../{path})"
    yield f"\n```json\n{json.dumps(registry.sample(event), ensure_ascii=False, indent=1)}\n```"
    yield "</details>"


def _anchor(event: EventType) -> str:
    return event.name.replace(".", "-")
