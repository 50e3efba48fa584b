"""Frameworks (*cadres de résultats*): a plan's tree, axis → objective → result → activity, with codes and years."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chassis.kernel.errors import FieldError
from chassis.kernel.record import Record
from services.indicators.domain.faults import fault

LEVELS = ("axis", "objective", "result", "activity", "programme", "sub_programme")


@dataclass(frozen=True, kw_only=True)
class Node:
    """A line of the plan; `parent` is the code of the line above, None at the top."""

    code: str
    parent: str | None = None
    level: str = "objective"
    labels: dict[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class Framework(Record):
    """A plan or policy that indicators answer to; `starts` and `ends` are years, both part of it."""

    code: str
    name: str
    starts: int
    ends: int
    labels: dict[str, str] | None = None
    nodes: tuple[Node, ...] = ()


def framework_faults(framework: Framework) -> list[FieldError]:
    """Years in order; codes unique; parents there; no line above itself."""
    faults: list[FieldError] = []
    if framework.ends < framework.starts:
        faults.append(fault("ends", "ends-before-start", start=framework.starts))
    return faults + _tree_faults(framework.nodes)


def has_node(framework: Framework, code: str) -> bool:
    """Whether the plan has this line."""
    return any(node.code == code for node in framework.nodes)


def _tree_faults(nodes: Sequence[Node]) -> list[FieldError]:
    times, seen = Counter(node.code for node in nodes), set[str]()
    parents = {node.code: node.parent for node in nodes}
    faults: list[FieldError] = []
    for place, node in enumerate(nodes):
        if node.code in seen:
            faults.append(fault(f"nodes.{place}.code", "code-twice", value=node.code))
        elif node.parent is not None and node.parent not in times:
            faults.append(fault(f"nodes.{place}.parent", "parent-not-found", value=node.parent))
        elif node.code in _loop(node.code, parents):
            faults.append(fault(f"nodes.{place}.parent", "parent-cycle", value=node.code))
        seen.add(node.code)
    return faults


def _loop(code: str, parents: dict[str, str | None]) -> set[str]:
    """The codes above this one, until the top or until one comes again. Cost: the depth of the tree."""
    above: set[str] = set()
    step = parents.get(code)
    while step is not None and step not in above:
        above.add(step)
        step = parents.get(step)
    return above
