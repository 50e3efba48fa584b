"""What an operator asks of the logs of events by the node's admin API: their size, and their compaction."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from launcher.api_client import ApiClient


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
