"""A record of each noun in each visibility, of two institutions where records have one; made once, as people would.

What people cannot make (public answers, internal minutes…) is made in the store: a record is hidden by its visibility,
however it came by it.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from chassis.kernel.ids import new_id
from tests.integration.eventually import eventually
from tests.integration.node import Node
from tests.integration.rights.oracle import LEVELS, Person, owner_field

COLLECTIONS = {
    "institution": ("actors", "institutions"),
    "focal_point": ("actors", "focal_points"),
    "group": ("actors", "groups"),
    "intervention": ("actors", "interventions"),
    "confirmation": ("actors", "confirmations"),
    "merge": ("actors", "merges"),
    "meeting": ("meetings", "meetings"),
    "minutes": ("meetings", "minutes"),
    "recommendation": ("meetings", "recommendations"),
    "response": ("meetings", "responses"),
    "progress_report": ("meetings", "progress_reports"),
    "referral": ("meetings", "referrals"),
    "referral_answer": ("meetings", "referral_answers"),
    "document": ("meetings", "documents"),
    "round": ("meetings", "rounds"),
    "opinion": ("meetings", "opinions"),
    "rsvp": ("meetings", "rsvps"),
    "attendee": ("meetings", "attendees"),
    "opening": ("meetings", "openings"),
    "remark": ("meetings", "remarks"),
    "remark_answer": ("meetings", "remark_answers"),
    "framework": ("indicators", "frameworks"),
    "indicator": ("indicators", "indicators"),
    "observation": ("indicators", "observations"),
    "verification": ("indicators", "verifications"),
    "notification": ("notifications", "notifications"),
    "node": ("federation", "nodes"),
}
"""Noun → the service whose it is, and its collection."""
CONTENT = b"ce que dit le fichier"
PAGE = {"page_size": 1, "cursor": None}
FILE = {"sha256": sha256(CONTENT).hexdigest(), "size": len(CONTENT)}
PROOF_TEXT = base64.b64encode(b"preuve").decode()
PROOF = {"sha256": sha256(b"preuve").hexdigest(), "size": len(b"preuve")}
MINUTES = """Compte-rendu de la réunion du Groupe Technique sur la Migration

Date\t{day} mars 2025
Heure\t9h00 - 11h30
Lieu\tSalle de réunion de la DGECM-R
Présence
- INS ;

Points inscrits à l'ordre du jour
1- Ouverture (SP/CCM) ;

