"""A call is not committed once its caller has given up, however far it had come."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from chassis.kernel.errors import UnavailableError
from chassis.kernel.principal import Caller
from chassis.service import Service


class Recorder:
    """A store that only notes whether a unit of work came to its commit."""

    def __init__(self) -> None:
        self.committed = 0

    @contextmanager
    def work(self, caller: Caller) -> Iterator[Any]:
        yield SimpleNamespace(caller=caller)
        self.committed += 1


def carry_out(deadline: float | None, takes: float = 0.0) -> Recorder:
    service = Service()
    store = Recorder()
    service.store = store  # type: ignore[assignment]

    def act(_work: Any) -> dict[str, Any]:
        time.sleep(takes)
        return {}

    service._carry_out(Caller(correlation_id="a", deadline=deadline), {}, act)
    return store


def test_in_time_or_without_a_deadline_it_is_committed() -> None:
    assert carry_out(time.time() + 60).committed == 1
    assert carry_out(None).committed == 1


def test_work_that_ends_after_the_deadline_is_not_committed() -> None:
    with pytest.raises(UnavailableError) as refused:
        carry_out(time.time() + 0.05, takes=0.1)
    assert refused.value.code == "deadline-passed"
