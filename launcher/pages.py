"""Pages of docs/ that are made from the code, and checked against it."""

from pathlib import Path

from launcher import progress


def keep_current(command: str, file: Path, page: str, write: bool) -> int:
    """0 if the file says what the page says, by now if it may be written; else 1."""
    if file.exists() and file.read_text(encoding="utf-8") == page:
        progress.tell("page-current", path=file)
        return 0
    if not write:
        progress.warn("page-stale", path=file, command=command)
        return 1
    file.write_text(page, encoding="utf-8")
    progress.tell("page-written", path=file)
    return 0
