"""Everything that people can do to the records of a node, as seeded walks: valid now and then, refused now and then."""

import base64
import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from chassis.kernel.errors import ConflictError, InvalidError, NotFoundError, StaleError
from tests.integration.node import Node

Fields = dict[str, Any]
WORDS = ("mobilité", "données", "Agadez", "« guillemets »", "ዓለም", "Zinder – Diffa", "l’accueil", "𝕌nicode", "retour")

COMPTE_RENDU = """Compte-rendu de la réunion du Groupe Technique sur la Migration

Date\t{day} mars {year}
Heure\t9h00 - 11h30
Lieu\tSalle de réunion de la DGECM-R
Présence
- INS ;
- DGECEM-R ;
- Collectif numéro {year} ;

Points inscrits à l'ordre du jour
1- Ouverture (SP/CCM) ;

1. Ouverture (SP/CCM)
Points de discussion clés
Le Secrétaire Permanent a ouvert la séance.
Points d'action\tPersonnes/agences responsables\tDate limite
Transmettre le fichier des données aux membres\tINS\t30/06/{year}

Le Secrétaire Permanent
MOUSSA EXEMPLE
"""


class People:
    """Those who act; `done` counts what succeeded, by "service.method"."""

    def __init__(self, node: Node, seed: int) -> None:
        self.node, self.seed, self.random = node, seed, random.Random(seed)
        self.done: Counter[str] = Counter()
        self.institutions = [one["id"] for one in node.every("actors", "list_institutions")]

    def do(self, service: str, method: str, payload: Fields) -> Any:
        """The answer, None where it was refused."""
        try:
            answer = self.node.call(service, method, payload, within=60)
        except (ConflictError, InvalidError, NotFoundError, StaleError):
            return None
        self.done[f"{service}.{method}"] += 1
        return answer

    def walk(self, service: str, noun: str, start: Fields, change: Callable[[], Fields], road: Sequence[str]) -> Any:
        """Make a record, take it along the road, and then do some of all that in any order. Gives its id."""
        made = self.do(service, f"create_{noun}", start)
        assert made is not None, (service, noun, start)
        self.live(service, noun, made["id"], change, road)
        return made["id"]

    def live(self, service: str, noun: str, id: str, change: Callable[[], Fields], road: Sequence[str]) -> None:
        """Do these things to a record, then some of them again, perhaps with a version that it no longer has."""
        again = [self.random.choice(("change", *road)) for _ in range(3)]
        for place, act in enumerate((*road, *again)):
            version = None if place < len(road) else self.random.choice((None, None, 1, 2))
            said = {"changes": change()} if act == "change" else self.said(act)
            self.do(service, f"{act}_{noun}", {"id": id, "version": version, **said})

    def said(self, act: str) -> Fields:
        """What else belongs to an act."""
        return {
            "return": {"reason": self.text()},
            "circulate": {"deadline": "2099-12-31"},
            "convene": self.random.choice(({}, {"date": "2099-05-06", "place": self.text()})),
        }.get(act, {})

    def text(self) -> str:
        """Something that nobody else says."""
        words = self.random.sample(WORDS, self.random.randint(1, 4))
        return f"{' '.join(words)} {self.seed}-{self.random.randrange(10**9)}"

    def maybe(self, value: Any) -> Any:
        """The value, or none."""
        return self.random.choice((value, None))

    def institution(self) -> str:
        """One that exists."""
        return str(self.random.choice(self.institutions))

    def groups(self) -> list[str]:
        """Those that this node holds."""
        every = self.node.every("actors", "list_groups")
        return [one["id"] for one in every if (one["node"] or one["origin"]) == self.node.name]

    def some(self, choices: Sequence[Any]) -> list[Any]:
        """None, some or all."""
        return self.random.sample(list(choices), self.random.randint(0, len(choices)))


