"""Why a file cannot be read, inside the process that tries."""

from typing import Any


class UnreadableError(Exception):
    """A file that gives no text; the code becomes that of the InvalidError the caller sees."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code, params)
