"""The main job at the meetings service: a compte-rendu becomes a meeting, minutes and action points, and moves on."""

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from chassis.kernel.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, StaleError
from tests.integration.node import Node

FIXTURES = Path(__file__).parents[2] / "fixtures" / "compte_rendus"
AHEAD = "2099-12-31"

TEXT = """Compte-rendu de la réunion du Groupe Technique sur la Migration

Date\t{day}
Heure\t9h00 - 11h30
Lieu\tSalle de réunion de la DGECM-R
Présence
- INS ;
- DGECEM-R ;
- ANLPT/TIM ;
- Collectif des Passeurs de Mémoire ;

Points inscrits à l'ordre du jour
1- Ouverture (SP/CCM) ;
2- Présentation des chiffres du trimestre (INS) ;

1. Ouverture (SP/CCM)
Points de discussion clés
Le Secrétaire Permanent a ouvert la séance.

2. Présentation des chiffres du trimestre (INS)
Points de discussion clés
L'INS a présenté les tendances du trimestre.
Points d'action\tPersonnes/agences responsables\tDate limite
Transmettre le fichier des données aux membres\tINS\t30/06/{year}
N/A\tN/A\tN/A

Le Secrétaire Permanent
MOUSSA EXEMPLE
"""


@pytest.fixture(scope="module", autouse=True)
def running(node: Node, eventually: Any) -> None:
    """Both services, and the directory known to the meetings service."""
    node.run("actors", "meetings")
    copies = node.database("meetings")
    eventually(lambda: copies["replica_institution"].count_documents({}) >= 40, within=20)
    eventually(lambda: copies["replica_group"].count_documents({}) >= 9, within=20)


def minutes_of(day: str) -> str:
    return TEXT.format(day=day, year=day.rpartition(" ")[2])


def send(node: Node, text: str | bytes, **options: Any) -> dict[str, Any]:
    content = text.encode() if isinstance(text, str) else text
    payload = {"content_base64": base64.b64encode(content).decode(), "media_type": "text/plain", **options}
    return dict(node.call("meetings", "import_minutes", payload, within=40))


def test_a_compte_rendu_becomes_a_meeting_with_minutes_and_actions(node: Node) -> None:
    result = send(node, minutes_of("3 mars 2021"))
    assert result["created"] is True
    extracted = result["extracted"]
    assert (extracted["date"], extracted["start"], extracted["end"]) == ("2021-03-03", "09:00", "11:30")
    meeting = node.call("meetings", "get_meeting", {"id": result["meeting_id"]})
    assert meeting["state"] == "held"
    assert meeting["minutes_id"] == result["minutes_id"]
    assert meeting["group_name"] == "Groupe Technique sur la Migration"
    minutes = node.call("meetings", "get_minutes", {"id": result["minutes_id"]})
    assert minutes["source_text"] == minutes_of("3 mars 2021")
    assert minutes["state"] == "draft"
    assert minutes["sections"][0]["title"].startswith("Ouverture")
    page = node.call("meetings", "list_recommendations", {"meeting_id": meeting["id"]})
    (action,) = page["items"]
    assert action["kind"] == "action"
    assert action["due"] == "2021-06-30"
    assert action["lead_institution_id"] is not None


def test_spellings_near_the_directory_are_matched_and_the_unknown_is_proposed_once(node: Node, eventually: Any) -> None:
    first = send(node, minutes_of("4 mars 2021"))
    by_text = {entry["text"]: entry for entry in first["extracted"]["attendance"]}
    assert by_text["INS"]["match"] in ("exact", "alias")
    assert by_text["DGECEM-R"]["acronym"] == "DGECM-R"
    assert by_text["ANLPT/TIM"]["acronym"] == "ANLTP/TIM"
    unknown = by_text["Collectif des Passeurs de Mémoire"]
    assert unknown["institution_id"] is None or unknown["match"] == "exact"

    def proposed() -> Any:
        found = node.call("actors", "list_institutions", {"q": "passeurs memoire", "status": "proposed"})["items"]
        return found if len(found) == 1 else None

    (proposal,) = eventually(proposed)
    copies = node.database("meetings")["replica_institution"]
    eventually(lambda: copies.find_one({"_id": proposal["id"]}))
    again = send(node, minutes_of("5 mars 2021"))
    entry = next(one for one in again["extracted"]["attendance"] if one["text"].startswith("Collectif"))
    assert entry["institution_id"] == proposal["id"]
    assert eventually(proposed)


