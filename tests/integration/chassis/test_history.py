"""Records as they were: from the log, in today's words, under the rules of then and now."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chassis.contract.envelope import EventType
from chassis.contract.schema import RecordSchema, Text
from chassis.contract.upcast import Upcast
from chassis.history.versions import History
from chassis.kernel.clock import NIAMEY, now, rfc3339
from chassis.kernel.errors import ForbiddenError, GoneError, InvalidError, NotFoundError
from chassis.storage.outbox import Outbox
from tests.integration.chassis.acts import COMPTE_RENDU
from tests.integration.node import Node


@pytest.fixture(scope="module", autouse=True)
def running(node: Node, eventually: Callable[..., Any]) -> None:
    node.run("actors", "meetings")


def make(node: Node, name: str, **fields: Any) -> dict[str, Any]:
    return dict(node.call("actors", "create_institution", {"name": name, **fields}))


def change(node: Node, id: str, **changes: Any) -> dict[str, Any]:
    return dict(node.call("actors", "change_institution", {"id": id, "changes": changes}))


def then(node: Node, id: str, at: str, **who: Any) -> dict[str, Any]:
    return dict(node.call("actors", "get_institution", {"id": id, "as_of": at}, **who))


def times(node: Node, id: str, service: str = "actors") -> list[str]:
    return [event["time"] for event in node.events(service, subject=id)]


def test_each_version_is_shown_as_it_was_answered_then(node: Node) -> None:
    told = [make(node, "Institution racontée", aliases=["Ancienne"])]
    for note in ("un", "deux", "trois"):
        told.append(change(node, told[0]["id"], note=note))
    assert [then(node, told[0]["id"], at) for at in times(node, told[0]["id"])] == told
    assert then(node, told[0]["id"], now().astimezone(NIAMEY).date().isoformat()) == told[-1]


def test_before_its_time_it_is_not_found_and_since_when_it_is_known_is_told(node: Node) -> None:
    made = make(node, "Institution naissante")
    for earlier in ("2025-03-01", rfc3339(now() - timedelta(hours=1))):
        with pytest.raises(NotFoundError) as refused:
            then(node, made["id"], earlier)
        assert (refused.value.code, refused.value.params["since"]) == ("not-known-then", made["created_at"])


@pytest.mark.parametrize("at", ["hier", "2025-02-30", "2025-03-01T08:00:00", "", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_moment_is_refused(node: Node, at: str) -> None:
    made = make(node, f"Institution sans moment {at}")
    with pytest.raises(InvalidError) as refused:
        then(node, made["id"], at)
    assert refused.value.errors[0]["field"] == "as_of"


def test_the_future_is_refused(node: Node) -> None:
    made = make(node, "Institution à venir")
    for ahead in (rfc3339(now() + timedelta(minutes=5)), "2999-01-01"):
        with pytest.raises(InvalidError) as refused:
            then(node, made["id"], ahead)
        assert refused.value.code == "as-of-in-future"


def test_who_may_not_see_it_now_does_not_see_its_past_nor_the_reverse(node: Node) -> None:
    id = make(node, "Institution discrète", note="publique")["id"]
    change(node, id, visibility="internal", note="réservée")
    first, _its_tombstone, second = times(node, id)
    for at in (first, second):
        with pytest.raises(NotFoundError) as refused:
            then(node, id, at, roles=())
        assert refused.value.code == "institution-not-found"
    with pytest.raises(NotFoundError):
        node.call("actors", "list_history", {"noun": "institution", "id": id}, roles=())
    change(node, id, visibility="public", note="rouverte")
    assert then(node, id, first, roles=())["note"] == "publique"
    with pytest.raises(NotFoundError) as refused:
        then(node, id, second, roles=())
    assert refused.value.code == "institution-not-found"
    assert then(node, id, second)["note"] == "réservée"
    seen = node.call("actors", "list_history", {"noun": "institution", "id": id}, roles=())["items"]
    assert [one["version"] for one in seen] == [4, 2, 1]
    assert {(one["actor"], one["institution_id"], one["why"]) for one in seen} == {(None, None, None)}
    (note,) = (one for one in seen[0]["changes"] if one["field"] == "note")
    assert note == {"field": "note", "after": "rouverte", "too_long": False}  # not what it was while it was internal
    known = node.call("actors", "list_history", {"noun": "institution", "id": id})["items"]
    assert known[0]["changes"][0]["before"] is not None
    assert {one["actor"] for one in known} == {"tester"}


def test_the_history_is_paged_from_the_newest(node: Node) -> None:
    id = make(node, "Institution suivie")["id"]
    for note in ("un", "deux", "trois"):
        change(node, id, note=note)
    found: list[dict[str, Any]] = []
    cursor = None
    while cursor is not None or not found:
        asked = {"noun": "institution", "id": id, "page_size": 3, "cursor": cursor}
        page = node.call("actors", "list_history", asked)
        found, cursor = [*found, *page["items"]], page["next_cursor"]
    events = list(reversed(node.events("actors", subject=id)))
    assert [one["version"] for one in found] == [4, 3, 2, 1]
    assert [one["type"].split(".")[3] for one in found] == ["changed"] * 3 + ["created"]
    for one, event in zip(found, events, strict=True):
        assert one["changed"] == event["data"]["changed"]
        assert (one["time"], one["actor"], one["correlation_id"], one["incarnation"]) == (
            event["time"],
            event["actor"],
            event["correlationid"],
            event["incarnation"],
        )
    assert [one["changes"] for one in found[:3]] == [
        [{"field": "note", "before": before, "after": after, "too_long": False}]
        for after, before in (("trois", "deux"), ("deux", "un"), ("un", None))
    ]
    made = {one["field"]: one for one in found[3]["changes"]}
    assert made["name"] == {"field": "name", "after": "Institution suivie", "too_long": False}
    with pytest.raises(InvalidError):
        node.call("actors", "list_history", {"noun": "institution", "id": id, "cursor": "3"})
    with pytest.raises(NotFoundError):
        node.call("actors", "list_history", {"noun": "secret", "id": id})


def test_internal_records_have_no_past_for_others(node: Node) -> None:
    house = make(node, "Institution d'une personne")
    person = {"institution_id": house["id"], "name": "Personne d'essai", "email": "personne@exemple.ne"}
    id = node.call("actors", "create_focal_point", person)["id"]
    (at,) = times(node, id)
    for roles in ((), ("member",)):
        with pytest.raises((NotFoundError, ForbiddenError)):
            node.call("actors", "get_focal_point", {"id": id, "as_of": at}, roles=roles)
        with pytest.raises((NotFoundError, ForbiddenError)):
            node.call("actors", "list_history", {"noun": "focal_point", "id": id}, roles=roles)
    assert node.call("actors", "get_focal_point", {"id": id, "as_of": at})["name"] == "Personne d'essai"


def test_which_recommendations_were_open_then(node: Node) -> None:
    meeting = node.call("meetings", "create_meeting", {"date": "2024-01-10", "title": "Réunion du passé"})
    made = [
        node.call("meetings", "create_recommendation", {"meeting_id": meeting["id"], "text": f"Faire {n}"})
        for n in range(5)
    ]
    at = times(node, made[-1]["id"], "meetings")[0]
    node.call("meetings", "complete_recommendation", {"id": made[0]["id"]})
    node.call("meetings", "create_recommendation", {"meeting_id": meeting["id"], "text": "Plus tard"})
    found, cursor = [], None
    for _ in range(20):
        asked = {"as_of": at, "status": "open", "meeting_id": meeting["id"], "page_size": 2, "cursor": cursor}
        page = node.call("meetings", "list_recommendations", asked)
        found, cursor = [*found, *page["items"]], page["next_cursor"]
        if cursor is None:
            break
    assert found == made
    still = node.every("meetings", "list_recommendations", {"status": "open", "meeting_id": meeting["id"]})
    assert made[0]["id"] not in {one["id"] for one in still}
    assert node.call("meetings", "list_recommendations", {"as_of": "2024-01-01"})["items"] == []
    with pytest.raises(InvalidError) as refused:
        node.call("meetings", "list_recommendations", {"as_of": at, "overdue": True})
    assert refused.value.code == "filter-not-in-past"


def test_meetings_and_minutes_are_told_as_they_were(node: Node) -> None:
    first = node.call("meetings", "create_meeting", {"date": "2024-01-11", "title": "Réunion racontée"})
    second = node.call("meetings", "convene_meeting", {"id": first["id"], "place": "Agadez"})
    assert [first.pop("warnings"), second.pop("warnings")] == [[], []]  # told with the answer, no part of the record
    first_at, second_at = times(node, first["id"], "meetings")
    for at, told in ((first_at, first), (second_at, second)):
        assert node.call("meetings", "get_meeting", {"id": first["id"], "as_of": at}) == told
        drafts = node.every("meetings", "list_meetings", {"as_of": at, "state": "draft"})
        assert (told in drafts) == (told is first)
    content = base64.b64encode(COMPTE_RENDU.format(day=4, year=2019).encode()).decode()
    read = node.call("meetings", "import_minutes", {"content_base64": content})["minutes_id"]
    draft = node.call("meetings", "get_minutes", {"id": read})
    node.call("meetings", "circulate_minutes", {"id": read, "deadline": "2099-12-31"})
    sent = node.call("meetings", "get_minutes", {"id": read})
    draft_at, sent_at = times(node, read, "meetings")
    for at, told in ((draft_at, draft), (sent_at, sent)):
        assert node.call("meetings", "get_minutes", {"id": read, "as_of": at}) == told
        listed = node.every("meetings", "list_minutes", {"as_of": at, "state": told["state"]})
        (item,) = (one for one in listed if one["id"] == read)
        assert item == {name: told[name] for name in item}
    assert node.call("meetings", "render_minutes", {"id": read, "format": "text", "as_of": draft_at})


def test_a_version_that_the_log_lacks_is_gone_and_never_guessed(node: Node) -> None:
    id = make(node, "Institution trouée")["id"]
    for note in ("un", "deux", "trois"):
        change(node, id, note=note)
    at = times(node, id)
    node.database("actors")["outbox"].delete_many({"subject": id, "recordversion": {"$in": [1, 2]}})
    with pytest.raises(GoneError) as refused:
        then(node, id, at[1])
    assert refused.value.params == {"first": "1", "last": "2", "since": at[2]}
    assert then(node, id, at[2])["note"] == "deux"


class ThingSchema(RecordSchema):
    """A record whose `label` was called `name` once, and which had no `colour`."""

    label = Text(required=True)
    colour = Text(load_default="grey")


def test_the_past_is_told_in_todays_words(node: Node) -> None:
    step = Upcast(1, lambda data: {**data, "label": data.pop("name"), "changed": ["label"]})
    known = EventType("gtm.actors.thing.created.v2", ThingSchema, "", (step,))
    record = {
        "id": "01890000-0000-7000-8000-000000000001", "origin": "central", "version": 1, "visibility": "public",
        "created_at": "2020-01-01T00:00:00.000Z", "created_by": "a", "updated_at": "2020-01-01T00:00:00.000Z",
        "updated_by": "a",
    }  # fmt: skip
    envelope = {
        "specversion": "1.0", "id": "01890000-0000-7000-8000-000000000002", "source": "/nodes/central/actors",
        "type": "gtm.actors.thing.created.v1", "subject": record["id"], "time": "2020-01-01T00:00:00.000Z",
        "datacontenttype": "application/json", "origin": "central", "recordversion": 1, "incarnation": 1,
        "visibility": "public", "actor": "a", "correlationid": "c",
        "data": {**record, "name": "thing", "gone": 1, "changed": ["name"]},
    }  # fmt: skip
    database = node.database("scratch")
    outbox = Outbox(database)
    with database.client.start_session() as session:
        session.with_transaction(lambda inside: outbox.append([("key", envelope)], inside))
    history = History(outbox, [known])
    assert history.as_of(record, now()) == {**record, "label": "thing", "colour": "grey"}
    page, _ = history.versions(str(record["id"]), ("public",), 10, None)
    assert page[0]["changed"] == ["label"]
