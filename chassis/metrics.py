"""Every metric of the platform, in one place. Base units in the name; few labels, none of them personal."""

import platform

from prometheus_client import Counter, Gauge, Histogram

BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

HTTP_SECONDS = Histogram(
    "gtm_http_request_duration_seconds",
    "Time to answer an HTTP request",
    ("method", "route", "status"),
    buckets=BUCKETS,
)
RPC_SECONDS = Histogram(
    "gtm_rpc_duration_seconds",
    "Time a service takes to answer a call",
    ("service", "method", "outcome"),
    buckets=BUCKETS,
)
HANDLER_SECONDS = Histogram(
    "gtm_consumer_handler_duration_seconds", "Time to handle an event", ("service", "queue"), buckets=BUCKETS
)
HANDLED = Counter(
    "gtm_consumer_events_total",
    "Events taken from a queue; outcome: applied, duplicate, retried, parked",
    ("service", "queue", "outcome"),
)
STORED = Counter("gtm_events_stored_total", "Events stored with their record", ("service", "type"))
PUBLISHED = Counter("gtm_events_published_total", "Events confirmed by the broker", ("service",))
PUBLISH_FAILED = Counter("gtm_events_publish_failed_total", "Attempts to publish that were not confirmed", ("service",))
BACKLOG = Gauge("gtm_outbox_backlog_events", "Events stored and not yet sent", ("service",), multiprocess_mode="max")
OLDEST = Gauge(
    "gtm_outbox_oldest_unsent_seconds", "Age of the oldest event not yet sent", ("service",), multiprocess_mode="max"
)
QUEUE_DEPTH = Gauge(
    "gtm_queue_messages", "Messages ready in a queue of the service", ("service", "queue"), multiprocess_mode="max"
)
PARKED = Gauge("gtm_parked_messages", "Messages set aside for an operator", ("service",), multiprocess_mode="max")
CONSUMER_LAG = Gauge(
    "gtm_consumer_lag_seconds",
    "Age, at most, of the oldest event that waits in a queue or to be tried again",
    ("service", "queue"),
    multiprocess_mode="max",
)
STORE = Gauge(
    "gtm_store_info", "Which store answers; always 1", ("service", "kind", "version"), multiprocess_mode="max"
)
DELIVERIES = Counter("gtm_notification_deliveries_total", "Messages handed to a channel", ("channel", "outcome"))
BUILD = Gauge(
    "gtm_build_info", "Version of the platform and of Python; always 1", ("version", "python"), multiprocess_mode="max"
)

VERSION = "0.1.0"


def announce_build() -> None:
    """Set the build gauge; call once at the start of a process."""
    BUILD.labels(VERSION, platform.python_version()).set(1)