def test_the_same_text_again_answers_with_the_first_result(node: Node) -> None:
    first = send(node, minutes_of("6 mars 2021"))
    again = send(node, minutes_of("6 mars 2021"))
    assert again["created"] is False
    assert {**again, "created": True} == first
    meetings = node.every("meetings", "list_meetings", {"since": "2021-03-06", "until": "2021-03-06"})
    assert [meeting["id"] for meeting in meetings] == [first["meeting_id"]]


def test_the_text_goes_into_the_meeting_that_was_planned(node: Node) -> None:
    groups = node.call("actors", "list_groups", {"acronym": "GTM"})["items"]
    group = next(one for one in groups if one["level"] == "central")
    planned = node.call("meetings", "create_meeting", {"group_id": group["id"], "date": "2021-03-08", "place": "INS"})
    node.call("meetings", "convene_meeting", {"id": planned["id"]})
    result = send(node, minutes_of("8 mars 2021"))
    assert result["meeting_id"] == planned["id"]
    meeting = node.call("meetings", "get_meeting", {"id": planned["id"]})
    assert (meeting["state"], meeting["version"]) == ("held", 3)
    assert len(meeting["attendance"]) == 4


def test_a_second_text_for_a_meeting_that_has_minutes_is_refused_unless_meant(node: Node) -> None:
    first = send(node, minutes_of("9 mars 2021"))
    other = minutes_of("9 mars 2021").replace("les tendances", "les grandes tendances")
    with pytest.raises(ConflictError) as refused:
        send(node, other)
    assert refused.value.code == "meeting-has-minutes"
    assert refused.value.params["minutes_id"] == first["minutes_id"]
    meant = send(node, other, meeting_id=first["meeting_id"])
    assert meant["minutes_id"] == first["minutes_id"]
    minutes = node.call("meetings", "get_minutes", {"id": first["minutes_id"]})
    assert minutes["version"] == 2
    assert "grandes tendances" in minutes["sections"][1]["text"]
    page = node.call("meetings", "list_recommendations", {"meeting_id": first["meeting_id"]})
    assert len(page["items"]) == 1


def test_the_same_text_twice_at_once_becomes_one_meeting(node: Node) -> None:
    text = minutes_of("13 mars 2021")
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: send(node, text), range(4)))
    assert sorted(result["created"] for result in results) == [False, False, False, True]
    assert len({result["minutes_id"] for result in results}) == 1
    meetings = node.every("meetings", "list_meetings", {"since": "2021-03-13", "until": "2021-03-13"})
    assert len(meetings) == 1


def test_changes_at_once_all_count(node: Node) -> None:
    meeting = node.call("meetings", "create_meeting", {"date": "2021-03-14"})
    places = [f"Salle {number}" for number in range(6)]

    def change(place: str) -> Any:
        return node.call("meetings", "change_meeting", {"id": meeting["id"], "changes": {"place": place}})

    with ThreadPoolExecutor(3) as pool:
        versions = sorted(changed["version"] for changed in pool.map(change, places))
    assert versions == [2, 3, 4, 5, 6, 7]
    assert [event["recordversion"] for event in node.events("meetings", subject=meeting["id"])] == [1, 2, 3, 4, 5, 6, 7]


def test_archived_minutes_are_adopted_on_their_day(node: Node) -> None:
    result = send(node, minutes_of("10 mars 2021"), archive=True)
    minutes = node.call("meetings", "get_minutes", {"id": result["minutes_id"]})
    assert (minutes["state"], minutes["adopted_on"], minutes["archive"]) == ("adopted", "2021-03-10", True)
    assert [event["type"] for event in node.events("meetings", subject=minutes["id"])] == [
        "gtm.meetings.minutes.archived.v1"
    ]


