"""What an operator asks of the logs of events by the node's admin API: their size, compaction and verification."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from launcher.api_client import ApiClient
from launcher.api_errors import ApiProblemError


def status(client: ApiClient) -> dict[str, Any]:
    """{items, unavailable}: how large and old each service's log is, and what the policy keeps."""
    return dict(client.get("/admin/log"))


@dataclass
class Report:
    """What a run over one service's log came to."""

    service: str
    run: str = ""
    examined: int = 0
    removed: int = 0
    nouns: Counter[str] = field(default_factory=Counter)

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {**vars(self), "nouns": dict(self.nouns)}


def compact(client: ApiClient, report: Report, *, dry_run: bool) -> Iterator[int]:
    """Go through a log page by page, adding to the report; how many events each page examined."""
    page: dict[str, Any] = {"dry_run": dry_run}
    while True:
        answer = client.post(f"/admin/log/{report.service}/compact", page).body
        report.run = answer["run"]
        report.examined += answer["examined"]
        report.removed += answer["removed"]
        report.nouns.update(answer["nouns"])
        yield int(answer["examined"])
        if answer["next_cursor"] is None:
            return
        page |= {"cursor": answer["next_cursor"], "run": answer["run"]}


@dataclass
class Verified:
    """What the verification of one trail came to."""

    service: str
    run: str = ""
    total: int = 0
    checked: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    explained: Counter[str] = field(default_factory=Counter)
    head: dict[str, Any] | None = None
    away: str = ""
    """Why it could not be asked to the end."""


def services(client: ApiClient) -> list[str]:
    """The services of the node."""
    found = status(client)
    return sorted(one["service"] for one in (*found["items"], *found["unavailable"]))


def verify(client: ApiClient, report: Verified, since: str | None) -> Iterator[int]:
    """Go through a trail page by page, adding to the report; how much each page looked at."""
    page: dict[str, Any] = {"since": since}
    while True:
        try:
            answer = client.post(f"/admin/trail/{report.service}/verify", page).body
        except ApiProblemError as error:
            report.away = str(error)
            return
        report.run, report.head = answer["run"], answer["head"]
        report.total = report.total or answer["total"] or 0
        report.checked += answer["checked"]
        report.faults += answer["faults"]
        report.explained.update(answer["explained"])
        yield int(answer["checked"])
        if answer["next_cursor"] is None:
            return
        page |= {"cursor": answer["next_cursor"], "run": answer["run"]}
