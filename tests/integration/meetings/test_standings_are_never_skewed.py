"""Two commits at once, of a recommendation, an act on it and the meeting that asked: one of them has to run again."""

from typing import Any

import pytest
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from chassis.kernel.record import Record
from chassis.storage.repository import Repository
from services.meetings.domain.meeting import Meeting
from services.meetings.projections.standing import Standings
from services.meetings.repository.follow_up import ProgressReports
from services.meetings.repository.meeting import Meetings
from services.meetings.repository.recommendation import Recommendations
from tests.integration.node import Node
from tests.unit.meetings.acts import base, recommendation, report

COLLECTIONS = (
    "recommendations", "progress_reports", "responses", "referrals", "referral_answers", "standings", "meetings",
)  # fmt: skip
ASKING = Meeting(**base("m"), title="GTM", date="2026-02-26", group_id="g")


@pytest.mark.parametrize(
    ("name", "kind", "other", "kept"),
    [
        ("skew", ProgressReports, report(percent=100), ("effective", "status", "done")),
        ("skew_of_meetings", Meetings, ASKING, ("asked", "groups", ["internal:g", "gtm:g"])),
    ],
)
def test_neither_goes_by_without_having_seen_the_other(
    node: Node, name: str, kind: type[Repository[Any]], other: Record, kept: tuple[str, str, Any]
) -> None:
    database = node.database(name)
    for collection in COLLECTIONS:
        database.create_collection(collection)
    standings, target = Standings(database), recommendation()

    def bring_both(apart: bool) -> None:
        with database.client.start_session() as first, database.client.start_session() as second:
            for session in (first, second):
                session.start_transaction(read_concern=ReadConcern("snapshot"))
            database["recommendations"].insert_one(Recommendations(database).to_document(target), session=first)
            standings.follow([target], first)
            if apart:
                first.commit_transaction()
                second.abort_transaction()
                second.start_transaction(read_concern=ReadConcern("snapshot"))
            repository = kind(database)
            repository.collection.insert_one(repository.to_document(other), session=second)
            standings.follow([other], second)
            if not apart:
                first.commit_transaction()
            second.commit_transaction()

    with pytest.raises(OperationFailure) as refused:
        bring_both(apart=False)
    assert refused.value.has_error_label("TransientTransactionError"), "the store runs such a commit again"
    assert database["recommendations"].find_one() is None
    bring_both(apart=True)
    found = database["recommendations"].find_one()
    assert found is not None
    part, field, value = kept
    assert found["derived"][part][field] == value