def test_circulate_adopt_publish(node: Node) -> None:
    id = send(node, minutes_of("11 mars 2021"))["minutes_id"]
    with pytest.raises(ConflictError):
        node.call("meetings", "adopt_minutes", {"id": id})
    with pytest.raises(InvalidError) as past:
        node.call("meetings", "circulate_minutes", {"id": id, "deadline": "2021-04-01"})
    assert past.value.errors[0]["field"] == "deadline"
    circulated = node.call("meetings", "circulate_minutes", {"id": id, "version": 1, "deadline": AHEAD})
    assert (circulated["state"], circulated["deadline"]) == ("circulated", "2099-12-31T22:59:59.000Z")
    with pytest.raises(StaleError):
        node.call("meetings", "adopt_minutes", {"id": id, "version": 1})
    adopted = node.call("meetings", "adopt_minutes", {"id": id})
    assert adopted["state"] == "adopted"
    with pytest.raises(ConflictError):
        node.call("meetings", "change_minutes", {"id": id, "changes": {"place": "ailleurs"}})
    with pytest.raises(NotFoundError):
        node.call("meetings", "get_minutes", {"id": id}, roles=())
    node.call("meetings", "publish_minutes", {"id": id})
    assert node.call("meetings", "get_minutes", {"id": id}, roles=())["state"] == "published"
    types = [event["type"].split(".")[3] for event in node.events("meetings", subject=id)]
    assert types == ["imported", "circulated", "adopted", "published"]
    meeting = node.call("meetings", "get_meeting", {"id": adopted["meeting_id"]})
    assert meeting["state"] == "closed"


def test_who_may_not_is_refused(node: Node) -> None:
    with pytest.raises(ForbiddenError):
        node.call("meetings", "create_meeting", {"date": "2021-01-01"}, roles=("member",))
    with pytest.raises(ForbiddenError):
        node.call("meetings", "create_meeting", {"date": "2021-01-01"}, roles=())
    with pytest.raises(ForbiddenError):
        node.call("meetings", "list_meetings", {}, token="not.a.token")


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (b"", {}),
        (b"Bonjour, ceci n'est pas un compte-rendu.", {}),
        ("Réunion".encode("latin-1"), {}),
        (b"Compte-rendu\x00", {}),
        (b"PK\x03\x04 not a zip", {"filename": "minutes.docx", "media_type": "application/octet-stream"}),
        (b"%PDF-1.7 broken", {"media_type": "application/pdf"}),
    ],
)
def test_what_is_no_minutes_is_refused_and_nothing_is_stored(node: Node, content: bytes, options: Any) -> None:
    before = node.events("meetings")
    with pytest.raises(InvalidError):
        send(node, content, **options)
    assert node.events("meetings") == before


def test_windows_1252_is_read_when_declared(node: Node) -> None:
    text = minutes_of("12 mars 2021")
    result = send(node, text.encode("cp1252"), charset="windows-1252")
    assert node.call("meetings", "get_minutes", {"id": result["minutes_id"]})["source_text"] == text


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.txt")), ids=lambda path: path.stem)
def test_every_layout_loads(node: Node, path: Path) -> None:
    try:
        result = send(node, path.read_bytes(), archive=True)
    except InvalidError as error:
        assert error.code == "date-not-found"
        result = send(node, path.read_bytes(), archive=True, date="2022-02-28")
        assert result["extracted"]["date"] == "2022-02-28"
    minutes = node.call("meetings", "get_minutes", {"id": result["minutes_id"]})
    assert minutes["source_text"] == path.read_text(encoding="utf-8")


def test_the_job_completes_without_the_actors_service(node: Node) -> None:
    """RPC never goes from service to service: what meetings knows of institutions is its own copy. Runs last."""
    node.stop("actors")
    result = send(node, minutes_of("25 mars 2021"))
    id = result["minutes_id"]
    matched = [entry for entry in result["extracted"]["attendance"] if entry["institution_id"]]
    assert len(matched) >= 3
    node.call("meetings", "circulate_minutes", {"id": id, "deadline": AHEAD})
    node.call("meetings", "adopt_minutes", {"id": id})
    assert node.call("meetings", "publish_minutes", {"id": id})["state"] == "published"
