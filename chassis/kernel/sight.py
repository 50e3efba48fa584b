"""How much of the records somebody sees, by the policy; applied inside the queries (chassis/storage/seeing.py)."""

from dataclasses import dataclass

LEVELS = ("internal", "gtm", "public")


@dataclass(frozen=True)
class Sight:
    """What one caller sees in one service."""

    levels: tuple[str, ...]
    """The visibilities that are seen, whosever the record is."""
    own: tuple[str, ...] = ()
    """Those that are seen besides, of the records of the one institution."""
    institution_id: str | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is hidden."""
        return set(self.levels) == set(LEVELS)

    def of(self, owner: str | None) -> tuple[str, ...]:
        """The visibilities that are seen of the records of that institution."""
        return self.levels + self.own if self._owns(owner) else self.levels

    def admits(self, visibility: str, owner: str | None = None) -> bool:
        """Whether a record of that visibility and institution is seen."""
        return visibility in self.of(owner)

    def _owns(self, owner: str | None) -> bool:
        return bool(self.own) and owner is not None and owner == self.institution_id


EVERYTHING = Sight(LEVELS)
NOTHING = Sight(())
