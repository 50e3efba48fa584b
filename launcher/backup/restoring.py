"""Takes a backup in: everything is checked first, made aside, and put in its place when it is whole.

In order of time: is the node down and its home empty → is the file whole → the home is locked → store, keys, mails and
marks are made in a folder of their own → the incarnation is raised → what was there goes aside, the new comes in.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from launcher import processes, store_accounts, watching
from launcher.backup import bars, erasures, reading
from launcher.backup.contents import NAME, Manifest, NoBackupError
from launcher.backup.keys import check_keys, put_keys
from launcher.backup.loading import Databases
from launcher.backup.staging import Staging, data_in
from launcher.backup.storing import prefix_of, store_alone
from launcher.errors import LauncherError, SettingError
from launcher.homes import private_folder, write_private
from launcher.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How to restore. `force`: what is in GTM_HOME goes aside. `incarnation`: at least this one."""

    force: bool = False
    incarnation: int | None = None
    mail_off: bool = False


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What became of it; `aside` holds what was there before."""

    manifest: Manifest
    incarnation: int
    aside: Path | None


def check(path: Path) -> Manifest:
    """What a backup holds, every byte of it checked. Raises: NoBackupError."""
    with reading.open_file(path) as file:
        return _check(path, file)


def restore(settings: Settings, path: Path, wishes: Wishes) -> Restored:
    """Have the node of the backup in GTM_HOME, down. Raises: LauncherError; then nothing was touched."""
    home = settings.home
    with reading.open_file(path) as file:
        _refuse(settings, wishes)
        manifest = _check(path, file)
        _check_fit(settings, manifest)
        raised = _raised(settings, manifest, wishes)
        private_folder(home.path)
        private_folder(home.run)
        with home.starting():
            _refuse(settings, wishes)
            staging = Staging(home)
            already = staging.whole.get("backup")
            if not already:
                _fill(settings, staging, file, manifest, raised, wishes)
                staging.seal(_name_of(manifest))
            aside = _finish(settings, staging)
    if already and already != _name_of(manifest):
        raise LauncherError("restore-finished-other")
    return Restored(manifest=manifest, incarnation=home.incarnation, aside=aside)


def _check(path: Path, file: BinaryIO) -> Manifest:
    with bars.of_bytes("restore-checking", path) as read:
        return reading.check(file, read)


def _refuse(settings: Settings, wishes: Wishes) -> None:
    """Raises: LauncherError, when the node runs or what is there would be in the way."""
    home = settings.home
    if processes.running(home):
        raise LauncherError("restore-node-up")
    staging = Staging(home)
    if staging.whole:  # put in its place by whichever restore comes next
        return
    if not wishes.force and data_in(home):
        raise LauncherError("restore-taken", folder=home.path)
    if settings.mongo_uri:
        taken = Databases(settings.mongo_uri, prefix_of(settings)).taken(staging.token)
        if taken:
            raise LauncherError("restore-databases", names=", ".join(taken))


def _check_fit(settings: Settings, manifest: Manifest) -> None:
    asked = settings.environ.get("GTM_NODE")
    if asked and asked != manifest.node:
        raise LauncherError("restore-node", node=manifest.node, asked=asked)
    check_keys(settings, manifest)


def _raised(settings: Settings, manifest: Manifest, wishes: Wishes) -> int:
    """Above every incarnation of this node that we know of: the backup's, and that of the home that goes aside."""
    least = max(manifest.incarnation, settings.home.incarnation if data_in(settings.home) else 0) + 1
    if wishes.incarnation is not None and wishes.incarnation < least:
        raise SettingError("restore-incarnation", given=wishes.incarnation, least=least)
    return wishes.incarnation or least


def _fill(
    settings: Settings, staging: Staging, file: BinaryIO, manifest: Manifest, raised: int, wishes: Wishes
) -> None:
    """Make the node aside; after an error or a Ctrl-C nothing of it is left."""
    staging.begin()
    home = settings.home
    home.make()
    for name in store_accounts.who(settings):  # it takes its accounts along: they are those of the home it will be in
        secret = store_accounts.secret(name)
        write_private(staging.node.path / "secrets" / secret, home.secret(secret))
    aside = replace(settings, home=staging.node, keys=staging.node.path / "keys")
    try:
        with store_alone(aside) as uri:
            databases = Databases(uri, prefix_of(settings))
            databases.begin(staging.token)
            with bars.of_documents("restore-writing", manifest.documents) as passed:
                databases.load(manifest, _pieces(file, manifest, staging.node.path), passed)
            if not settings.mongo_uri:
                databases.end()
        write_private(staging.node.path / "incarnation", str(raised))
        staging.node.belong_to(manifest.node)
        erasures.bring(staging.node.path, (settings.home.path, erasures.beside(Path(file.name), manifest.node)))
        if wishes.mail_off:
            write_private(staging.node.mail_off, "")
    except BaseException:
        with watching.unstoppable():
            _undo(settings, staging)
        raise


def _undo(settings: Settings, staging: Staging) -> None:
    if settings.mongo_uri:
        # What cannot be dropped now stays marked, and its token stays here: the next restore drops it.
        with contextlib.suppress(LauncherError):
            Databases(settings.mongo_uri, prefix_of(settings)).drop(staging.token)
            staging.discard()
    else:
        staging.discard()


def _finish(settings: Settings, staging: Staging) -> Path | None:
    """Put in its place what is whole; may be interrupted anywhere and done again."""
    if settings.mongo_uri:
        Databases(settings.mongo_uri, prefix_of(settings)).end()
    put_keys(settings, staging)
    return staging.place()


def _pieces(file: BinaryIO, manifest: Manifest, folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """(owner, collection, documents) of each piece; the files on the way are written into the folder."""
    for name, data in reading.members(file):
        fits = NAME.fullmatch(name)
        known = manifest.members.get(name)
        if fits is None or known is None:
            continue  # the header and the manifest itself
        if hashlib.sha256(data).hexdigest() != known.sha256:  # the file was changed since it was checked
            raise NoBackupError("backup-damaged", reason=name)
        if fits["owner"]:
            yield fits["owner"], fits["collection"], data
        elif fits["folder"]:
            _write(folder / ("" if fits["folder"] == "home" else fits["folder"]) / fits["file"], data)


def _write(path: Path, data: bytes) -> None:
    private_folder(path.parent)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _name_of(manifest: Manifest) -> str:
    return hashlib.sha256(manifest.write()).hexdigest()
