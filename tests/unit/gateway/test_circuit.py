"""When calls to a service that is away are refused at once, and when they are let through again."""

from prometheus_client import REGISTRY

from gateway.circuit import LOOK_EVERY, MUTE_AFTER, Circuits

GIVES_UP = 1010.0


def nobody(_service: str) -> int:
    return 0


def somebody(_service: str) -> int:
    return 1


def never(_service: str) -> int:
    raise AssertionError("must not be asked")


def test_a_service_nothing_is_known_of_is_called() -> None:
    assert Circuits().refusal("actors", 1000.0, GIVES_UP, never) is None


def test_a_stopped_service_is_refused_without_asking_each_time() -> None:
    circuits = Circuits()
    circuits.stopped("actors", 1000.0)
    assert circuits.refusal("actors", 1000.0 + LOOK_EVERY / 2, GIVES_UP, never) == "service-away"
    assert circuits.refusal("meetings", 1000.0, GIVES_UP, never) is None
    assert circuits.refusal("actors", 1000.0 + LOOK_EVERY, GIVES_UP, nobody) == "service-away"
    assert circuits.refusal("actors", 1000.0 + LOOK_EVERY * 1.5, GIVES_UP, never) == "service-away"


def test_all_calls_go_through_once_it_consumes_again() -> None:
    circuits = Circuits()
    circuits.stopped("actors", 1000.0)
    assert circuits.refusal("actors", 1001.0, GIVES_UP, somebody) is None
    assert circuits.refusal("actors", 1001.0, GIVES_UP, never) is None


def test_a_queue_that_is_gone_is_left_to_the_broker_to_tell() -> None:
    circuits = Circuits()
    circuits.stopped("actors", 1000.0)
    assert circuits.refusal("actors", 1001.0, GIVES_UP, lambda _: None) is None


def test_a_slow_answer_opens_nothing_while_others_are_answered() -> None:
    circuits = Circuits()
    circuits.answered("meetings", 1001.0)
    circuits.waits("meetings", sent=1000.0, now=1000.0 + 2 * MUTE_AFTER)
    circuits.waits("actors", sent=1000.0, now=1000.0 + MUTE_AFTER / 2)
    assert circuits.refusal("meetings", 1010.0, GIVES_UP, never) is None
    assert circuits.refusal("actors", 1010.0, GIVES_UP, never) is None


def test_a_mute_service_gets_one_call_at_a_time_until_it_answers() -> None:
    circuits = Circuits()
    circuits.waits("actors", sent=1000.0, now=1000.0 + MUTE_AFTER)
    assert circuits.refusal("actors", 1003.1, 1013.0, never) == "service-mute"
    assert circuits.refusal("actors", 1003.5, 1013.5, somebody) is None
    assert circuits.refusal("actors", 1004.0, 1014.0, never) == "service-mute"
    assert circuits.refusal("actors", 1013.5, 1023.5, somebody) is None
    circuits.answered("actors", 1014.0)
    assert circuits.refusal("actors", 1014.0, 1024.0, never) is None


def test_a_mute_service_that_ends_is_stopped() -> None:
    circuits = Circuits()
    circuits.waits("actors", sent=1000.0, now=1003.0)
    assert circuits.refusal("actors", 1004.0, 1014.0, nobody) == "service-away"
    assert circuits.refusal("actors", 1005.0, 1015.0, somebody) is None


def test_a_lost_broker_makes_all_forgotten() -> None:
    circuits = Circuits()
    circuits.stopped("actors", 1000.0)
    circuits.forget()
    assert circuits.refusal("actors", 1000.0, GIVES_UP, never) is None


def figure(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"service": "figures", **labels})


def test_what_is_open_is_told_to_prometheus() -> None:
    circuits = Circuits()
    circuits.stopped("figures", 1000.0)
    circuits.stopped("figures", 1000.5)
    assert figure("gtm_circuit_open") == 1
    assert figure("gtm_circuit_opened_total", reason="service-away") == 1
    circuits.answered("figures", 1001.0)
    assert figure("gtm_circuit_open") == 0
    circuits.waits("figures", sent=1002.0, now=1002.0 + MUTE_AFTER)
    assert (figure("gtm_circuit_open"), figure("gtm_circuit_opened_total", reason="service-mute")) == (1, 1)
    circuits.forget()
    assert figure("gtm_circuit_open") == 0
