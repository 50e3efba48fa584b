"""The texts that people read, by code and language, from every messages.toml (gateway, chassis, services).

A file holds one table a code: [stale-version] fr = "… {given} …", en = "…". A code is in one file only.
"""

import string
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from gateway.settings import ROOT

LANGUAGES = ("fr", "en")  # French first: it is what a reader gets who asks for neither


class _Lenient(string.Formatter):
    """Formats a text even when a parameter is missing: the reader sees its name instead."""

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs.get(str(key), f"{{{key}}}")


def message_files(root: Path = ROOT) -> list[Path]:
    """Every messages.toml there is."""
    own = [root / "gateway/messages.toml", root / "chassis/process/messages.toml"]
    return [*own, *sorted(root.glob("services/*/contract/messages.toml"))]


def read_messages(files: Iterable[Path]) -> dict[str, dict[str, str]]:
    """{code: {"fr": …, "en": …}} of the files that exist; the first file that has a code wins."""
    texts: dict[str, dict[str, str]] = {}
    for path in files:
        if path.is_file():
            for code, text in tomllib.loads(path.read_text(encoding="utf-8")).items():
                texts.setdefault(code, text)
    return texts


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All texts of this checkout, read once per process."""
    return read_messages(message_files())


def text(code: str, language: str, params: Mapping[str, Any] | None = None) -> str | None:
    """The text of a code with its parameters filled in; None for a code that nobody wrote a text for."""
    entry = catalogue().get(code)
    if entry is None:
        return None
    pattern = entry.get(language) or entry["fr"]
    return _Lenient().vformat(pattern, (), {key: str(value)[:300] for key, value in (params or {}).items()})
