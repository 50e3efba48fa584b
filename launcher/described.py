"""Whether the node that `gtm up` is about to start is described, and what is said if it is not."""

from chassis.federation import nodes
from chassis.process.described import DescriptionError
from launcher import progress, texts
from launcher.errors import LauncherError
from launcher.settings import Settings


def check(settings: Settings, *, asked_for: bool) -> None:
    """Say what is missing. Raises: LauncherError node-unknown, for a name typed by `--node` that nothing is known of.

    A node of GTM_NODE without a file runs all the same, with everything but links: scripts, containers and nodes that
    were there before there were descriptions go on. Mistakes in the files of other nodes are told, and stop nothing.
    """
    folder = nodes.folder(settings.environ)
    if settings.description is None and settings.home.node != settings.node:
        if asked_for:
            raise LauncherError("node-unknown", node=settings.node, known=", ".join(nodes.ids(folder)), folder=folder)
        progress.warn("node-undescribed", node=settings.node, folder=folder)
    try:
        nodes.load(folder)
    except DescriptionError as error:
        progress.warn("node-description", mistake=error.told(texts.language()))
