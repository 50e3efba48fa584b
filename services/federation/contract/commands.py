"""What the federation service takes."""

from chassis.contract.schema import Choice, Command, PageQuery, Text, Whole, YesNo, many, maybe, one
from services.federation.contract.records import SLUG, NodeNameSchema
from services.federation.domain.node import STATES


class InviteSchema(Command):
    """Whom to invite, and for how many hours. `replace`: a member, which then joins anew, maybe on another machine."""

    node = Text(SLUG, required=True)
    valid_hours = Whole(1, 24 * 30, load_default=72)
    replace = YesNo(load_default=False)


class DescriptionSchema(Command):
    """What a node says of itself."""

    name = one(NodeNameSchema, required=True)
    body = maybe(Text, 300)
    services = many(Text(SLUG), 20)
    address = maybe(Text, 300)


class EnrolSchema(Command):
    """The request of a region; `proof` is its credential."""

    node = Text(SLUG, required=True)
    csr = Text(20_000, required=True, lines=True)
    description = one(DescriptionSchema, required=True)
    proof = Text(64, required=True)


class JoinSchema(Command):
    """The invitation as it was handed over. `without_tls`: agree to a link that anybody on the way can read."""

    invitation = Text(4000, required=True, lines=True)
    without_tls = YesNo(load_default=False)


class NodeQuery(Command):
    """Which node, by short name or by id."""

    id = Text(64, required=True)


class SuspendSchema(NodeQuery):
    """Close a member's account for a while, and why."""

    reason = Text(1000, shortest=3, required=True)


class ResumeSchema(NodeQuery):
    """Open it again, and why."""

    reason = Text(1000, shortest=3, required=True)


class RemoveSchema(NodeQuery):
    """End a membership, and why. `force`: also if something waits for the node, which is then lost."""

    reason = Text(1000, shortest=3, required=True)
    force = YesNo(load_default=False)


class NodeFilterSchema(PageQuery):
    """Which nodes."""

    state = maybe(Choice, *STATES)


class StatusQuery(Command):
    """Nothing to say."""
