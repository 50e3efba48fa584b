"""The main job's last step with the real services: from a compte-rendu to those present, the actors service stopped."""

import base64
from typing import Any

import pytest

from tests.integration.node import Node

TEXT = """Compte-rendu de la réunion du Groupe Technique sur la Migration

Date\t{day}
Heure\t9h00 - 11h30
Lieu\tSalle de réunion de la DGECM-R
Présence
- INS ;
- ANLPT/TIM ;
- Collectif des Passeurs de Mémoire {day} ;

Points inscrits à l'ordre du jour
1- Présentation des chiffres du trimestre (INS) ;

1. Présentation des chiffres du trimestre (INS)
Points de discussion clés
L'INS a présenté les tendances du trimestre.

Le Secrétaire Permanent
MOUSSA EXEMPLE
"""
SECRETARIAT = "account-of-secretariat"


@pytest.fixture(scope="module")
def focal_point(node: Node, eventually: Any) -> dict[str, Any]:
    """The one focal point of the INS; made a moment before the minutes are circulated."""
    node.run("actors", "meetings", "notifications")
    copies = node.database("meetings")
    eventually(lambda: copies["replica_institution"].count_documents({}) >= 40, within=30)
    eventually(lambda: copies["replica_group"].count_documents({}) >= 9, within=30)
    (ins,) = node.call("actors", "list_institutions", {"acronym": "INS"})["items"]
    person = {"institution_id": ins["id"], "name": "Aïssa Abdou", "email": "aissa@example.ne", "language": "fr"}
    return dict(node.call("actors", "create_focal_point", person))


def taken_in(node: Node, day: str, **options: Any) -> dict[str, Any]:
    content = base64.b64encode(TEXT.format(day=day).encode()).decode()
    payload = {"content_base64": content, "media_type": "text/plain", **options}
    return dict(node.call("meetings", "import_minutes", payload, within=40))


def own(node: Node, focal_point: dict[str, Any]) -> list[dict[str, Any]]:
    who = {"roles": ("focal_point",), "account": "of-aissa", "focal_point_id": focal_point["id"]}
    return node.every("notifications", "list_notifications", {}, **who)


def reports(node: Node, subject: str) -> list[dict[str, Any]]:
    return node.every(
        "notifications", "list_notifications", {"subject": subject, "kind": "report"}, account=SECRETARIAT
    )


def test_those_present_are_told_and_the_secretariat_is_answered(
    node: Node, focal_point: dict[str, Any], eventually: Any
) -> None:
    minutes = {"id": taken_in(node, "3 mars 2021")["minutes_id"]}
    circulate = minutes | {"deadline": "2099-12-31"}
    node.call("meetings", "circulate_minutes", circulate, account=SECRETARIAT, correlation_id="c-main-job")
    (notice,) = eventually(lambda: own(node, focal_point), within=40)
    assert (notice["kind"], notice["subject"], notice["institution_id"]) == (
        "minutes_circulated",
        minutes["id"],
        focal_point["institution_id"],
    )
    assert notice["correlation_id"] == "c-main-job"
    (report,) = eventually(lambda: reports(node, minutes["id"]))
    (absent,) = node.call("actors", "list_institutions", {"acronym": "ANLTP/TIM"})["items"]
    assert (report["told"], report["not_told"]) == ([focal_point["institution_id"]], [absent["id"]])
    assert "Collectif des Passeurs de Mémoire 3 mars 2021" in report["text"]
    assert "(ANLTP/TIM)" in report["text"]
    eventually(lambda: list((node.home / "mail").glob(f"{notice['id']}.eml")), within=20)


def test_it_completes_while_the_actors_service_is_stopped(
    node: Node, focal_point: dict[str, Any], eventually: Any
) -> None:
    node.stop("actors")
    minutes = {"id": taken_in(node, "7 avril 2021")["minutes_id"]}
    node.call("meetings", "circulate_minutes", minutes | {"deadline": "2099-12-31"}, account=SECRETARIAT)
    node.call("meetings", "adopt_minutes", minutes, account=SECRETARIAT)
    eventually(lambda: len(reports(node, minutes["id"])) == 2, within=40)
    about = [one for one in own(node, focal_point) if one["subject"] == minutes["id"]]
    assert {one["kind"] for one in about} == {"minutes_circulated", "minutes_adopted"}


def test_archived_minutes_tell_nobody(node: Node, focal_point: dict[str, Any], eventually: Any) -> None:
    old = taken_in(node, "5 mai 2020", archive=True)["minutes_id"]
    marker = {"id": taken_in(node, "6 mai 2021")["minutes_id"]}
    node.call("meetings", "circulate_minutes", marker | {"deadline": "2099-12-31"}, account=SECRETARIAT)
    eventually(lambda: reports(node, marker["id"]), within=40)
    assert old not in {one["subject"] for one in own(node, focal_point)}


def test_convening_calls_the_members_of_the_group(node: Node, focal_point: dict[str, Any], eventually: Any) -> None:
    (group,) = node.database("notifications")["replica_group"].find({"acronym": "GTM"})
    planned = {"group_id": group["_id"], "date": "2099-01-15", "start": "09:00", "agenda": [{"title": "Bilan"}]}
    meeting = node.call("meetings", "create_meeting", planned)
    for act, said in (
        ("convene", {}),
        ("change", {"changes": {"place": "Agadez"}}),
        ("change", {"changes": {"agenda": []}}),  # concerns nobody's calendar
        ("postpone", {}),
        ("cancel", {}),
    ):
        node.call("meetings", f"{act}_meeting", {"id": meeting["id"], **said}, account=SECRETARIAT)
    kinds = {"meeting_convened", "meeting_changed", "meeting_postponed", "meeting_cancelled"}

    def told() -> list[dict[str, Any]]:
        return [one for one in own(node, focal_point) if one["subject"] == meeting["id"]]

    eventually(lambda: {one["kind"] for one in told()} == kinds, within=40)
    assert len(told()) == 4
    first = next(one for one in told() if one["kind"] == "meeting_convened")
    assert "15 janvier 2099" in first["text"]
    assert "- Bilan" in first["text"]
    assert {len(one["told"]) for one in reports(node, meeting["id"])} == {1}
