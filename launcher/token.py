"""A token for who runs the node: whoever may read the node's signing key is its operator already."""

import json
import os
from collections.abc import Mapping

from joserfc.jwk import OKPKey

from chassis.kernel.principal import Principal
from chassis.process.tokens import sign
from launcher.errors import SettingError
from launcher.settings import Settings

ACCOUNT = "local-operator"
"""The account that the trail shows for what is done so."""
SECONDS = 600


def local_token(environ: Mapping[str, str] = os.environ) -> str:
    """A short token with the roles admin, secretariat, statistician. Raises: SettingError where no key can be read."""
    settings = Settings.from_environment(environ)
    path = settings.keys / "signing.jwk"
    try:
        key = OKPKey.import_key(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise SettingError("no-signing-key", folder=str(settings.keys)) from error
    roles = frozenset({"admin", "secretariat", "statistician"})
    return sign(key, settings.node, Principal(account_id=ACCOUNT, roles=roles), SECONDS)
