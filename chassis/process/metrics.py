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
UNROUTED = Gauge(
    "gtm_unrouted_messages",
    "Events that no queue took, as far as they are kept; service: who looked",
    ("service",),
    multiprocess_mode="max",
)
DECLARED_ANEW = Counter(
    "gtm_queues_declared_anew_total", "Times that a queue was found missing, and declared again", ("queue",)
)
READY = Gauge(
    "gtm_ready",
    "Whether a process says that it can work, as /health/ready does",
    ("service",),
    multiprocess_mode="mostrecent",
)
CIRCUIT_OPEN = Gauge(
    "gtm_circuit_open", "Whether calls to a service are refused at once", ("service",), multiprocess_mode="livemax"
)
CIRCUIT_OPENED = Counter(
    "gtm_circuit_opened_total", "Times that calls to a service began to be refused", ("service", "reason")
)
CONSUMER_LAG = Gauge(
    "gtm_consumer_lag_seconds",
    "Age, at most, of the oldest event that waits in a queue or to be tried again",
    ("service", "queue"),
    multiprocess_mode="max",
)
REPAIRED = Counter(
    "gtm_repaired_records_total", "Records sent again to, or taken again from, another node", ("service", "peer", "way")
)
DIFFERING = Gauge(
    "gtm_digest_differing_buckets",
    "Buckets in which another node's records differed when last compared; 0 is as it should be",
    ("service", "peer", "noun", "origin"),
    multiprocess_mode="max",
)
FILE_PIECES = Counter(
    "gtm_file_pieces_total",
    "Pieces of files from and to other nodes: sent, kept, known, unasked, not_sent, wrong, wrong_hash",
    ("service", "peer", "outcome"),
)
LOG_ROWS = Gauge("gtm_log_rows", "Events in the log of a service", ("service",), multiprocess_mode="max")
LOG_BYTES = Gauge("gtm_log_bytes", "Size of the log, where the store tells", ("service",), multiprocess_mode="max")
LOG_OLDEST = Gauge(
    "gtm_log_oldest_seconds", "Age of the oldest event in the log", ("service",), multiprocess_mode="max"
)
LOG_COMPACTIONS = Counter("gtm_log_compactions_total", "Compactions that came to their end", ("service",))
LOG_REMOVED = Counter("gtm_log_removed_events_total", "Events that compaction removed", ("service",))
TRAIL_WAITING = Gauge(
    "gtm_trail_unsealed_events",
    "Changes that the trail does not vouch for yet",
    ("service",),
    multiprocess_mode="max",
)
TRAIL_OLDEST = Gauge(
    "gtm_trail_oldest_unsealed_seconds",
    "Age of the oldest change that the trail does not vouch for yet",
    ("service",),
    multiprocess_mode="max",
)
TRAIL_FAULTS = Gauge(
    "gtm_trail_faults",
    "What the last verification of the trail found wrong; 0 is as it should be",
    ("service",),
    multiprocess_mode="mostrecent",
)
REFUSED = Counter(
    "gtm_events_refused_total", "Events set aside because they spoke in another's name", ("service", "queue")
)
CONFLICTING = Counter(
    "gtm_events_conflicting_total",
    "Events set aside because a version was told with another content",
    ("service", "node"),
)
PULSES = Counter("gtm_node_pulses_heard_total", "Pulses heard of another node", ("node",))
PULSES_SENT = Counter("gtm_node_pulses_sent_total", "Pulses sent by this node")
LAST_HEARD = Gauge("gtm_node_last_heard_seconds", "Seconds since another node was last heard", ("node",))
NODE_GAUGES = Gauge(
    "gtm_node_reported",
    "What another node last said of itself: outbox_waiting, parked, refused, link_waiting, disk_free, services_away",
    ("node", "measure"),
)
LINK_LAG = Gauge(
    "gtm_link_lag_seconds", "One way to another node: half of there and back, whatever its clock", ("node",)
)
LINK_WAITING = Gauge("gtm_link_waiting", "Messages that wait for another node", ("node", "direction"))
LINK_STUCK = Gauge("gtm_link_stuck", "1 while what waits has not moved for three pulses", ("node",))
SHOVEL = Gauge("gtm_link_shovel_running", "1 while this node's broker says that a transport runs", ("node", "shovel"))
SHOVEL_RESTARTS = Counter(
    "gtm_link_shovel_restarts_total", "Transports begun anew because they were stuck", ("shovel",)
)
CERTIFICATE = Gauge("gtm_link_certificate_expiry_seconds", "Until the certificate of a link ends", ("node",))
SECOND_CLAIMS = Counter(
    "gtm_node_second_claims_total", "Invitations that a second machine presented and that were refused", ("node",)
)
FENCED = Gauge("gtm_node_fenced", "1 while a node is closed because two machines spoke as it", ("node",))
LINK_REFUSED = Gauge("gtm_link_refused", "1 while the centre does not let this node in", ("node",))
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
