"""Sending compte-rendu files to the node, one by one, and what became of each.

A file is refused or accepted by itself: the others go on. What is no file's fault stops the whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from launcher import texts
from launcher.api_client import ApiClient, Content
from launcher.api_errors import ApiProblemError

TEXT = "text/plain"
MEDIA_TYPES = {
    ".txt": TEXT,
    ".text": TEXT,
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
}
"""What the node reads, by the ending of the file's name."""

NO_FILES_FAULT = frozenset({401, 403, 429, 503})
"""Statuses that every further file would get as well: not signed in, not allowed, too many tries, not available."""

CREATED, THERE, REFUSED = "created", "already_there", "refused"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one file; `line` is where the first fault was found."""

    file: str
    result: str
    date: str | None = None
    meeting_id: str | None = None
    minutes_id: str | None = None
    warnings: list[Any] = field(default_factory=list)
    problem: str | None = None
    code: str | None = None
    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class Sending:
    """A file to send, and whether as old minutes, adopted on their own date without telling anybody."""

    path: Path
    archive: bool = False


def in_folder(folder: Path) -> list[Path]:
    """The files of a folder that the node can read, by name; hidden ones and those of an open word processor aside."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and path.suffix.lower() in MEDIA_TYPES and not path.name.startswith((".", "~$"))
    )


def send_each(client: ApiClient, sendings: Sequence[Sending], *, charset: str | None = None) -> Iterator[Outcome]:
    """Send the files in order, and tell of each. Raises: ApiError."""
    for sending in sendings:
        yield send(client, sending, charset=charset)


def send(client: ApiClient, sending: Sending, *, charset: str | None = None) -> Outcome:
    """Send one file; `charset` is what a text is declared as. Raises: ApiError."""
    name = str(sending.path)
    media_type = MEDIA_TYPES.get(sending.path.suffix.lower())
    if media_type is None:
        problem = texts.say("minutes-unknown-ending", endings=", ".join(MEDIA_TYPES))
        return Outcome(file=name, result=REFUSED, code="unknown-ending", problem=problem)
    try:
        data = sending.path.read_bytes()
    except OSError as error:
        problem = texts.say("minutes-unreadable", reason=error.strerror or str(error))
        return Outcome(file=name, result=REFUSED, code="unreadable-file", problem=problem)
    declared = f"{media_type}; charset={charset}" if charset and media_type == TEXT else media_type
    content = Content.file(sending.path.name, data, declared)
    try:
        answer = client.send("/minutes/import", content, archive="true" if sending.archive else None)
    except ApiProblemError as problem:
        if problem.status in NO_FILES_FAULT:
            raise
        return Outcome(file=name, result=REFUSED, code=problem.code, problem=str(problem), line=problem.line)
    return _accepted(name, answer.status, answer.body)


def _accepted(name: str, status: int, body: dict[str, Any]) -> Outcome:
    return Outcome(
        file=name,
        result=CREATED if status == 201 else THERE,
        date=(body.get("extracted") or {}).get("date"),
        meeting_id=body.get("meeting_id"),
        minutes_id=body.get("minutes_id"),
        warnings=body.get("warnings") or [],
    )
