"""Which process of this node sends the next pulse: one for each store, however many run.

The one that started last beats; another takes over, as a new run, when it fell silent. That is told by what is in the
store and by a process's own clock of durations: no clock has to be right. So a run that was taken over never goes on,
and whoever hears two runs in turns hears two stores: two machines (domain/speakers.py).
"""

from chassis.kernel.ids import new_id
from services.federation.domain.link import patience
from services.federation.domain.ports import Beats
from services.federation.handlers.pulse import Memory


class Beater:
    """One process's part of it."""

    def __init__(self, memory: Memory, beats: Beats, interval: int) -> None:
        self._memory, self._beats, self._patience = memory, beats, patience(interval)
        self._begun = False
        self._watched: tuple[tuple[str, int], float] | None = None
        """The last beat of another process, and since when it is the last."""

    def may(self, at: float) -> bool:
        """Whether the next pulse is this process's to send, at this moment of its clock of durations."""
        memory, beats = self._memory, self._beats
        if not self._begun:
            beats.begin(memory.run)
            self._begun = True
        if beats.next(memory.run, memory.sequence + 1):
            self._watched = None
            return True
        last = beats.last()
        if last[0] == memory.run:
            memory.sequence = last[1]  # that number was noted, and its pulse not sent
        elif self._watched is None or self._watched[0] != last:
            self._watched = (last, at)
        elif at - self._watched[1] > self._patience:
            memory.begin(new_id())
            self._watched = None
            return beats.take_over(memory.run, last) and beats.next(memory.run, 1)
        return False
