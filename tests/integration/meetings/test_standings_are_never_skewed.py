"""Two commits at once, one that brings a recommendation and one an act on it: one of them has to run again."""

import pytest
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from services.meetings.projections.standing import Standings
from services.meetings.repository.follow_up import ProgressReports
from services.meetings.repository.recommendation import Recommendations
from tests.integration.node import Node
from tests.unit.meetings.acts import recommendation, report


def test_neither_goes_by_without_having_seen_the_other(node: Node) -> None:
    database = node.database("skew")
    for name in ("recommendations", "progress_reports", "responses", "referrals", "referral_answers", "standings"):
        database.create_collection(name)
    standings, target, act = Standings(database), recommendation(), report(percent=100)

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
            database["progress_reports"].insert_one(ProgressReports(database).to_document(act), session=second)
            standings.follow([act], second)
            if not apart:
                first.commit_transaction()
            second.commit_transaction()

    with pytest.raises(OperationFailure) as refused:
        bring_both(apart=False)
    assert refused.value.has_error_label("TransientTransactionError"), "the store runs such a commit again"
    assert database["recommendations"].find_one() is None
    bring_both(apart=True)
    kept = database["recommendations"].find_one()
    assert kept is not None
    assert kept["derived"]["effective"]["status"] == "done"
