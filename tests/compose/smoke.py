"""The main job on the composed node, over HTTP, with kills in between; run by run.sh, standard library only.

Each step prints what it did and how long it took; the first thing that is not as it should be ends the run with 1.
"""

import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

from tests.compose import node
from tests.compose.node import call, check, compose, docker, wait

MINUTES = Path(__file__).parent / "compte-rendu.txt"
SERVICES = ("actors", "meetings", "indicators", "notifications")


def main() -> int:
    """All steps, in order."""
    seen: dict[str, Any] = {}
    for step in STEPS:
        began = time.monotonic()
        try:
            told = step(seen)
        except (node.SmokeError, OSError, KeyError) as error:
            print(f"FAILED {step.__name__}: {error!r}", flush=True)
            return 1
        print(f"ok  {time.monotonic() - began:6.1f} s  {step.__name__}: {told}", flush=True)
    print(f"{len(STEPS)} passed, 0 failed", flush=True)
    return 0


def sign_in(_seen: dict[str, Any]) -> str:
    """Ready, and the first account's password is the one of the secret."""
    wait("ready", 120, lambda: call("GET", "/health/ready", token=False)[0] == 200)
    password = (Path(os.environ["GTM_SECRETS"]) / "admin_password").read_text(encoding="utf-8").strip()
    status, body = call("POST", "/api/v1/auth/token", {"username": "admin", "password": "admin"}, token=False)
    check(status == 401, f"a guessed password got {status}")
    status, body = call("POST", "/api/v1/auth/token", {"username": "admin", "password": password}, token=False)
    check(status == 200, f"token: {status} {body}")
    node.token = body["access_token"]
    return "the account of the secret signs in, a guess does not"


def take_minutes_in(seen: dict[str, Any]) -> str:
    """A compte-rendu becomes a meeting, and somebody present has a focal point."""
    # The starter directory is loaded at the start, and reaches the meetings service by events.
    wait("the directory", 60, lambda: call("GET", "/api/v1/institutions?page_size=1")[1].get("items"))
    time.sleep(5)
    status, body = call("POST", "/api/v1/minutes/import", MINUTES.read_bytes(), kind="text/plain; charset=utf-8")
    check(status == 201, f"import: {status} {body}")
    seen["minutes"] = body["minutes_id"]
    present = [one["institution_id"] for one in body["extracted"]["attendance"] if one.get("institution_id")]
    check(present, "nobody of the attendance is known")
    contact = {"institution_id": present[0], "name": "Essai", "email": "essai@example.org", "language": "fr"}
    status, body = call("POST", "/api/v1/focal-points", contact)
    check(status == 201, f"focal point: {status} {body}")
    time.sleep(3)  # the notifications service learns of the focal point by an event
    return f"{len(present)} institutions present are known"


def tell_by_circulation(seen: dict[str, Any]) -> str:
    """Circulated: the notification appears."""
    status, body = call("POST", f"/api/v1/minutes/{seen['minutes']}/circulate", {"deadline": "2099-12-31"})
    check(status == 200, f"circulate: {status} {body}")
    told = wait("a notification", 60, lambda: notifications(seen, "minutes_circulated"))
    return f"{len(told)} notification(s)"


def keep_mail(_seen: dict[str, Any]) -> str:
    """Without a mail server each mail is a file in the volume."""
    listing = ("exec", "-T", "notifications", "find", "/var/lib/gtm/mail", "-name", "*.eml")
    found = wait("a mail file", 60, lambda: compose(*listing).split())
    return f"{len(found)} mail(s) kept"


def guard_secrets(_seen: dict[str, Any]) -> str:
    """A service cannot read the gateway's key nor write its own files; broker and store have no door to the outside."""
    reading = compose("exec", "-T", "actors", "sh", "-c", "cat /var/lib/gtm/keys/signing.jwk 2>&1 || true")
    check("denied" in reading, f"the signing key is readable: {reading[:40]}")
    writing = compose("exec", "-T", "actors", "sh", "-c", "touch /app/x 2>&1 || true")
    check("ead-only" in writing, f"the image can be written: {writing}")
    for name in ("mongo", "rabbitmq"):
        published = docker("inspect", "--format", "{{json .HostConfig.PortBindings}}", container(name))
        check(published in ("{}", "null"), f"{name} is published: {published}")
    return "key, image, broker and store are out of reach"


def survive_killed_process(_seen: dict[str, Any]) -> str:
    """SIGKILL to each service's own process: Docker starts it again, and the node is ready again."""
    for name in SERVICES:
        before = started_at(name)
        pid = docker("inspect", "--format", "{{.State.Pid}}", container(name))
        # From outside: inside its own container a first process can't be killed. Any image with a shell would do.
        docker("run", "--rm", "--pid=host", "--user=0", "--network=none", our_image(), "sh", "-c", f"kill -9 {pid}")
        wait(f"{name} restarted", 60, partial(_restarted, name, before))
        wait(f"ready after {name}", 90, lambda: call("GET", "/health/ready", token=False)[0] == 200)
    return f"{', '.join(SERVICES)} came back"


