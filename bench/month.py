"""A month of a region's work, as its services are told of it, and how many events that makes.

What is assumed: 12 meetings, each convened, held, told in minutes of 6 kB, which are corrected, circulated, adopted
and published; 100 recommendations and 100 reports on them; 500 figures submitted, verified and published. The prose is
that of the demonstration (launcher/demo), cut anew for each.
"""

import base64
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

from chassis.kernel import record
from launcher.demo.calendar import dated
from launcher.demo.catalogue import entries, minutes_text
from tests.integration.node import Node

MEETINGS, RECOMMENDATIONS, FIGURES = 12, 100, 500
LENGTH = 6_000  # characters of one meeting's minutes
SERVICES = ("meetings", "indicators")
FEDERATED = list(record.FEDERATED)


class Month:
    """The work of `share` of a month (1: all of it)."""

    def __init__(self, node: Node, share: float = 1.0) -> None:
        self.node, self.share, self.random = node, share, random.Random(7)
        self.texts = [minutes_text(one["text"]) for one in entries("meeting") if one.get("text")]
        self.prose = [line for text in self.texts for line in text.splitlines() if len(line) > 60]

    def work(self) -> None:
        """Do it all, one act after the other."""
        for number in range(self._some(MEETINGS)):
            self._meeting(number)
        meeting = self.node.every("meetings", "list_meetings")[0]["id"]
        for _ in range(self._some(RECOMMENDATIONS)):
            made = self._do(
                "meetings", "create_recommendation", text=self._line(), meeting_id=meeting, due="2026-12-31"
            )
            self._do("meetings", "report_progress", id=made["id"], percent=40, note=self._line())
        self._figures()

    def events(self) -> int:
        """How many events of it the node tells others."""
        shown = {"visibility": {"$in": FEDERATED}}
        return sum(self.node.database(service)["outbox"].count_documents(shown) for service in SERVICES)

    def _some(self, many: int) -> int:
        return max(1, round(many * self.share))

    def _do(self, service: str, method: str, **payload: Any) -> Any:
        return self.node.call(service, method, payload, within=120)

    def _line(self) -> str:
        return f"{self.random.choice(self.prose)} ({self.random.randrange(10**6)})"

    def _meeting(self, number: int) -> None:
        day = date(2026, 1 + number % 12, 1 + number % 28)
        text = dated(self.texts[number % len(self.texts)], day)
        content = base64.b64encode(text.encode()).decode()
        id = self._do("meetings", "import_minutes", content_base64=content)["minutes_id"]
        sections = [{"title": f"Point {n}", "text": "\n".join(part)} for n, part in enumerate(self._parts(), 1)]
        self._do("meetings", "change_minutes", id=id, version=None, changes={"sections": sections})
        self._do("meetings", "circulate_minutes", id=id, version=None, deadline="2099-12-31")
        self._do("meetings", "adopt_minutes", id=id, version=None)
        self._do("meetings", "publish_minutes", id=id, version=None)

    def _parts(self) -> Iterator[list[str]]:
        for _ in range(6):
            part: list[str] = []
            while sum(map(len, part)) < LENGTH / 6:
                part.append(self._line())
            yield part

    def _figures(self) -> None:
        told = {"code": "MOIS", "name": "Personnes assistées", "unit": "personnes", "kind": "count"}
        indicator = self._do("indicators", "create_indicator", **told, frequency="month", disaggregation=["sex"])["id"]
        for number in range(self._some(FIGURES)):
            period = f"{2000 + number // 24}-{1 + number % 24 // 2:02}"
            said = {"indicator_id": indicator, "period": period, "value": str(self.random.randrange(9999))}
            categories = {"sex": "fm"[number % 2]}
            id = self._do("indicators", "create_observation", **said, categories=categories, source=self._line()[:200])[
                "id"
            ]
            self._do("indicators", "verify_observation", id=id, version=None)
            self._do("indicators", "publish_observation", id=id, version=None)
