"""What the processes are told: all they need, nothing they must not know, and no secret among their arguments."""

import pytest

from launcher import processes, programs
from launcher.backing import Backing
from launcher.homes import Home
from launcher.settings import SERVICES, Settings

PROCESSES = (*SERVICES, "gateway")
URL = "http://central.administrator:the-secret@127.0.0.1:8082"


def backings(management: str | None = URL) -> dict[str, Backing]:
    """Broker and store of ours, with an account for each process."""
    amqp = {name: f"amqp://central.{name}:amqp-of-{name}@127.0.0.1:8081/gtm" for name in PROCESSES}
    mongo = {name: f"mongodb://{name}:mongo-of-{name}@127.0.0.1:8086/" for name in PROCESSES}
    return {
        "broker": Backing(
            name="broker", uri="amqp://central.launcher:of-the-launcher@b/", uris=amqp, management=management
        ),
        "store": Backing(name="store", uri="mongodb://launcher:of-the-launcher@s/", uris=mongo),
    }


def test_the_names_are_those_that_status_shows(settings: Settings):
    made = programs.of_services(settings, {}, {})
    assert [one.name for one in made] == [*settings.services, "gateway"]
    assert set(programs.shown(settings.services)) == {one.name for one in made} | {"broker", "store"}


def test_every_process_is_told_its_node(settings: Settings, home: Home):
    shared = programs.shared_environment(settings)
    assert shared["GTM_NODE"] == "central"
    assert shared["GTM_HOME"] == str(home.path)
    assert shared["GTM_KEYS"] == str(home.path / "keys")
    assert shared["GTM_PUBLIC_URL"] == "http://127.0.0.1:8080"


def test_each_service_has_its_port_for_operators(settings: Settings):
    made = {one.name: one for one in programs.of_services(settings, {}, {})}
    assert [made[name].env["GTM_OPS_PORT"] for name in SERVICES[:4]] == ["8091", "8092", "8093", "8094"]


def test_the_administrators_password_is_not_passed_on(settings: Settings):
    shared = programs.shared_environment(settings)
    assert "secret-of-the-admin" not in str(shared)


def test_no_secret_is_an_argument(settings: Settings):
    made = programs.of_services(settings, programs.shared_environment(settings), backings())
    assert all("-of-" not in " ".join(one.argv) and "-of-" not in repr(one) for one in made)


def test_each_process_has_its_own_secrets_alone(home: Home):
    settings = node(home, GTM_SMTP_URL="smtp://u:of-the-mail@h", GTM_AMQP_URI="amqp://u:of-the-caller@h/", PATH="/bin")
    made = programs.of_services(settings, programs.shared_environment(settings), backings())
    for one in made:
        told = str(one.env)
        assert [name for name in PROCESSES if f"amqp-of-{name}@" in told] == [one.name]
        assert [name for name in PROCESSES if f"mongo-of-{name}@" in told] == [one.name]
        assert "of-the-launcher" not in told
        assert "of-the-caller" not in told
        assert ("of-the-mail" in told) is (one.name == "notifications")


def test_a_broker_and_a_store_of_others_have_one_address_for_all(settings: Settings):
    given = {"broker": Backing(name="broker", uri="amqp://b/"), "store": Backing(name="store", uri="mongodb://s/")}
    for one in programs.of_services(settings, {}, given):
        assert (one.env["GTM_AMQP_URI"], one.env["GTM_MONGO_URI"]) == ("amqp://b/", "mongodb://s/")


def test_a_node_with_demonstration_data_sends_no_mail(settings: Settings, home: Home):
    assert "GTM_MAIL" not in programs.shared_environment(settings)
    home.mail_off.touch()
    assert programs.shared_environment(settings)["GTM_MAIL"] == "off"


def test_a_job_carries_the_mark_of_its_node(settings: Settings, home: Home):
    one = programs.of_services(settings, {}, {})[0]
    job = one.job(processes.mark(home, one.name))
    assert job["env"]["GTM_PROCESS"] == "actors"
    assert job["env"]["GTM_PROCESS_OF"] == processes.mark_of(home)


def node(home: Home, **environ: str) -> Settings:
    return Settings.from_environment({"GTM_HOME": str(home.path), **environ})


def test_a_node_runs_the_services_of_its_description_and_no_others(home: Home):
    ins = node(home, GTM_NODE="ins")
    names = [one.name for one in programs.of_services(ins, {}, {})]
    assert [name for name in names if name != "federation"] == ["actors", "indicators", "notifications", "gateway"]
    assert programs.shared_environment(ins)["GTM_SERVICES"].split() == names[:-1]
    assert programs.shared_environment(ins)["GTM_HUB"] == "central"
    assert "GTM_HUB" not in programs.shared_environment(node(home))


def test_who_administers_the_broker_is_told_to_one_service_alone(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("chassis.federation.nodes.installed", lambda services: tuple(services))
    settings = node(home, GTM_AMQP_MANAGEMENT_URL="http://x:of-the-caller@127.0.0.1:1", GTM_LINK_PORT="5671")
    shared = programs.shared_environment(settings)
    made = {one.name: one for one in programs.of_services(settings, shared, backings())}
    knowing = [name for name, one in made.items() if "the-secret" in str(one.env) or "of-the-caller" in str(one.env)]
    assert knowing == ["federation"]
    told = made["federation"].env
    assert (told["GTM_AMQP_MANAGEMENT_URL"], told["GTM_OPS_PORT"]) == (URL, "8089")
    assert (told["GTM_LINK_HOST"], told["GTM_LINK_PORT"]) == ("localhost", "5671")
    assert told["GTM_NODE_FILE"].endswith("deploy/nodes/central.toml")
    assert "meetings=127.0.0.1:8092" in told["GTM_OPS_ADDRESSES"].split()
    given = programs.of_services(settings, shared, backings(management=None))[4]
    assert given.env["GTM_AMQP_MANAGEMENT_URL"] == "http://x:of-the-caller@127.0.0.1:1"  # of a broker that is not ours
