"""Use cases of merges: two institutions known on several nodes turn out to be one. On the centre alone."""

from chassis.kernel.checks import refuse
from chassis.kernel.errors import ConflictError
from services.actors.contract import events
from services.actors.domain.merge import CENTRE, Merge, active, check_merge
from services.actors.domain.ports import Work
from services.actors.handlers.checks import unknown_institutions


def merge_institutions(work: Work, *, kept_id: str, merged_id: str, reason: str | None) -> Merge:
    """Have one stand for the other.

    Raises: InvalidError institution-not-found, institution-internal; ConflictError merge-at-centre, merge-with-itself,
    merged-already, merge-in-ring.
    """
    _require_centre(work)
    named = (("kept_id", kept_id), ("merged_id", merged_id))
    refuse(unknown_institutions(work, named))
    found = {field: work.institutions.get(id) for field, id in named}
    refuse(
        [
            {"field": field, "code": "institution-internal", "params": {"id": one.id}}
            for field, one in found.items()
            if one.visibility == "internal"
        ]
    )
    check_merge(kept_id, merged_id, work.merges.ways())
    reach = "public" if all(one.visibility == "public" for one in found.values()) else "gtm"
    merge = work.new(Merge, reach, kept_id=kept_id, merged_id=merged_id, reason=reason)
    work.save(merge, events.MERGE_MADE)
    return merge


def undo_merge(work: Work, *, id: str, reason: str | None) -> Merge:
    """Take a merge back. Raises: NotFoundError; ConflictError merge-at-centre, merge-not-standing."""
    _require_centre(work)
    merge = work.merges.get(id)
    if id not in {one.id for one in active(work.merges.all_known()).values()}:
        raise ConflictError("merge-not-standing", None, {"id": id})
    undoing = work.new(
        Merge, merge.visibility, kept_id=merge.kept_id, merged_id=merge.merged_id, reason=reason, undoes=id
    )
    work.save(undoing, events.MERGE_UNDONE)
    return undoing


def _require_centre(work: Work) -> None:
    if work.node != CENTRE:
        raise ConflictError("merge-at-centre", None, {"origin": CENTRE})