def survive_killed_store(seen: dict[str, Any]) -> str:
    """The store is killed in the middle of writes: what was acknowledged is there."""
    made = []
    for number in range(10):
        body = {"name": f"Institution d'essai {number}", "acronym": f"ESSAI{number}", "kind": "other"}
        status, answer = call("POST", "/api/v1/institutions", body)
        check(status == 201, f"institution: {status} {answer}")
        made.append(answer["id"])
    compose("kill", "-s", "KILL", "mongo")
    status, answer = call("GET", f"/api/v1/minutes/{seen['minutes']}")
    check(status == 503, f"without its store the node answers {status} {answer}")
    compose("start", "mongo")
    began = time.monotonic()
    wait("minutes", 120, lambda: call("GET", f"/api/v1/minutes/{seen['minutes']}")[0] == 200)
    back = time.monotonic() - began
    for one in made:
        status, answer = call("GET", f"/api/v1/institutions/{one}")
        check(status == 200, f"an acknowledged record is lost: {status} {answer}")
    return f"answers {back:.1f} s after the start, {len(made)} of {len(made)} records there"


def survive_killed_broker(seen: dict[str, Any]) -> str:
    """Adopted, and the broker killed at once: the event arrives all the same."""
    status, answer = call("POST", f"/api/v1/minutes/{seen['minutes']}/adopt", {})
    check(status == 200, f"adopt: {status} {answer}")
    compose("kill", "-s", "KILL", "rabbitmq")
    status, answer = call("GET", "/api/v1/meetings")
    check(status == 503, f"without its broker the node answers {status} {answer}")
    compose("start", "rabbitmq")
    began = time.monotonic()
    wait("an answer", 180, lambda: call("GET", "/api/v1/meetings")[0] == 200)
    back = time.monotonic() - began
    wait("the notification of the adoption", 120, lambda: notifications(seen, "minutes_adopted"))
    return f"answers {back:.1f} s after the start, adoption told after {time.monotonic() - began:.1f} s"


def survive_down_and_up(seen: dict[str, Any]) -> str:
    """All containers removed and made anew: the volumes hold everything, the token's key included."""
    running = compose("ps", "--services").split()
    compose("down", "--timeout", "30")
    began = time.monotonic()
    compose("up", "-d", "--no-build", "--wait", "--wait-timeout", "300", *running)
    up = time.monotonic() - began
    status, answer = call("GET", f"/api/v1/minutes/{seen['minutes']}")
    check(status == 200 and answer["state"] == "adopted", f"after down and up: {status} {answer}")
    return f"up in {up:.1f} s, the minutes are adopted still"


def show_prometheus(_seen: dict[str, Any]) -> str:
    """Prometheus sees every process and both sides of the broker, and has read the rules."""

    def missing() -> list[str]:
        _, answer = call("GET", "/api/v1/targets", base=os.environ["GTM_TEST_PROMETHEUS"], token=False)
        targets = answer["data"]["activeTargets"]
        return [f"{one['scrapeUrl']} {one['lastError']}" for one in targets if one["health"] != "up"]

    wait("targets up", 120, lambda: not missing(), lambda: str(missing()))
    query = "/api/v1/query?query=count(gtm_build_info)"
    wait("metrics", 90, lambda: "5" in str(call("GET", query, base=os.environ["GTM_TEST_PROMETHEUS"], token=False)))
    _, answer = call("GET", "/api/v1/rules", base=os.environ["GTM_TEST_PROMETHEUS"], token=False)
    rules = [rule for group in answer["data"]["groups"] for rule in group["rules"]]
    return f"all targets up, {len(rules)} rules"


def notifications(seen: dict[str, Any], kind: str) -> list[Any]:
    """Those of the minutes at hand."""
    status, answer = call("GET", "/api/v1/notifications?all=true&page_size=200")
    if status != 200:
        return []
    return [one for one in answer["items"] if one["kind"] == kind and one["subject"] == seen["minutes"]]


def container(name: str) -> str:
    """The id of a service's container."""
    return compose("ps", "-q", name)


def started_at(name: str) -> str:
    """When the process of a running container started; empty while it does not run."""
    running, at = docker("inspect", "--format", "{{.State.Running}} {{.State.StartedAt}}", container(name)).split()
    return at if running == "true" else ""


def _restarted(name: str, before: str) -> bool:
    return started_at(name) not in ("", before)


def our_image() -> str:
    """The platform's image."""
    return docker("inspect", "--format", "{{.Config.Image}}", container("actors"))


STEPS = (
    sign_in,
    take_minutes_in,
    tell_by_circulation,
    keep_mail,
    guard_secrets,
    survive_killed_process,
    survive_killed_store,
    survive_killed_broker,
    survive_down_and_up,
    show_prometheus,
)


if __name__ == "__main__":
    sys.exit(main())
