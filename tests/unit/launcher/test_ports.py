"""A port that somebody else holds is named, with the variable that moves it."""

import socket

import pytest

from launcher import ports
from launcher.errors import LauncherError
from launcher.settings import Settings


def test_a_taken_port_is_named():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        settings = Settings.from_environment({"GTM_STORE_PORT": str(taken)})
        with pytest.raises(LauncherError) as caught:
            ports.check_free(settings, ["store"])
    assert str(taken) in str(caught.value)
    assert "GTM_STORE_PORT" in str(caught.value)
    ports.check_free(settings, ["store"])
