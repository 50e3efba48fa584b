"""The order in which institutions are listed (*ordre protocolaire*): by role, by kind, then as the group lists them."""

from collections.abc import Iterable
from dataclasses import dataclass

from chassis.kernel.text import fold

GROUP_ROLES = ("chair", "vice_chair", "secretariat", "rapporteur", "member", "observer")
"""What an institution may be on a group."""
ROLES = ("chair", "vice_chair", "secretariat")
"""Those who lead the group come first, in this order; everybody else after them, by kind."""
KINDS = (
    "state_body",
    "local_authority",
    "donor",
    "un_agency",
    "international_organisation",
    "red_cross",
    "ngo",
    "cso",
    "research",
    "private_sector",
    "other",
)
"""As the official comptes-rendus list them: the State, its communities, then partners, then civil society."""


@dataclass(frozen=True, kw_only=True)
class Seat:
    """An institution at the table: as the directory knows it, and its role on the group on that day.

    `role` is None of who is no member; `position` is its place in the group's own list.
    """

    institution_id: str
    name: str | None = None
    acronym: str | None = None
    kind: str | None = None
    role: str | None = None
    position: int | None = None

    @property
    def called(self) -> str:
        """What it is called in a list."""
        return self.acronym or self.name or self.institution_id


def in_protocol_order(seats: Iterable[Seat]) -> tuple[Seat, ...]:
    """The seats in the order of the tables above, the same whatever order they are given in."""
    return tuple(sorted(seats, key=_place))


def _place(seat: Seat) -> tuple[int, int, bool, int, str, str]:
    role = ROLES.index(seat.role) if seat.role in ROLES else len(ROLES)
    kind = KINDS.index(seat.kind) if seat.kind in KINDS else len(KINDS)
    return role, kind, seat.position is None, seat.position or 0, fold(seat.called), seat.institution_id
