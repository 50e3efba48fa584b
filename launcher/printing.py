"""What PDFs are laid out with: Pango, of the system, and a font with French letters.

Without them a node runs all the same. Each PDF binds them anew, so they may also be installed later.
"""

import ctypes
from pathlib import Path

from launcher import packages, progress
from launcher.errors import LauncherError

SERVICE = "meetings"
LIBRARIES = {"libpango-1.0-0": "libpango-1.0.so.0", "libpangoft2-1.0-0": "libpangoft2-1.0.so.0"}
FONT, FONTS = "fonts-dejavu-core", Path("/usr/share/fonts")


def missing() -> list[str]:
    """The Debian packages that are not there, by what they give."""
    found = [package for package, library in LIBRARIES.items() if not _loads(library)]
    return found if any(FONTS.rglob("*.[to]tf")) else [*found, FONT]


def prepare() -> None:
    """Install what is missing if that is ours to do, else say so in one line."""
    names = missing()
    if not names:
        return
    try:
        packages.install(names, missing="printing-missing")
    except LauncherError:
        progress.warn("printing-missing", names=" ".join(names))


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
