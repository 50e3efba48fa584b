"""What the processes are told: all they need, nothing they must not know, and no secret among their arguments."""

from launcher import processes, programs
from launcher.homes import Home
from launcher.settings import SERVICES, Settings

AMQP, MONGO = "amqp://central:broker-secret@127.0.0.1:8081/gtm", "mongodb://127.0.0.1:8086/?directConnection=true"


def test_the_names_are_those_that_status_shows(settings: Settings):
    made = programs.of_services(settings, {})
    assert [one.name for one in made] == [*SERVICES, "gateway"]
    assert set(programs.SHOWN) == {one.name for one in made} | {"broker", "store"}


def test_every_process_is_told_its_node(settings: Settings, home: Home):
    shared = programs.shared_environment(settings, AMQP, MONGO)
    assert shared["GTM_NODE"] == "central"
    assert shared["GTM_HOME"] == str(home.path)
    assert (shared["GTM_AMQP_URI"], shared["GTM_MONGO_URI"]) == (AMQP, MONGO)
    assert shared["GTM_KEYS"] == str(home.path / "keys")
    assert shared["GTM_PUBLIC_URL"] == "http://127.0.0.1:8080"


def test_each_service_has_its_port_for_operators(settings: Settings):
    made = {one.name: one for one in programs.of_services(settings, {})}
    assert [made[name].env["GTM_OPS_PORT"] for name in SERVICES] == ["8091", "8092", "8093", "8094"]


def test_the_administrators_password_is_not_passed_on(settings: Settings):
    shared = programs.shared_environment(settings, AMQP, MONGO)
    assert "secret-of-the-admin" not in str(shared)


def test_no_secret_is_an_argument(settings: Settings):
    made = programs.of_services(settings, programs.shared_environment(settings, AMQP, MONGO))
    assert all("broker-secret" not in " ".join(one.argv) and "broker-secret" not in repr(one) for one in made)


def test_a_node_with_demonstration_data_sends_no_mail(settings: Settings, home: Home):
    assert "GTM_MAIL" not in programs.shared_environment(settings, AMQP, MONGO)
    home.mail_off.touch()
    assert programs.shared_environment(settings, AMQP, MONGO)["GTM_MAIL"] == "off"


def test_a_job_carries_the_mark_of_its_node(settings: Settings, home: Home):
    one = programs.of_services(settings, {})[0]
    job = one.job(processes.mark(home, one.name))
    assert job["env"]["GTM_PROCESS"] == "actors"
    assert job["env"]["GTM_PROCESS_OF"] == processes.mark_of(home)
