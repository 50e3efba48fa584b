"""Who speaks as a node: one machine after another, or two at once, told by the order of beats alone and by no clock.

One process at a time beats for a node's store (repository/beats.py), and a run that was taken over never goes on. So
runs follow each other: after a restart, after a process that took over. Where a run goes on again and again after a
later one began, there are two stores that think they are the node: two machines.
"""

from dataclasses import dataclass, replace

RETURNS = 2
"""One beat of a run that is over may still come: sent, and held up on its way. A second does not."""
STEADY = 20  # beats of the newest run in a row, after which a late one is forgotten
REMEMBERED = 8


@dataclass(frozen=True)
class Speakers:
    """What is remembered of a node's runs: (run, highest beat) as they began, the newest last."""

    runs: tuple[tuple[str, int], ...] = ()
    last: str = ""
    returns: int = 0
    steady: int = 0

    def hear(self, run: str, sequence: int) -> "Speakers":
        """After this beat; one that was delivered once more changes nothing."""
        known = dict(self.runs)
        if known.get(run, 0) >= sequence:
            return self
        newest = run not in known or run == self.runs[-1][0]
        steady = self.steady + 1 if newest and run == self.last else 0
        returned = not newest and run != self.last
        returns = 0 if steady >= STEADY else self.returns + returned
        runs = tuple((known | {run: sequence}).items())[-REMEMBERED:]
        return replace(self, runs=runs, last=run, returns=returns, steady=steady)

    @property
    def twice(self) -> bool:
        """Whether two machines speak as the node."""
        return self.returns >= RETURNS
