"""The alert rules and the dashboard: they fire as meant, and ask only for figures that exist."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import prometheus_client
import pytest
import yaml  # type: ignore[import-untyped]

from chassis.process import metrics
from services import registry

ROOT = Path(__file__).resolve().parents[3]
RULES = ROOT / "deploy" / "prometheus"
DASHBOARD = ROOT / "deploy" / "grafana" / "dashboards" / "gtm-node.json"

TESTS = ("alerts.test.yml", "alerts.days.test.yml")
NAME = re.compile(r"\b(?:gtm|rabbitmq|process)_[a-z_]+")
# Seen on RabbitMQ 3.10's own page of figures, which has no list to ask for.
OF_OTHERS = {
    "process_resident_memory_bytes",
    "rabbitmq_alarms_file_descriptor_limit",
    "rabbitmq_alarms_free_disk_space_watermark",
    "rabbitmq_alarms_memory_used_watermark",
    "rabbitmq_detailed_queue_messages",
    "rabbitmq_disk_space_available_bytes",
    "rabbitmq_disk_space_available_limit_bytes",
    "rabbitmq_process_resident_memory_bytes",
}


def rules() -> list[dict[str, Any]]:
    """Every alert."""
    groups = yaml.safe_load((RULES / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def dashboard_queries() -> list[str]:
    """Every question that a panel asks."""
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def own_names() -> set[str]:
    """Every series that a process of the platform can give."""
    given = set()
    for value in vars(metrics).values():
        if isinstance(value, prometheus_client.metrics.MetricWrapperBase):
            family = next(iter(value.describe()))
            ends = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}.get(family.type, [""])
            given |= {family.name + end for end in ends}
    return given


@pytest.mark.skipif(
    shutil.which("promtool") is None,
    reason="promtool is not installed (Debian: prometheus); tests/compose/run.sh runs the same by its image",
)
def test_rules_fire_as_meant() -> None:
    """promtool's own tests of the rules."""
    for words in (["check", "config", "prometheus.yml"], ["check", "config", "gtm-node.yml"]):
        subprocess.run(["promtool", *words], cwd=RULES, check=True, capture_output=True, timeout=60)
    for tests in TESTS:
        done = subprocess.run(
            ["promtool", "test", "rules", tests], cwd=RULES, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_each_rule_is_shown_to_fire() -> None:
    shown = "".join((RULES / tests).read_text(encoding="utf-8") for tests in TESTS)
    assert [rule["alert"] for rule in rules() if rule["alert"] not in shown] == []


def test_events_that_nobody_hears_are_the_ones_that_may_be_unrouted() -> None:
    (rule,) = [rule for rule in rules() if rule["alert"] == "GtmEventsUnrouted"]
    (heard,) = re.findall(r'type!~\s*"(.+?)"', rule["expr"])
    for event in registry.every_event().values():
        hearing = [queue for queue in registry.queues_for(event) if queue.hears != "others"]
        assert bool(re.fullmatch(heard, event.name)) is bool(hearing), event.name


def test_each_rule_speaks_both_languages_and_has_a_severity() -> None:
    for rule in rules():
        assert rule["annotations"].keys() == {"summary", "summary_en"}, rule["alert"]
        assert rule["labels"]["severity"] in ("page", "ticket"), rule["alert"]


def test_what_is_asked_for_exists() -> None:
    asked = {
        name for text in [*(rule["expr"] for rule in rules()), *dashboard_queries()] for name in NAME.findall(text)
    }
    assert asked - OF_OTHERS - own_names() == set()


def test_each_rule_has_its_remedy_in_the_operators_page() -> None:
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    assert [rule["alert"] for rule in rules() if f"`{rule['alert']}`" not in page] == []
