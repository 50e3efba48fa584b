"""`./gtm node …` against two running nodes: what an operator types, and reads."""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import structlog

from launcher.cli import main
from tests.integration.federation.between import Pair
from tests.integration.federation.linked import Linked, apart
from tests.integration.node import ROOT


def gtm(node: Linked, *words: str, given: str = "", language: str = "fr") -> subprocess.CompletedProcess[str]:
    environment = node.environment(GTM_HTTP_PORT=str(urlsplit(node.http).port), GTM_LANGUAGE=language, COLUMNS="200")
    command = [sys.executable, "-W", "ignore", "-m", "launcher", "node", *words]
    return subprocess.run(
        command, cwd=ROOT, env=environment, input=given, capture_output=True, text=True, timeout=240, check=False
    )


def gtm_here(node: Linked, *words: str, language: str = "fr") -> subprocess.CompletedProcess[str]:
    """The same in this process: where many commands are given, and it is not the command that is tried."""
    port = str(urlsplit(node.http).port)
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    environment = node.environment(GTM_HTTP_PORT=port, GTM_LANGUAGE=language, COLUMNS="200")
    before = structlog.get_config()
    # Whatever else still runs in this process, and logs, is not what the command says.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.__stderr__))
    try:
        with patch.dict(os.environ, environment, clear=True), redirect_stdout(out), redirect_stderr(err):
            code = main(["node", *words])
    finally:
        structlog.configure(**before)
    said = [one.buffer.getvalue().decode() for one in (out, err)]
    return subprocess.CompletedProcess(["gtm", *words], code, *said)


def test_from_the_invitation_to_the_end(pair: Pair, eventually: Any) -> None:
    centre, region = pair
    apart(pair)
    assert "travaille seul" in gtm(region, "status").stdout
    invited = gtm(centre, "invite", "agadez", "--valid-hours", "2")
    assert invited.returncode == 0, invited.stderr
    assert "valable une fois" in invited.stderr and " " not in invited.stdout.strip()
    joined = gtm(region, "join", "-", given=invited.stdout, language="en")
    assert (joined.returncode, joined.stdout.splitlines()[0][:17]) == (0, "Linked to central"), joined.stderr
    eventually(lambda: "à jour" in gtm(region, "status").stdout)
    eventually(lambda: "up to date" in gtm(centre, "status", language="en").stdout)
    listed = {one["node"]: one["state"] for one in json.loads(gtm(centre, "list", "--json").stdout)}
    assert (listed["central"], listed["agadez"]) == ("joined", "joined")
    assert "membre" in gtm(centre, "list").stdout
    assert gtm(centre, "suspend", "agadez", "--reason", "essai").returncode == 0
    assert "suspendu" in gtm(centre, "status").stdout
    assert gtm(centre, "resume", "agadez", "--reason", "essai").returncode == 0
    again = gtm(centre, "invite", "agadez")
    assert (again.returncode, again.stdout) == (1, "")
    assert "--replace" in again.stderr
    assert gtm(centre, "suspend", "agadez").returncode == 2
    removed = gtm(centre, "remove", "agadez", "--reason", "essai", "--force", "--json")
    assert json.loads(removed.stdout)["state"] == "removed"
