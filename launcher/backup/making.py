"""Makes a backup: the databases at one instant, then the files that belong to it, then the file is read back.

The node may run; nothing of it waits. Files come after the instant, and only those that the databases of that instant
know of: a mail that is noted as sent is there, one of a notification that came later is not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from chassis.broker.rights import LAUNCHER
from chassis.process.metrics import VERSION
from launcher import processes, progress, store_accounts
from launcher.backup import bars, erasures, reading
from launcher.backup.contents import FORMAT, PIECE_BYTES, Manifest, piece_name
from launcher.backup.moment import Moment, moment
from launcher.backup.storing import prefix_of, store_alone
from launcher.backup.writing import Writer, new_file, writer
from launcher.errors import LauncherError
from launcher.homes import Home
from launcher.settings import LOOPBACK, Settings

MARKS = ("mail-off", "demo-loaded")
MAIL = ".eml"


def make(settings: Settings, given: Path) -> tuple[Path, Manifest]:
    """Write the backup; where it is and what it holds. Raises: LauncherError."""
    path = _place(settings, given)
    home = settings.home
    if not settings.mongo_uri and not home.store.is_dir():
        raise LauncherError("backup-nothing", folder=home.path)
    if home.restoring.exists():
        raise LauncherError("restore-unfinished", folder=home.restoring)
    with new_file(path) as part:
        with _store(settings) as uri:
            manifest = _write(settings, uri, part)
        with part.open("rb") as file, bars.of_bytes("backup-reading-back", part) as read:
            reading.check(file, read)
    erasures.put_beside(home.path, path, manifest.node)
    return path, manifest


@contextmanager
def _store(settings: Settings) -> Iterator[str]:
    """The store's address: of the node that runs, or started for the backup alone."""
    if settings.mongo_uri:
        yield settings.mongo_uri
        return
    home = settings.home
    home.make()
    # Held while a store runs for this alone: a start, or another backup, waits.
    with home.starting():
        if not any(one.name == "store" for one in processes.running(home)):
            progress.tell("backup-node-down")
            with store_alone(settings) as uri:
                yield uri
            return
    yield store_accounts.address(home, LAUNCHER, f"{LOOPBACK}:{home.record()['ports']['store']}")


def _place(settings: Settings, given: Path) -> Path:
    """The file to write: one of its own name in a folder. What is there is never written over."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    path = given / f"gtm-{settings.node}-{stamp}.backup" if given.is_dir() else given
    if path.exists():
        raise LauncherError("backup-exists", path=path)
    return path.absolute()


def _write(settings: Settings, uri: str, part: Path) -> Manifest:
    made_at = datetime.now(UTC).isoformat(timespec="seconds")
    with writer(part) as out:
        out.begin(settings.node, made_at)
        with moment(uri, prefix_of(settings)) as then:
            counts = _databases(then, out)
            mails = _mails(settings.home, then)
        _files(settings, mails, out)
        return out.end(
            Manifest(
                format=FORMAT,
                node=settings.node,
                platform=VERSION,
                incarnation=settings.home.incarnation,
                made_at=made_at,
                store=then.kind,
                databases=counts,
                members={},
            )
        )


def _databases(then: Moment, out: Writer) -> dict[str, dict[str, int]]:
    there = then.collections()
    about = sum(then.about(owner, name) for owner, names in there.items() for name in names)
    with bars.of_documents("backup-writing", about) as passed:
        return {
            owner: {name: _collection(then, out, owner, name, passed) for name in names}
            for owner, names in there.items()
        }


def _collection(then: Moment, out: Writer, owner: str, name: str, passed: bars.Passed) -> int:
    count = number = size = 0
    piece: list[bytes] = []
    for document in then.documents(owner, name):
        piece.append(document)
        size += len(document)
        count += 1
        if size >= PIECE_BYTES:
            out.add(piece_name(owner, name, number), b"".join(piece))
            passed(len(piece))
            piece, size, number = [], 0, number + 1
    if piece:
        out.add(piece_name(owner, name, number), b"".join(piece))
        passed(len(piece))
    return count


def _mails(home: Home, then: Moment) -> list[Path]:
    """The mails that were kept as files, of notifications that there were at that instant; named after them."""
    found = {path.stem: path for path in sorted(home.mail.glob(f"[!.]*{MAIL}"))}
    known = then.existing("notifications", "notifications", list(found))
    return [path for id, path in found.items() if id in known]


def _files(settings: Settings, mails: list[Path], out: Writer) -> None:
    keys, links = _files_in(settings.keys), _files_in(settings.keys / "federation")
    marks = [path for name in MARKS if (path := settings.home.path / name).exists()]
    for folder, paths in (("keys", keys), ("keys/federation", links), ("home", marks), ("mail", mails)):
        for path in paths:
            out.add(f"{folder}/{path.name}", path.read_bytes())


def _files_in(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.glob("[!.]*")) if path.is_file()]