def actors(people: People) -> None:
    """The directory, its people, groups and what they do."""
    any_, text = people.random.choice, people.text

    def institution() -> Fields:
        said = {
            "name": text(),
            "aliases": [text()],
            "note": people.maybe(text()),
            "visibility": any_(("internal", "gtm", "public")),
        }
        contacts = people.maybe({"email": "a@exemple.ne", "phone": people.maybe("+227 20 00 00 00")})
        return {**said, "labels": people.maybe({"fr": text(), "en": text()}), "contacts": contacts}

    def focal_point() -> Fields:
        told = {"phone": people.maybe("123"), "language": any_(("fr", "en")), "consent": any_((True, False))}
        email = f"p{people.seed}.{people.random.randrange(10**9)}@exemple.ne"
        return {"institution_id": people.institution(), "name": text(), "email": email, **told}

    def group() -> Fields:
        ids = people.random.sample(people.institutions, 2)
        members = [{"institution_id": id, "role": "member", "since": people.maybe("2024-01-01")} for id in ids]
        return {"name": text(), "kind": "thematic", "members": members, "aliases": people.some([text(), text()])}

    def intervention() -> Fields:
        money = {"amount": any_(("1000", "12.5")), "currency": "XOF"}
        reached = people.maybe({"women": 12, "total": people.maybe(30)})
        donors = [{"institution_id": people.institution(), **money}]
        places = people.some([{"level": "region", "code": "NE001"}, {"level": "region", "name": text()}])
        told = {"gcm_objectives": people.some([1, 7, 23]), "places": places, "start": people.maybe("2024-01-01")}
        return {
            "title": text(),
            "lead_institution_id": people.institution(),
            "donors": donors,
            "reached": reached,
            **told,
        }

    purpose = {"purpose": any_(("coordination", "sharing", "directory"))}
    person = people.walk("actors", "focal_point", focal_point(), focal_point, ("change", "change"))
    for act in ("consent", "withdraw_consent", "consent"):
        people.do("actors", f"{act}_focal_point", {"id": person, **purpose})
    for _ in range(2):
        people.do("actors", "erase_focal_point", {"id": person, "reason": any_(("asked", "mistake"))})
    people.do("actors", "change_focal_point", {"id": person, "changes": {"name": "Quelqu’un"}})
    for noun, fields in (
        ("institution", institution), ("focal_point", focal_point), ("group", group), ("intervention", intervention),
    ):  # fmt: skip
        people.walk("actors", noun, fields(), fields, ("change", "change"))


def meetings(people: People) -> None:
    """Meetings held or cancelled, minutes read in and adopted, recommendations carried out or dropped."""
    text = people.text

    def meeting() -> Fields:
        agenda = [{"title": text(), "number": people.maybe(n)} for n in range(people.random.randint(0, 3))]
        attendance = people.some([{"text": text(), "institution_id": people.institution(), "match": "exact"}])
        return {"date": "2024-04-05", "title": text(), "agenda": agenda, "attendance": attendance, "start": "09:00"}

    def minutes() -> Fields:
        sections = [{"title": text(), "text": text(), "actions": [{"what": text(), "due": text()}]}]
        return {"title": text(), "sections": sections, "preamble": people.maybe(text())}

    def recommendation() -> Fields:
        told = {"due": people.maybe("2024-12-31"), "priority": "high", "lead_institution_id": people.institution()}
        return {"text": text(), "meeting_id": id, **told}

    id = people.walk("meetings", "meeting", meeting(), meeting, ("change", "postpone", "convene", "hold", "close"))
    people.do("meetings", "next_meeting", {"id": id, "date": "2099-01-01"})
    people.walk("meetings", "meeting", meeting(), meeting, ("convene", "postpone", "cancel"))
    people.walk("meetings", "recommendation", recommendation(), recommendation, ("change", "start", "cancel"))
    road = ("start", "complete", "reopen", "complete", "verify")
    people.walk("meetings", "recommendation", recommendation(), recommendation, road)
    day = people.random.randint(1, 28)
    content = base64.b64encode(COMPTE_RENDU.format(day=day, year=2000 + people.seed).encode()).decode()
    read = people.do("meetings", "import_minutes", {"content_base64": content})
    road = ("change", "circulate", "circulate", "adopt", "publish")
    people.live("meetings", "minutes", read["minutes_id"], minutes, road)


def indicators(people: People) -> None:
    """Plans, what they measure, and figures checked, published, returned and given anew."""
    text = people.text
    code = f"S{people.seed}-{people.random.randrange(10**9)}"

    def framework() -> Fields:
        nodes = [{"code": "A", "level": "axis"}, {"code": "A1", "parent": "A", "labels": people.maybe({"fr": text()})}]
        return {"code": code, "name": text(), "starts": 2020, "ends": people.random.randint(2021, 2035), "nodes": nodes}

    def indicator() -> Fields:
        told = {"targets": people.some([{"year": 2024, "value": "10"}]), "definition": people.maybe(text())}
        measured = {"unit": "personnes", "kind": "count", "frequency": "quarter", "disaggregation": ["sex"]}
        return {"code": code, "name": text(), **measured, **told}

    def observation() -> Fields:
        measured = {"value": str(people.random.randint(0, 999)), "categories": people.maybe({"sex": "f"}) or {}}
        period = f"20{people.random.randint(10, 40)}-Q{people.random.randint(1, 4)}"
        return {"indicator_id": id, "period": period, "source": text(), **measured}

    people.walk("indicators", "framework", framework(), framework, ("change", "change"))
    id = people.walk("indicators", "indicator", indicator(), indicator, ("change",))
    road = ("return", "change", "verify", "publish", "change")
    people.walk("indicators", "observation", observation(), observation, road)
    people.walk("indicators", "observation", observation(), observation, ("change", "verify", "return"))


def notifications(people: People) -> None:
    """What the others' acts caused is read by whom it is for."""
    for one in people.node.every("notifications", "list_notifications", {"unread": True}):
        people.do("notifications", "read_notification", {"id": one["id"], "version": people.maybe(one["version"])})
