"""How often one may ask: who signed in by their account, everybody else by their address; 429 beyond.

Told in each answer by RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers). An account has one bucket
from wherever it asks, so that a ministry behind one address is not one caller; a credential that is refused counts for
the address.
"""

import math
import time
from typing import Final

from flask import Response, g, request

from chassis.process.logs import get_logger
from gateway import context
from gateway.accounts.domain.guessing import network
from gateway.buckets import Buckets
from gateway.problems import Problem
from gateway.settings import GatewaySettings

SECONDS: Final = 10  # of the rate that may come at once
TOLD_EVERY: Final = 1.0  # seconds: a flood is not to fill the log

log = get_logger()


class Limits:
    """Counts for one process, in the table of all."""

    def __init__(self, settings: GatewaySettings, buckets: Buckets) -> None:
        self._rates = {"account": settings.rate_account, "address": settings.rate_address}
        self._buckets = buckets
        self._told = 0.0

    def count(self) -> None:
        """Count the request for who asks. Raises: Problem 429 too-many-requests."""
        asking = context.principal()
        if asking.is_public:
            self._count("address", network(request.remote_addr or "", 32, 64))
        else:
            self._count("account", asking.account_id)

    def _count(self, by: str, name: str) -> None:
        rate = self._rates[by]
        if not rate:
            return
        taken = self._buckets.take(f"{by} {name}", rate, rate * SECONDS)
        g.limit = by, rate * SECONDS, taken
        if taken.granted:
            return
        if time.monotonic() - self._told > TOLD_EVERY:
            self._told = time.monotonic()
            log.warning("too many requests", by=by)
        seconds = max(1, math.ceil(taken.again_in))
        raise Problem(429, "too-many-requests", {"seconds": seconds}, headers={"Retry-After": str(seconds)})


def tell(response: Response) -> None:
    """Say what is left."""
    if "limit" in g:
        by, most, taken = g.limit
        response.headers["RateLimit-Policy"] = f'"{by}";q={most};w={SECONDS}'
        response.headers["RateLimit"] = f'"{by}";r={taken.left};t={math.ceil(taken.full_in)}'
