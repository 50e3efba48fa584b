"""What an operator asks of the node's admin API: messages set aside, delays, sending a service's events again."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from launcher.api_client import ApiClient
from launcher.errors import LauncherError

AT_ONCE = 200  # the most that the node lists at once
PAGE = 200  # events re-sent by one request: a bar that moves, and a request that ends in a second
GIVEN_BACK = 50  # messages set aside that one request gives back


def parked(client: ApiClient, service: str | None = None, most: int = AT_ONCE, **filters: str | None) -> dict[str, Any]:
    """{items, next_cursor, total, totals, unavailable}: messages set aside, in that order; who gave no answer.

    Filters: queue, type, reason, id.
    """
    asked = {"service": service, **filters}
    found = dict(client.get("/admin/parked", page_size=min(most, AT_ONCE), **asked))
    while found["next_cursor"] and len(found["items"]) < most:
        left, cursor = most - len(found["items"]), found["next_cursor"]
        page = client.get("/admin/parked", page_size=min(left, AT_ONCE), cursor=cursor, **asked)
        found["items"] += page["items"]
        found["next_cursor"] = page["next_cursor"]
        away = {one["service"]: one for one in (*found["unavailable"], *page["unavailable"])}
        found["unavailable"] = list(away.values())
    return found


def show_parked(client: ApiClient, id: str, service: str | None = None) -> dict[str, Any]:
    """One of them, with its content. Raises: LauncherError parked-unknown."""
    return dict(client.get(f"/admin/parked/{service or holder(client, id)}/{id}"))


def replay_parked(client: ApiClient, id: str, service: str | None = None) -> int:
    """Give one back to the queue where it failed."""
    return int(client.post(f"/admin/parked/{service or holder(client, id)}/{id}/replay").body["replayed"])


def replay_parked_pages(client: ApiClient, service: str, **filters: str | None) -> Iterator[tuple[int, int]]:
    """Give back all of a service that fit, page after page: how many were, and how many could not be.

    What fails again meanwhile is not given back once more.
    """
    page: dict[str, Any] = {"page_size": GIVEN_BACK, **{name: value for name, value in filters.items() if value}}
    while True:
        answer = client.post(f"/admin/parked/{service}/replay", page).body
        yield int(answer["replayed"]), int(answer["skipped"])
        if answer["next_cursor"] is None:
            return
        page |= {"cursor": answer["next_cursor"], "until": answer["until"]}


def drop_parked(client: ApiClient, id: str, reason: str, service: str | None = None) -> dict[str, Any]:
    """Let one go; its text and the reason are kept."""
    path = f"/admin/parked/{service or holder(client, id)}/{id}/drop"
    return dict(client.post(path, {"reason": reason}).body)


def holder(client: ApiClient, id: str) -> str:
    """The service that has set the message aside. Raises: LauncherError parked-unknown."""
    found = parked(client, id=id)
    for item in found["items"]:
        return str(item["service"])
    away = ", ".join(one["service"] for one in found["unavailable"])
    raise LauncherError("parked-unknown-away", id=id, services=away) if away else LauncherError("parked-unknown", id=id)


def lag(client: ApiClient) -> dict[str, Any]:
    """{items, unavailable}: how far each service is behind."""
    return dict(client.get("/admin/lag"))


@dataclass(frozen=True, kw_only=True)
class Replay:
    """Events of a service's log that go to one consumer's queue again."""

    service: str
    queue: str
    rebuild: str | None = None
    subject: str | None = None
    type: str | None = None

    def expected(self, client: ApiClient) -> int:
        """How many events there are. Raises: ApiProblemError no-such-queue…; LauncherError replay-noun."""
        chosen = {"queue": self.queue, "subject": self.subject, "type": self.type}
        found = client.get(f"/admin/replay/{self.service}", **chosen)
        if self.rebuild is not None and self.rebuild not in found["nouns"]:
            params = {"noun": self.rebuild, "queue": self.queue, "known": ", ".join(found["nouns"])}
            raise LauncherError("replay-noun", **params)
        return int(found["events"])

    def forget(self, client: ApiClient) -> int:
        """Let the consumer forget its copies; how many it had."""
        consumer = self.queue.partition(".")[0]
        return int(client.post(f"/admin/copies/{consumer}/{self.rebuild}/forget").body["forgotten"])

    def pages(self, client: ApiClient) -> Iterator[int]:
        """Send page after page; how many events each held."""
        page: dict[str, Any] = {"queue": self.queue, "subject": self.subject, "type": self.type, "page_size": PAGE}
        while True:
            answer = client.post(f"/admin/replay/{self.service}", page).body
            yield int(answer["sent"])
            if answer["next_cursor"] is None:
                return
            page |= {"cursor": answer["next_cursor"], "run": answer["run"]}
