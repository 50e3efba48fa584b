"""The compte-rendu as a text people write, read into its fields. Start at `reader.py`."""

from .as_json import extracted_as_json, warnings_as_json
from .extracted import Extracted
from .reader import read_compte_rendu
from .recognition import looks_like_minutes, require_minutes

__all__ = [
    "Extracted",
    "extracted_as_json",
    "looks_like_minutes",
    "read_compte_rendu",
    "require_minutes",
    "warnings_as_json",
]
