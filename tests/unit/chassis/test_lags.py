"""At most how old the oldest unhandled event of a queue is, by what a process can see of it."""

from chassis.events.monitor import Lags

QUEUE = "meetings.on_institution"


def test_nothing_waits_nothing_is_late() -> None:
    lags = Lags()
    lags.took(QUEUE, 1000.0)
    assert lags.of(QUEUE, 5000.0, waiting=False) == 0


def test_what_waits_is_no_older_than_the_last_time_nothing_did() -> None:
    lags = Lags()
    lags.caught_up(QUEUE, 1000.0)
    assert lags.of(QUEUE, 1010.0, waiting=True) == 10
    assert lags.of(QUEUE, 1020.0, waiting=True) == 20
    lags.caught_up(QUEUE, 1030.0)
    assert lags.of(QUEUE, 1030.0, waiting=False) == 0


def test_what_waits_is_no_older_than_what_was_taken() -> None:
    lags = Lags()
    lags.caught_up(QUEUE, 1000.0)
    lags.took(QUEUE, 1050.0)
    assert lags.of(QUEUE, 1060.0, waiting=True) == 10
    lags.took(QUEUE, 900.0)  # one that came back from the ladder
    assert lags.of(QUEUE, 1060.0, waiting=True) == 10


def test_a_process_that_finds_a_full_queue_counts_from_then() -> None:
    lags = Lags()
    assert lags.of(QUEUE, 1000.0, waiting=True) == 0
    assert lags.of(QUEUE, 1010.0, waiting=True) == 10


def test_an_event_that_fails_is_late_though_the_queue_is_empty() -> None:
    lags = Lags()
    lags.failed(QUEUE, "one", 1000.0, due=1061.0)
    lags.failed(QUEUE, "two", 1030.0, due=1061.0)
    assert lags.of(QUEUE, 1040.0, waiting=False) == 40
    assert lags.of("meetings.on_group", 1040.0, waiting=False) == 0
    lags.settled(QUEUE, "one")
    assert lags.of(QUEUE, 1040.0, waiting=False) == 10
    lags.settled(QUEUE, "two")
    assert lags.of(QUEUE, 1040.0, waiting=False) == 0


def test_an_event_that_came_back_to_another_process_is_forgotten() -> None:
    lags = Lags()
    lags.failed(QUEUE, "one", 1000.0, due=1010.0)
    assert lags.of(QUEUE, 1100.0, waiting=False) == 100
    assert lags.of(QUEUE, 1200.0, waiting=False) == 0
