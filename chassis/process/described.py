"""Reading a description written by hand: a table of TOML that tells every mistake by file, key and what is right."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, overload

LONGEST = 200  # characters of a text


class DescriptionError(Exception):
    """A mistake in a file; `told` is the line that a person reads. In logs: English."""

    def __init__(self, code: str, *, file: str, key: str, **params: object) -> None:
        super().__init__(code, file, key)
        self.code, self.params = code, {"file": file, "key": key, **params}

    def told(self, language: str) -> str:
        """The line in French (fr) or English (en)."""
        return _texts()[self.code][language].format(**self.params)

    def __str__(self) -> str:
        return self.told("en")


class Table:
    """A table of a file. What was not asked for by the end is a mistake: mostly a key that is misspelt."""

    def __init__(self, file: str, values: Mapping[str, Any], path: str = "") -> None:
        self.file, self._values, self._path = file, dict(values), path
        self._asked: list[str] = []

    def error(self, key: str, code: str, **params: object) -> DescriptionError:
        """A mistake at a key of this table."""
        return DescriptionError(code, file=self.file, key=f"{self._path}{key}", **params)

    def take(self, key: str, *, required: bool = False) -> Any:
        """The value, whatever it is; None where there is none."""
        self._asked.append(key)
        if required and key not in self._values:
            raise self.error(key, "description-missing")
        return self._values.get(key)

    def text(self, key: str, *, fits: re.Pattern[str] | None = None, fault: str = "description-text") -> str:
        """A text that must be there."""
        given = self.take(key, required=True)
        wrong = not isinstance(given, str) or not given.strip() or len(given) > LONGEST or not given.isprintable()
        if wrong or (fits is not None and not fits.fullmatch(given)):
            raise self.error(key, fault, given=_short(given), most=LONGEST)
        return str(given)

    def maybe(self, key: str, *, fits: re.Pattern[str], fault: str) -> str | None:
        """A text that may be left out."""
        return self.text(key, fits=fits, fault=fault) if key in self._values else self.take(key)

    @overload
    def whole(self, key: str, least: int, most: int, default: int) -> int: ...
    @overload
    def whole(self, key: str, least: int, most: int, default: None) -> int | None: ...
    def whole(self, key: str, least: int, most: int, default: int | None) -> int | None:
        """A whole number within limits."""
        given = self.take(key)
        if given is None:
            return default
        if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
            raise self.error(key, "description-whole", given=_short(given), least=least, most=most)
        return given

    @overload
    def table(self, key: str, *, required: bool) -> "Table": ...
    @overload
    def table(self, key: str) -> "Table | None": ...
    def table(self, key: str, *, required: bool = False) -> "Table | None":
        """A table inside this one."""
        given = self.take(key, required=required)
        if given is None:
            return None
        if not isinstance(given, dict):
            raise self.error(key, "description-table", given=_short(given))
        return Table(self.file, given, f"{self._path}{key}.")

    def no_more(self) -> None:
        """Raises: DescriptionError, naming a key that means nothing here."""
        for key in self._values:
            if key not in self._asked:
                raise self.error(key, "description-unknown-key", known=", ".join(self._asked))


def _short(given: object) -> str:
    return str(given)[:60]


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("messages.toml").read_text(encoding="utf-8"))
