"""Where the node is and as whom a command speaks to it: read from the environment, in one place."""

import os
from collections.abc import Callable, Mapping
from functools import partial

from launcher import texts, token
from launcher.api_client import ApiClient
from launcher.settings import Settings

API = "/api/v1"
ADMIN = "admin"


def open_client(environ: Mapping[str, str] = os.environ) -> ApiClient:
    """A client of this node's API that fetches its token when it first needs it."""
    return ApiClient(base_url=base_url(environ), token=get_token(environ), language=texts.language(environ))


def base_url(environ: Mapping[str, str] = os.environ) -> str:
    """The node of this machine by its port; GTM_PUBLIC_URL alone names one elsewhere."""
    elsewhere = environ.get("GTM_PUBLIC_URL") if not environ.get("GTM_HTTP_PORT") else None
    return (elsewhere or Settings.from_environment(environ).gateway_address).rstrip("/") + API


def get_token(environ: Mapping[str, str] = os.environ) -> Callable[[], str]:
    """How to come by a token: by GTM_ADMIN_PASSWORD where it is set, else from the node's key."""
    password = environ.get("GTM_ADMIN_PASSWORD")
    if not password:
        return partial(token.local_token, environ)

    def by_password() -> str:
        signed_in = ApiClient(base_url=base_url(environ)).post("/auth/token", {"username": ADMIN, "password": password})
        return str(signed_in.body["access_token"])

    return by_password
