"""Searching on a running node: who finds what, in which order, and that nothing hidden is counted or guessed."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
import requests

from chassis.kernel.errors import InvalidError
from chassis.kernel.ids import new_id
from services.meetings.projections.search_index import SearchIndex
from tests.integration.node import Node
from tests.integration.rights.cast import Cast
from tests.integration.rights.oracle import LEVELS, Person, sees

WORDS = "abcdefghijklmnopqrstuv"


def word() -> str:
    """One that nobody else has, of letters alone."""
    return "zq" + "".join(WORDS[int(sign, 16)] for sign in new_id()[-12:])


def found(node: Node, q: str, person: Person | None = None, **more: Any) -> dict[str, Any]:
    who: dict[str, Any] = {"roles": person.roles, "institution_id": person.institution} if person else {}
    if person and not person.roles:
        who = {"roles": ()}
    page: dict[str, Any] = node.call("meetings", "search", {"q": q, "page_size": 50, "cursor": None, **more}, **who)
    return page


def ids(page: dict[str, Any]) -> list[str]:
    return [hit["id"] for hit in page["items"]]


def test_everybody_finds_what_they_see_and_nothing_tells_of_the_rest(
    node: Node, cast: Cast, eventually: Callable[..., Any]
) -> None:
    mine, made = word(), {}
    for level in LEVELS:
        said = {"title": f"Revue {mine}", "date": "2025-06-07", "visibility": level}
        meeting = node.call("meetings", "create_meeting", said)["id"]
        document = node.call(
            "meetings", "submit_document", {"title": "Plan", "summary": mine, "reference": "…", "visibility": level}
        )["id"]
        asked = {"text": f"Partager {mine}", "meeting_id": meeting, "visibility": level}
        made[level] = {meeting, document, node.call("meetings", "create_recommendation", asked)["id"]}
    eventually(lambda: len(ids(found(node, mine))) == 9)
    for person in cast.people():
        seen = set().union(*(made[level] for level in LEVELS if sees("meetings", level, None, person)))
        for q in (mine, mine[:9], mine.upper(), f"{mine[:-1]}{'a' if mine[-1] != 'a' else 'b'} "):
            page = found(node, q, person)
            assert set(ids(page)) == seen, (person.name, q)
        assert paged(node, mine, person, 2) == ids(found(node, mine, person))
    hidden = Person("public")
    node.call("meetings", "change_meeting", {"id": (public := _meeting(node, made["public"])), "changes": _INTERNAL})
    assert public not in ids(found(node, mine, hidden))
    assert public in ids(found(node, mine))


def paged(node: Node, q: str, person: Person, size: int) -> list[str]:
    every: list[str] = []
    cursor: str | None = None
    while True:
        page = found(node, q, person, page_size=size, cursor=cursor)
        every += ids(page)
        assert len(page["items"]) <= size
        cursor = page["next_cursor"]
        if cursor is None:
            return every
        assert len(page["items"]) == size, "what is hidden leaves no gap"


_INTERNAL = {"visibility": "internal"}


def _meeting(node: Node, among: set[str]) -> str:
    rows = node.database("meetings")["meetings"]
    return next(id for id in among if rows.find_one({"_id": id}))


def test_nothing_is_found_by_the_names_of_what_is_hidden(
    node: Node, cast: Cast, eventually: Callable[..., Any]
) -> None:
    acronym, full = word(), word()
    said = {"name": f"Autorité {full}", "acronym": acronym, "visibility": "internal"}
    hidden = node.call("actors", "create_institution", said)["id"]
    titled = {"title": f"Note de l’autorité {full}", "reference": "…", "visibility": "public"}
    document = node.call("meetings", "submit_document", titled)["id"]
    eventually(lambda: node.database("meetings")["replica_institution"].find_one({"_id": hidden}))
    assert eventually(lambda: ids(found(node, f"{acronym} "))) == [document]
    assert ids(found(node, f"{acronym} ", Person("public"))) == []
    assert ids(found(node, f"{full} ", Person("public"))) == [document]


def test_titles_come_first_then_decisions_then_texts_and_the_latest_of_each(node: Node, cast: Cast) -> None:
    mine = word()
    said = {"agenda": [{"title": mine}], "date": "2025-09-09"}
    text = node.call("meetings", "create_meeting", said)["id"]
    decision = node.call("meetings", "create_recommendation", {"text": mine, "meeting_id": text})["id"]
    old, new = (
        node.call("meetings", "create_meeting", {"title": mine, "date": day})["id"]
        for day in ("2024-01-01", "2025-01-01")
    )
    page = found(node, mine)
    assert ids(page) == [new, old, decision, text]
    assert [page["items"][0]["title"][mark["start"] : mark["end"]] for mark in page["items"][0]["title_marks"]] == [
        mine
    ]
    assert ids(found(node, mine, kinds=["recommendation"])) == [decision]
    assert ids(found(node, mine, since="2025-01-01", until="2025-01-01")) == [new]
    assert ids(found(node, mine, group_id=cast.group)) == []
    assert ids(found(node, mine, region="NE001")) == []


def test_a_question_without_a_word_is_refused_and_a_bad_cursor_too(node: Node, cast: Cast) -> None:
    for said in ({"q": "de la"}, {"q": "plan", "cursor": "x"}, {"q": ""}, {"q": "x" * 500}, {"q": "a", "kinds": ["?"]}):
        with pytest.raises(InvalidError):
            node.call("meetings", "search", {"page_size": 5, "cursor": None, **said})


def test_an_index_that_is_lost_is_made_again(node: Node, cast: Cast, eventually: Callable[..., Any]) -> None:
    mine = word()
    meeting = node.call("meetings", "create_meeting", {"title": mine, "date": "2025-01-01"})["id"]
    assert ids(found(node, mine)) == [meeting]
    index = SearchIndex(node.home / "search" / f"{node.database('meetings').name}.sqlite3")
    made = index.made()
    assert made is not None
    older = type(made)("0", made.life, made.place)  # as a release with other rules left it
    assert index.write(made, older, all=True)
    index.close()
    eventually(lambda: found(node, mine)["complete"] and ids(found(node, mine)) == [meeting])


def test_a_walk_over_http(address: str, node: Node, cast: Cast) -> None:
    mine = word()
    text = f"""Compte-rendu de la réunion du Groupe Technique sur la Migration

Date\t3 avril 2025
Présence
- INS ;

Points inscrits à l'ordre du jour
1- Stratégies régionales {mine} ;

1. Stratégies régionales {mine}
Points de discussion clés
Le comité a examiné les données.
"""
    read = node.call("meetings", "import_minutes", {"content_base64": base64.b64encode(text.encode()).decode()})
    node.database("meetings")  # public once adopted
    for act, said in (("circulate", {"deadline": "2099-12-31"}), ("adopt", {}), ("publish", {})):
        node.call("meetings", f"{act}_minutes", {"id": read["minutes_id"], **said})
    asked = {"q": f"STRATEGIE regionale {mine}"}
    answer = requests.get(f"{address}/api/v1/search", params=asked, timeout=60)
    assert answer.status_code == 200
    (hit,) = answer.json()["items"]
    assert (hit["kind"], hit["id"], hit["section"]) == ("minutes", read["minutes_id"], 0)
    first = hit["title_marks"][0]
    assert hit["title"][first["start"] : first["end"]] == "Stratégies"
    again = requests.get(
        f"{address}/api/v1/search", params=asked, headers={"If-None-Match": answer.headers["ETag"]}, timeout=60
    )
    assert again.status_code == 304
    assert requests.get(f"{address}/api/v1/search", timeout=60).status_code == 422
