"""`./gtm lag`, `parked` and `replay` against a real HTTP server: what they say, what they ask, how they end."""

import importlib
import json

import click
import pytest
from click.testing import CliRunner

TOKEN = (200, {}, {"access_token": "t"})
CALM = {
    "service": "meetings",
    "outbox": {"waiting": 0, "oldest_seconds": 0.0},
    "queues": {"meetings.on_institution": 0, "meetings.on_group": 0},
    "retries": {"1": 0, "10": 0, "60": 0, "600": 0, "3600": 0},
    "parked": 0,
}
BEHIND = CALM | {
    "outbox": {"waiting": 12, "oldest_seconds": 200.4},
    "queues": {"meetings.on_institution": 5, "meetings.on_group": 0},
    "retries": {"1": 0, "10": 0, "60": 2, "600": 0, "3600": 1},
    "parked": 3,
}
AWAY = [
    {
        "service": "indicators",
        "code": "service-away",
        "detail": "Il est arrêté.",
        "queues": {"indicators.on_institution": 7},
    }
]
PARKED = {
    "id": "p1", "service": "meetings", "queue": "meetings.on_group", "type": None, "event_id": None, "attempts": None,
    "routing_key": None, "reason": "illisible", "first_failed": "2026-01-31T08:00:00Z", "last_failed": None, "bytes": 3,
    "copies": 1, "parked_at": "2026-01-31T08:00:00Z",
}  # fmt: skip
UNKNOWN = (404, {"Content-Type": "application/problem+json"}, {"code": "no-such-queue", "detail": "Aucune telle file."})


def listed(*items, total=None, next=None, away=(), totals=None):
    """The node's list of what is set aside."""
    total = len(items) if total is None else total
    counts = {"total": total, "totals": totals or {"meetings": total}}
    return (200, {}, {"items": items, "next_cursor": next, **counts, "unavailable": list(away)})


@pytest.fixture
def gtm(node):
    """Run a command on the scripted node."""

    def run(name, *arguments):
        environ = {
            "GTM_PUBLIC_URL": node.address.removesuffix("/api/v1"),
            "GTM_ADMIN_PASSWORD": "secret",
            "COLUMNS": "200",
            "GTM_LANGUAGE": "fr",
        } | dict.fromkeys(("GTM_HTTP_PORT", "GTM_HTTP_HOST"))
        command = getattr(importlib.import_module(f"launcher.commands.{name}"), name)
        return CliRunner().invoke(command, arguments, env=environ, standalone_mode=False)

    return run


def test_no_delay_is_one_plain_sentence(gtm, node):
    node.answers = [TOKEN, (200, {}, {"items": [CALM], "unavailable": []})]
    ended = gtm("lag")
    assert ended.return_value == 0
    assert "Aucun retard" in ended.output


def test_delays_are_told_in_words(gtm, node):
    node.answers = [TOKEN, (200, {}, {"items": [BEHIND], "unavailable": AWAY})]
    ended = gtm("lag")
    assert ended.return_value == 1
    for words in ("12, depuis 3 min", "meetings.on_institution: 5", "2 d'ici 1 min", "1 d'ici 1 h", "votre décision"):
        assert words in ended.output
    assert "indicators.on_institution: 7" in ended.output  # it is away, and the others see what waits for it
    assert "meetings.on_group" not in ended.output


def test_all_is_well_is_not_said_when_somebody_is_away(gtm, node):
    node.answers = [TOKEN, (200, {}, {"items": [CALM], "unavailable": AWAY})]
    ended = gtm("lag")
    assert (ended.return_value, "Aucun retard" in ended.output) == (1, False)


def test_nothing_parked_is_said_only_when_all_were_asked(gtm, node):
    node.answers = [TOKEN, listed()]
    ended = gtm("parked")
    assert (ended.return_value, "Aucun message n'est mis de côté." in ended.output) == (0, True)
    node.answers = [TOKEN, listed(away=AWAY)]
    ended = gtm("parked", "list")
    assert (ended.return_value, "Aucun message" in ended.output) == (1, False)
    node.answers = [TOKEN, listed()]
    assert "de cette sorte" in gtm("parked", "--reason", "un autre & un texte").output
    assert "reason=un+autre+%26+un+texte" in node.asked[-1].path.replace("%20", "+")


def test_a_long_list_is_read_page_by_page_up_to_what_is_asked_for(gtm, node):
    many = [PARKED | {"id": f"p{number}"} for number in range(250)]
    node.answers = [TOKEN, listed(*many[:200], total=900, next="c1"), listed(*many[200:], total=900, next="c2")]
    ended = gtm("parked", "--most", "250")
    assert "p249" in ended.output
    assert "Seuls les 250 premiers de 900" in ended.output
    assert ("page_size=50" in node.asked[-1].path, "cursor=c1" in node.asked[-1].path) == (True, True)


def test_a_message_is_found_whoever_set_it_aside(gtm, node):
    node.answers = [TOKEN, listed(PARKED), (200, {}, {"replayed": 1})]
    assert "rendus à leur file : 1" in gtm("parked", "replay", "p1").output
    assert "id=p1" in node.asked[-2].path
    assert node.asked[-1].path == "/api/v1/admin/parked/meetings/p1/replay"


def test_all_are_replayed_service_by_service(gtm, node):
    page = {"replayed": 2, "skipped": 0, "next_cursor": None, "until": "u"}
    first = page | {"skipped": 1, "next_cursor": "c"}
    totals = {"actors": 2, "meetings": 5, "notifications": 0}
    node.answers = [TOKEN, listed(PARKED, totals=totals, away=AWAY), *((200, {}, one) for one in (page, first, page))]
    ended = gtm("parked", "replay", "--all", "--queue", "meetings.on_group", "--json")
    told = json.loads(next(line for line in ended.output.splitlines() if line.startswith("{")))
    assert told == {"replayed": {"actors": 2, "meetings": 4}, "skipped": 1}
    assert ended.return_value == 1
    posts = [one for one in node.asked if one.path.endswith("/replay")]
    assert [one.path.split("/")[-2] for one in posts] == ["actors", "meetings", "meetings"]
    assert (posts[2].json["cursor"], posts[2].json["until"], posts[2].json["queue"]) == ("c", "u", "meetings.on_group")
    assert isinstance(gtm("parked", "replay", "p1", "--reason", "x").exception, click.UsageError)


def test_a_replay_goes_page_by_page_as_one_run(gtm, node):
    pages = [{"sent": 200, "run": "r", "next_cursor": "c"}, {"sent": 50, "run": "r", "next_cursor": None}]
    plan = {"events": 250, "nouns": ["institution"]}
    node.answers = [TOKEN, (200, {}, plan), *((200, {}, page) for page in pages)]
    ended = gtm("replay", "actors", "--to", "meetings.on_institution", "--type", "a.b")
    assert "renvoyés à meetings.on_institution : 250" in ended.output
    _, asked, first, second = node.asked
    assert asked.path == "/api/v1/admin/replay/actors?queue=meetings.on_institution&type=a.b"
    assert (first.json["type"], "run" in first.json) == ("a.b", False)
    assert (second.json["run"], second.json["cursor"]) == ("r", "c")


def test_nothing_is_forgotten_for_a_queue_that_is_not_there(gtm, node):
    node.answers = [TOKEN, UNKNOWN]
    ended = gtm("replay", "actors", "--to", "meetings.on_nothing", "--rebuild", "institution")
    assert str(ended.exception) == "Aucune telle file."
    assert [one.method for one in node.asked] == ["POST", "GET"]  # signing in, asking
