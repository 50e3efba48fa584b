"""docker-compose.yml keeps its promises: nothing open, nothing guessable, nothing without a limit."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
PARTS: dict[str, Any] = COMPOSE["services"]
SERVICES = tuple(COMPOSE["x-node"]["GTM_SERVICES"].split())
ONE_SHOT = ("store-setup", "first-account")
OURS = (*SERVICES, "gateway", *ONE_SHOT)
HOME_COMPUTER = 4096  # megabytes
# Understood by Compose 2 and later only; the rest by 1.29 too.
TOO_NEW = ("include", "name", "configs", "version")


def megabytes(limit: str) -> int:
    """256m → 256."""
    assert limit.endswith("m")
    return int(limit[:-1])


def test_every_process_of_the_node_is_there() -> None:
    assert set(PARTS) == {*OURS, "rabbitmq", "mongo", "prometheus", "grafana"}


def test_only_what_old_compose_understands() -> None:
    assert not set(TOO_NEW) & set(COMPOSE)
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert "start_interval" not in text
    assert not re.search(r"\$\{\w+:\+", text)


@pytest.mark.parametrize("name", PARTS)
def test_each_is_guarded(name: str) -> None:
    part = PARTS[name]
    assert part["read_only"] is True
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid"} & set(part)
    assert part["logging"]["options"].keys() == {"max-size", "max-file"}
    assert part["restart"] == ("no" if name in ONE_SHOT else "unless-stopped")


def test_all_of_it_fits_an_office_computer() -> None:
    assert sum(megabytes(part["mem_limit"]) for name, part in PARTS.items() if name not in ONE_SHOT) < HOME_COMPUTER


@pytest.mark.parametrize("name", [*SERVICES, "gateway", "rabbitmq", "mongo"])
def test_each_says_whether_it_is_ready(name: str) -> None:
    assert PARTS[name]["healthcheck"]["test"][0] == "CMD"
    assert "stop_grace_period" in PARTS[name]


def test_broker_store_and_most_services_see_no_outside() -> None:
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    inside_only = {name for name, part in PARTS.items() if part["networks"] == ["inside"]}
    assert inside_only == {"mongo", "rabbitmq", "actors", "meetings", "indicators", *ONE_SHOT}


def test_what_is_published_is_on_the_loopback_address() -> None:
    published = {name: part["ports"] for name, part in PARTS.items() if "ports" in part}
    assert published.keys() == {"gateway", "prometheus", "grafana"}
    for ports in published.values():
        assert all(port.startswith(("127.0.0.1:", "${GTM_HTTP_HOST:-127.0.0.1}:")) for port in ports)


def test_no_password_is_written_down() -> None:
    for name, part in PARTS.items():
        for variable, value in part.get("environment", {}).items():
            secret = re.search("PASS|SECRET|TOKEN|URI|URL|KEY", variable) and variable != "GTM_PUBLIC_URL"
            assert not secret or str(value).startswith("/run/secrets/"), f"{name} {variable}"


def test_each_secret_used_is_a_file_that_the_script_makes() -> None:
    script = (ROOT / "deploy" / "make-secrets.sh").read_text(encoding="utf-8")
    used = {secret for part in PARTS.values() for secret in part.get("secrets", ())}
    assert used == set(COMPOSE["secrets"])
    for name in used:
        assert COMPOSE["secrets"][name] == {"file": f"${{GTM_SECRETS:-./deploy/secrets}}/{name}"}
        process = name.rpartition("_uri_")[2] if "_uri_" in name else None
        written = name.replace(process, "$process") if process else name
        assert re.search(rf'(\||^) *(make|put) "?{re.escape(written)}"?$', script, re.MULTILINE), name
        assert process is None or process in re.search("^processes='(.*)'$", script, re.MULTILINE)[1].split()  # type: ignore[index]


@pytest.mark.parametrize("name", [*SERVICES, "gateway"])
def test_each_has_its_own_accounts_and_nobody_elses(name: str) -> None:
    part = PARTS[name]
    assert part["environment"]["GTM_AMQP_URI_FILE"] == f"/run/secrets/amqp_uri_{name}"
    assert part["environment"]["GTM_MONGO_URI_FILE"] == f"/run/secrets/mongo_uri_{name}"
    uris = {secret for secret in part["secrets"] if "_uri_" in secret}
    assert uris == {f"amqp_uri_{name}", f"mongo_uri_{name}"}


def test_services_share_the_public_key_and_cannot_write_it() -> None:
    for name in SERVICES:
        assert "keys:/var/lib/gtm/keys:ro" in PARTS[name]["volumes"]
        assert "user" not in PARTS[name], "the services' own user is the image's"
    assert PARTS["gateway"]["user"] == "10001:10001"


def test_images_of_others_are_pinned_by_tag() -> None:
    images = {name: part["image"] for name, part in PARTS.items() if name not in OURS}
    assert all(re.search(r":v?\d", image) for image in images.values()), images


def test_the_image_starts_from_what_the_tests_stand_in_for() -> None:
    dockerfile = (ROOT / "deploy" / "images" / "Dockerfile").read_text(encoding="utf-8")
    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {"python:3.11-slim-bookworm"}
    assert "--require-hashes" in dockerfile
    assert not re.search(r"RUN --mount|<<|COPY --link", dockerfile)
