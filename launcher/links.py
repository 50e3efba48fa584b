"""What the broker of a centre needs for those who dial in: the authority, its own certificate, where it listens."""

import contextlib
import ipaddress
from pathlib import Path

from chassis.federation.certificates import Authority
from launcher import progress
from launcher.errors import SettingError
from launcher.settings import Settings

FOLDER = "federation"


def listens(settings: Settings) -> bool:
    """Whether this node is a centre, by its description."""
    return settings.description is not None and settings.description.listen is not None


def bound_to(settings: Settings) -> str:
    """The address of this machine that it listens on: GTM_LINK_BIND, else the description's. Raises: SettingError."""
    assert settings.description is not None and settings.description.listen is not None  # noqa: S101 (who asks knows)
    given = settings.environ.get("GTM_LINK_BIND") or settings.description.listen.bind
    try:
        return str(ipaddress.ip_address(given))
    except ValueError as error:
        raise SettingError("setting-address", name="GTM_LINK_BIND", value=given) from error


def host(settings: Settings) -> str:
    """The name under which it is dialled: GTM_LINK_HOST, else the description's."""
    assert settings.description is not None and settings.description.listen is not None  # noqa: S101 (who asks knows)
    return settings.environ.get("GTM_LINK_HOST") or settings.description.listen.host


def make_certificates(settings: Settings) -> None:
    """Have the authority, made once, and a certificate for the broker that fits its description and lasts."""
    assert settings.description is not None  # noqa: S101 (who asks knows)
    authority = Authority(settings.keys / FOLDER)
    settings.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority.ensure(settings.node)
    lasting = settings.description.certificates
    if authority.ensure_server(host(settings), lasting.valid_days, lasting.warn_days):
        progress.tell("link-certificate", host=host(settings))


def show_to(folder: Path, settings: Settings) -> None:
    """Let the broker find them under its own folder: its configuration knows no path that holds signs of its own."""
    link, target = folder / FOLDER, settings.keys / FOLDER
    with contextlib.suppress(FileNotFoundError):
        if link.readlink() == target:
            return
        link.unlink()
    link.symlink_to(target)
