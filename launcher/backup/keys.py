"""The node's keys, where GTM_KEYS has them outside GTM_HOME: other keys that are there are never replaced."""

import hashlib
from pathlib import Path

from launcher.backup.contents import Manifest
from launcher.backup.staging import Staging
from launcher.errors import LauncherError
from launcher.homes import private_folder, write_private
from launcher.settings import Settings


def check_keys(settings: Settings, manifest: Manifest) -> None:
    """Raises: LauncherError restore-keys, when the folder holds others than the backup."""
    if _in_home(settings) or not settings.keys.is_dir():
        return
    for path in _files_in(settings.keys):
        known = manifest.members.get(f"keys/{path.relative_to(settings.keys)}")
        if known and hashlib.sha256(path.read_bytes()).hexdigest() != known.sha256:
            raise LauncherError("restore-keys", folder=settings.keys)


def put_keys(settings: Settings, staging: Staging) -> None:
    """Bring the keys of a node that was made aside to where they belong; the same again changes nothing."""
    if _in_home(settings):
        return
    private_folder(settings.keys)
    made, placed = staging.node.path / "keys", settings.home.path / "keys"
    source = made if made.is_dir() else placed
    for path in _files_in(source):
        target = settings.keys / path.relative_to(source)
        private_folder(target.parent)
        write_private(target, path.read_text(encoding="utf-8"))


def _in_home(settings: Settings) -> bool:
    return settings.keys == settings.home.path / "keys"


def _files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