1. Ouverture (SP/CCM)
Points de discussion clés
Le Secrétaire Permanent a ouvert la séance {day}.
"""


@dataclass(frozen=True)
class Made:
    """A record there is."""

    noun: str
    id: str
    level: str
    owner: str | None
    version: int

    @property
    def service(self) -> str:
        return COLLECTIONS[self.noun][0]


class Cast:
    """Who asks and what there is to be seen."""

    def __init__(self, node: Node, reader: str = "") -> None:
        self.node, self.word = node, new_id()[-6:]
        # The one that the focal point speaks for is itself internal.
        self.own, self.other = self._institution("internal"), self._institution("public")
        self.group = str(self.do("actors", "create_group", {"name": f"Cadre {self.word}", "kind": "thematic"})["id"])
        for service in ("meetings", "indicators"):
            for id in (self.own, self.other):
                self._copied(service, "institution", id)
        self._copied("meetings", "group", self.group)
        self.sections: dict[str, str] = {}
        self.records = list(self._made())
        self.reader = reader or new_id()
        self.told = self._notice()

    def people(self) -> list[Person]:
        """Everybody, by their role."""
        roles = ("member", "statistician", "secretariat", "admin")
        return [
            Person("public"),
            *(Person(role, (role,)) for role in roles),
            Person("focal_point", ("focal_point",), self.own),
        ]

    def of(self, noun: str) -> list[Made]:
        """The records of a noun."""
        return [one for one in self.records if one.noun == noun]

    def version(self, made: Made) -> int:
        """The one that a record has now."""
        service, collection = COLLECTIONS[made.noun]
        row = self.node.database(service)[collection].find_one({"_id": made.id}, {"version": 1})
        return int(row["version"]) if row else 0

    def do(self, service: str, call: str, payload: dict[str, Any], **who: Any) -> Any:
        """As the secretariat."""
        return self.node.call(service, call, payload, **who)

    def state(self) -> dict[str, Any]:
        """Everything that a refused request must leave as it is."""
        found: dict[str, Any] = {}
        for noun, (service, collection) in COLLECTIONS.items():
            rows = self.node.database(service)[collection].find({}, {"version": 1, "visibility": 1, "updated_at": 1})
            found[noun] = sorted((row["_id"], row["version"], row["visibility"]) for row in rows)
        for service in {service for service, _ in COLLECTIONS.values()}:
            found[f"log of {service}"] = self.node.database(service)["outbox"].count_documents({})
        return found

    def _made(self) -> Iterator[Made]:
        for level in LEVELS:
            yield self._known("institution", self._institution(level), level)
            yield self._known("group", self._group(level), level)
            yield from self._of_institutions(level)
            yield from self._of_meetings(level)
            yield from self._of_invitations(level)
            yield from self._of_documents(level)
            yield from self._of_papers(level)
            yield from self._of_indicators(level)
        yield self._known("institution", self.own, "internal")
        person = {"institution_id": self.own, "name": "A. Issoufou", "email": f"{self.word}@exemple.ne"}
        yield self._known("focal_point", self.do("actors", "create_focal_point", person)["id"], "internal")

    def _of_institutions(self, level: str) -> Iterator[Made]:
        for owner in (self.own, self.other):
            said = {"title": f"Puits {level}", "lead_institution_id": owner, "visibility": level}
            made = self.do("actors", "create_intervention", said)["id"]
            confirmed = self.do("actors", "confirm_intervention", {"id": made, "institution_id": owner})["id"]
            yield self._known("intervention", made, level)
            yield self._known("confirmation", confirmed, level)
        named = {"kept_id": self._institution("public"), "merged_id": self._institution("public")}
        merge = self.do("actors", "merge_institutions", named)["id"]
        self.do("actors", "undo_merge", {"id": merge})
        yield self._known("merge", merge, level)

    def _of_meetings(self, level: str) -> Iterator[Made]:
        day = {"date": "2025-03-04", "title": f"Réunion {level}", "visibility": level}
        meeting = self.do("meetings", "create_meeting", day)["id"]
        yield self._known("meeting", meeting, level)
        text = base64.b64encode(MINUTES.format(day=11 + LEVELS.index(level)).encode()).decode()
        read = self.do("meetings", "import_minutes", {"content_base64": text, "meeting_id": meeting})
        sections = self.do("meetings", "get_minutes", {"id": read["minutes_id"]})["sections"]
        self.sections[read["minutes_id"]] = sections[0]["id"]
        yield self._known("minutes", read["minutes_id"], level)
        named = {"lead_institution_id": self.own, "supporting_institution_ids": [self.other]}
        said = {"text": f"Partager {level}", "meeting_id": meeting, **named}
        asked = self.do("meetings", "create_recommendation", said)["id"]
        for owner in (self.own, self.other):
            word = {"id": asked, "institution_id": owner}
            given = self.do("meetings", "respond", {**word, "decision": "accepted"})
            yield self._known("response", given["id"], level)
            told = self.do("meetings", "report_progress", {**word, "percent": 10})
            self.do(
                "meetings",
                "keep_report_file_part",
                {"id": told["id"], **PROOF, "start": 0, "content_base64": PROOF_TEXT},
            )
            kind = {"name": "preuve.txt", "media_type": "text/plain"}
            self.do("meetings", "add_report_file", {"id": told["id"], **PROOF, **kind})
            yield self._known("progress_report", told["id"], level)
        referral = self.do("meetings", "refer_recommendation", {"id": asked, "to_group_id": self.group})["id"]
        answer = self.do("meetings", "answer_referral", {"id": referral, "verdict": "accepted"})["id"]
        yield self._known("referral", referral, level)
        yield self._known("referral_answer", answer, level)
        yield self._known("recommendation", asked, level)

    def _of_invitations(self, level: str) -> Iterator[Made]:
        day = {"date": "2025-04-05", "title": f"Convocation {level}", "visibility": level}
        meeting = self.do("meetings", "create_meeting", day)["id"]
        self.do("meetings", "convene_meeting", {"id": meeting})
        for owner in (self.own, self.other):
            said = {"id": meeting, "institution_id": owner, "answer": "accepted"}
            yield self._known("rsvp", self.do("meetings", "answer_invitation", said)["id"], level)
        come = self.do("meetings", "sign_in", {"id": meeting, "institution_id": self.other, "name": "B. Saley"})
        yield self._known("attendee", come["id"], level)
        yield self._known("meeting", meeting, level)

    def _of_documents(self, level: str) -> Iterator[Made]:
        text = {"title": f"Plan {level}", "kind": "plan", "reference": "https://exemple.ne/plan.pdf"}
        document = self.do("meetings", "submit_document", text)["id"]
        part = {"start": 0, "content_base64": base64.b64encode(CONTENT).decode()}
        self.do("meetings", "keep_file_part", {"id": document, **FILE, **part})
        self.do("meetings", "add_file", {"id": document, **FILE, "name": "plan.txt", "media_type": "text/plain"})
        asked = {"id": document, "group_ids": [self.group], "deadline": "2099-12-31"}
        opened = self.do("meetings", "open_round", asked)["id"]
        given = {"id": opened, "group_id": self.group, "verdict": "favourable"}
        yield self._known("opinion", self.do("meetings", "give_opinion", given)["id"], level)
        for owner in (self.own, self.other):
            said = {"id": document, "institution_id": owner, "text": "à préciser"}
            remark = self.do("meetings", "remark_on_document", said)["id"]
            answer = self.do("meetings", "answer_remark", {"id": remark, "verdict": "taken_in"})["id"]
            yield self._known("remark", remark, level)
            yield self._known("remark_answer", answer, level)
        # Closed, it takes no more remarks: so who is let in changes nothing.
        self.do("meetings", "close_round", {"id": opened, "outcome": "validated"})
        yield self._known("document", document, level)
        yield self._known("round", opened, level)

    def _of_papers(self, level: str) -> Iterator[Made]:
        meeting = self.do("meetings", "create_meeting", {"date": "2025-04-06", "title": f"Lecture {level}"})["id"]
        text = {"title": f"À lire {level}", "reference": "joint", "meeting_id": meeting}
        document = self.do("meetings", "submit_document", text)["id"]
        part = {"start": 0, "content_base64": base64.b64encode(CONTENT).decode()}
        self.do("meetings", "keep_file_part", {"id": document, **FILE, **part})
        self.do("meetings", "add_file", {"id": document, **FILE, "name": "lire.txt", "media_type": "text/plain"})
        read = {"id": document, "sha256": FILE["sha256"], "start": 0, "length": FILE["size"]}
        for owner in (self.own, self.other):
            self.do("meetings", "read_file", read, roles=("member",), institution_id=owner)
            found = self.do("meetings", "list_openings", {**PAGE, "document_id": document, "institution_id": owner})
            yield self._known("opening", found["items"][0]["id"], level)

    def _of_indicators(self, level: str) -> Iterator[Made]:
        code = f"{self.word}-{level}"
        plan = {"code": code, "name": code, "starts": 2020, "ends": 2030, "nodes": [{"code": "A", "level": "axis"}]}
        framework = self.do("indicators", "create_framework", {**plan, "visibility": level})["id"]
        yield self._known("framework", framework, level)
        measured = {"unit": "personnes", "kind": "count", "frequency": "year", "visibility": level}
        indicator = self.do("indicators", "create_indicator", {"code": code, "name": code, **measured})["id"]
        yield self._known("indicator", indicator, level)
        for owner in (self.own, self.other):
            figure = {"indicator_id": indicator, "period": "2024", "value": "3", "institution_id": owner}
            made = self.do("indicators", "create_observation", figure)
            said = {"id": made["id"], "judged_version": made["version"], "verdict": "verified"}
            judged = self.do("indicators", "judge_observation", said)["id"]
            yield self._known("observation", made["id"], level)
            yield self._known("verification", judged, level)

    def _known(self, noun: str, id: str, level: str) -> Made:
        """The record, in that visibility."""
        service, collection = COLLECTIONS[noun]
        rows = self.node.database(service)[collection]
        rows.update_one({"_id": id}, {"$set": {"visibility": level}})
        row = rows.find_one({"_id": id}) or {}
        field = owner_field(noun)
        owner = id if field == "id" else row.get(field) if field else None
        return Made(noun, id, level, owner, row["version"])

    def _institution(self, level: str) -> str:
        said = {"name": f"Institution {new_id()}", "visibility": level}
        return str(self.do("actors", "create_institution", said)["id"])

    def _group(self, level: str) -> str:
        said = {"name": f"Cadre {new_id()}", "kind": "thematic", "visibility": level}
        return str(self.do("actors", "create_group", said)["id"])

    def _notice(self) -> str:
        """The report to `reader` of minutes that it circulated; for nobody else."""
        text = base64.b64encode(MINUTES.format(day=27).encode()).decode()
        who: dict[str, Any] = {"account": self.reader, "roles": ("secretariat",)}
        read = self.do("meetings", "import_minutes", {"content_base64": text}, **who)
        self.do("meetings", "circulate_minutes", {"id": read["minutes_id"], "deadline": "2099-12-31"}, **who)
        rows = self.node.database("notifications")["notifications"]
        row: Any = eventually(lambda: rows.find_one({"recipient.id": self.reader}))
        return str(row["_id"])

    def _copied(self, service: str, noun: str, id: str) -> None:
        eventually(lambda: self.node.database(service)[f"replica_{noun}"].find_one({"_id": id}))
