"""What a node stands on, broker or store: given by a URI, or processes of its own."""

from dataclasses import dataclass, field

from launcher.programs import Program


@dataclass(frozen=True, kw_only=True)
class Backing:
    """The address that the platform's processes are given, and what must run for it to answer, in order.

    `management`: where it is administered, with the account that may; only of a broker that is ours.
    """

    name: str
    uri: str = field(repr=False)
    management: str | None = field(default=None, repr=False)
    programs: tuple[Program, ...] = ()
    ports: tuple[str, ...] = ()

    @property
    def external(self) -> bool:
        """Whether somebody else runs it."""
        return not self.programs
