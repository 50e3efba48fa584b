"""What a node stands on, broker or store: given by a URI, or processes of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from launcher.programs import Program


@dataclass(frozen=True, kw_only=True)
class Backing:
    """The address that the platform's processes are given, and what must run for it to answer, in order.

    `uri` is for the launcher; `uris` for the processes, each with an account of its own, where it is ours to run.
    `management`: where the broker is administered, with the account that may; only of one that is ours.
    """

    name: str
    uri: str = field(repr=False)
    uris: Mapping[str, str] = field(default_factory=dict, repr=False)
    management: str | None = field(default=None, repr=False)
    programs: tuple[Program, ...] = ()
    ports: tuple[str, ...] = ()

    def of(self, process: str) -> str:
        """The address that a process is given."""
        return self.uris.get(process, self.uri)

    @property
    def external(self) -> bool:
        """Whether somebody else runs it."""
        return not self.programs
