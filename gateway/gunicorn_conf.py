"""gunicorn's settings for the gateway; the environment says the rest (gateway/settings.py).

The metrics folder must be known before prometheus_client is first imported, which the workers do: hence no preload.
"""

import contextlib
import ctypes
import os
import shutil
from pathlib import Path
from typing import Any

from gateway import buckets  # noqa: F401 (before the fork: its memory is of all workers)
from gateway.settings import GatewaySettings

_settings = GatewaySettings.from_environment()
M_MMAP_THRESHOLD = -3  # malloc.h

bind = f"{_settings.http_host}:{_settings.http_port}"
worker_class = "gateway.worker.GatewayWorker"
workers = _settings.workers
threads = _settings.threads
preload_app = False
keepalive = 15  # seconds; browsers and the services' callers come back within this
timeout = 90  # seconds without a sign of life after which a worker is replaced; longer than the longest call
graceful_timeout = 20  # seconds that requests under way get at a stop
limit_request_line = 8190
limit_request_fields = 100
limit_request_field_size = 8190
control_socket_disable = True  # the supervisor speaks to the processes by signals, as to all others
accesslog = None  # each request writes a line of its own (gateway/answers.py), without names in it
logger_class = "gateway.worker.JsonLogger"
# A worker's sign of life must not wait for a disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108

os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_settings.metrics_folder)
# A figure without labels has its file from the import on, which comes before on_starting.
_settings.metrics_folder.mkdir(parents=True, exist_ok=True)


def on_starting(_server: Any) -> None:
    """Numbers of earlier runs are not this run's."""
    shutil.rmtree(_settings.metrics_folder, ignore_errors=True)
    _settings.metrics_folder.mkdir(parents=True, exist_ok=True)


def post_fork(_server: Any, _worker: Any) -> None:
    """Give the 19 MiB of each password hash back to the system: else glibc learns to keep them, 40 MB a worker."""
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, 4 * 1024 * 1024)


def child_exit(_server: Any, worker: Any) -> None:
    """A worker that ended no longer counts in gauges; its counters stay counted."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
