"""What the desk does with minutes, as seeded walks (acts.py): from the agenda to the erratum of an erratum."""

from typing import Any

from tests.integration.chassis.acts import Fields, People


def minutes_written(people: People) -> None:
    """Drafted, written section by section, amended, adopted with reservations, sealed, published, corrected twice."""
    agenda = [{"number": n, "title": people.text()} for n in (1, 2)]
    meeting = people.do("meetings", "create_meeting", {"date": "2024-04-05", "title": people.text(), "agenda": agenda})
    people.do("meetings", "draft_minutes", {"id": meeting["id"]})  # nobody was called yet
    for act in ("convene", "hold"):
        people.do("meetings", f"{act}_meeting", {"id": meeting["id"]})
    minutes = people.do("meetings", "draft_minutes", {"id": meeting["id"]})
    id = minutes["id"]
    write(people, minutes)
    people.do("meetings", "correct_minutes", {"id": id, "reason": people.text()})  # nothing is adopted yet
    people.do("meetings", "circulate_minutes", {"id": id, "deadline": "2099-12-31"})
    amend(people, id)
    people.do("meetings", "adopt_minutes", {"id": id, "with_reservations": True})
    for one in people.node.every("meetings", "list_remarks", {"target_id": id}):
        said = {"verdict": "set_aside", "answer": people.text()}
        people.do("meetings", "answer_remark", {"id": one["id"], **said})
    for act in ("adopt", "publish", "adopt"):
        people.do("meetings", f"{act}_minutes", {"id": id})
    for _ in range(2):
        erratum = people.do("meetings", "correct_minutes", {"id": id, "reason": people.text()})
        write(people, erratum)
        people.do("meetings", "circulate_minutes", {"id": erratum["id"], "deadline": "2099-12-31"})
        people.do("meetings", "adopt_minutes", {"id": erratum["id"]})
        id = erratum["id"]


def write(people: People, minutes: Any) -> None:
    """Each section, once by its revision and once by an older one."""

    def words() -> Fields:
        decisions = [{"text": people.text(), "to_confirm": people.random.choice((True, False))}]
        actions = [{"what": people.text(), "no_due": True, "institution_id": people.maybe(people.institution())}]
        return {"text": people.text(), "decisions": decisions, "actions": actions}

    for section in minutes["sections"]:
        for _ in range(2):
            where = {"id": minutes["id"], "section_id": section["id"], "revision": section["revision"]}
            people.do("meetings", "save_section", {**where, "changes": words()})


def amend(people: People, id: str) -> None:
    """Two want the same paragraph otherwise: one is taken in, the other waits."""
    section = people.do("meetings", "get_minutes", {"id": id})["sections"][0]["id"]
    place = {"kind": "amendment", "section_id": section, "paragraph": 1}
    said = [{"id": id, **place, "text": people.text(), "proposal": people.text()} for _ in range(2)]
    filed = [people.do("meetings", "remark_on_minutes", one) for one in said]
    for one in filed:
        people.do("meetings", "answer_remark", {"id": one["id"], "verdict": "taken_in"})
