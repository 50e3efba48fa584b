"""The disk under the store fills while writers write: nothing acknowledged is lost, and it heals once there is room.

The store lies on a file system of its own, in memory; when it ends it is started again, as the supervisor does.
"""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pymongo
import pytest
from pymongo.errors import PyMongoError

from chassis.kernel.errors import UnavailableError
from tests.faults.scene import ACTORS, Scene, own_scene
from tests.integration.eventually import eventually

pytestmark = [pytest.mark.slow]
MEGABYTES = 96
NOTICED_WITHIN = 60.0
ANSWERED_WITHIN = 25.0  # that a refusal takes at most: the store's patience, not a hang
JUNK = 500  # at a time


class Disk:
    """A small file system at a folder, gone whatever happens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast: list[Path] = []
        folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m,mode=0700", "tmpfs", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"needs leave to mount a file system in memory: {done.stderr.strip()}")

    def fill(self) -> None:
        """Leave not a page; again, should the store have given back some."""
        told = os.statvfs(self.folder)
        if told.f_bavail:
            self._ballast.append(self.folder / f"ballast-{len(self._ballast)}")
            with self._ballast[-1].open("wb") as file, contextlib.suppress(OSError):  # the store may be faster
                os.posix_fallocate(file.fileno(), 0, told.f_bavail * told.f_frsize)

    def free(self) -> None:
        """Somebody has tidied up."""
        for path in self._ballast:
            path.unlink(missing_ok=True)

    def close(self) -> None:
        """Unmount; if something still writes there, as soon as it ends."""
        subprocess.run(["umount", "--lazy", str(self.folder)], capture_output=True, check=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Scene, Disk]]:
    folder = tmp_path_factory.mktemp("disk")
    disk = Disk(folder / "store")
    try:
        with own_scene(folder) as scene, scene.store.kept_up():
            yield scene, disk
    finally:
        disk.close()


def fills(scene: Scene, disk: Disk) -> bool:
    """Fill the disk; the store has room within its files, and another database takes that. Whether all is at an end."""
    disk.fill()
    with contextlib.suppress(PyMongoError), pymongo.timeout(2.0):
        for _ in range(JUNK):
            scene.node.database("junk")["junk"].insert_one({"text": "x" * 50_000})
    return scene.not_ready()


def test_a_full_disk_refuses_and_heals(place: tuple[Scene, Disk]) -> None:
    scene, disk = place
    pids = scene.pids()
    try:
        with scene.writing():
            eventually(lambda: fills(scene, disk), within=NOTICED_WITHIN, every=0.2)
            began = time.monotonic()
            with pytest.raises(UnavailableError) as refused:
                scene.node.call(ACTORS, "create_institution", {"name": "Sans place"}, within=ANSWERED_WITHIN)
            assert refused.value.code == "store-away"
            print(f"\ndisk full: refused after {time.monotonic() - began:.1f} s")
            assert scene.not_ready()
            disk.free()
            print(f"room again: ready after {scene.back():.1f} s")
    finally:
        disk.free()
    assert scene.pids() == pids
