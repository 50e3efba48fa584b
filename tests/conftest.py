"""How the tests are run: the same examples each time, and side by side where pytest is told to (`-n`).

Side by side, a file is never torn apart: its tests share a node. So do those of a folder whose fixtures are the
folder's. What takes longest begins first, so that no process is left alone with it at the end.
"""

import os
import signal

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

# Found examples belong into the tests by name: what a commit gives must not depend on luck or on an earlier run.
SLOW = [HealthCheck.too_slow]  # as is a busy machine
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None, suppress_health_check=SLOW)
settings.register_profile("searching", deadline=None, suppress_health_check=SLOW)
settings.load_profile(os.environ.get("GTM_TEST_HYPOTHESIS") or "repeatable")

SHARED = ("tests/integration/gateway/", "tests/integration/rights/", "tests/system/federation/")
# These have a node of their own; they stay apart from the folder's.
OWN = (
    "test_files_over_http.py", "test_history_over_http.py", "test_operators_at_work.py", "test_rpc_broker_loss.py",
    "test_rpc_client.py", "test_services_that_are_away.py",
)  # fmt: skip


class ByFile(LoadScopeScheduling):
    """Hands out whole files, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = next((one for one in SHARED if file.startswith(one)), None)
        return folder if folder and not file.endswith(OWN) else file


def pytest_configure(config: pytest.Config) -> None:
    """Told to end (SIGTERM), the tests end what they started, as at Ctrl-C."""
    if not hasattr(config, "workerinput"):
        signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """xdist asks who hands out the tests."""
    config.option.loadscopereorder = False
    return ByFile(config, log)
