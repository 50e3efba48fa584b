"""Whether this process's clock and the store's tell about the same time.

A process that is ahead takes every call for one whose caller has given up, one that is behind takes every token for one
of the future: both refuse, each call with its reason, so nothing goes wrong but nothing goes on either. It is said.
"""

from datetime import datetime

import pymongo
from bson.codec_options import CodecOptions
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from chassis.kernel.clock import now
from chassis.process.logs import get_logger

MOST_SECONDS = 20.0  # below the leeway of tokens
ANSWER_SECONDS = 2.0
AWARE: CodecOptions[dict[str, object]] = CodecOptions(tz_aware=True)
log = get_logger()


def agrees(client: "MongoClient[dict[str, object]]") -> bool:
    """No: it is off by more than MOST_SECONDS. A store that is away, or says no time, contradicts nobody."""
    try:
        with pymongo.timeout(ANSWER_SECONDS):
            told = client.admin.command("hello", codec_options=AWARE).get("localTime")
    except PyMongoError:
        return True
    if not isinstance(told, datetime):
        return True
    ahead = (now() - told).total_seconds()
    if abs(ahead) > MOST_SECONDS:
        log.warning("clock.off", seconds_ahead=round(ahead))
        return False
    return True
