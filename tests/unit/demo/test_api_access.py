"""Where a command finds the node, and as whom it speaks."""

import pytest

from launcher.api_access import base_url, get_token, open_client
from launcher.errors import SettingError


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "http://127.0.0.1:8080/api/v1"),
        ({"GTM_HTTP_PORT": "9100"}, "http://127.0.0.1:9100/api/v1"),
        ({"GTM_HTTP_PORT": "9100", "GTM_HTTP_HOST": "0.0.0.0"}, "http://127.0.0.1:9100/api/v1"),  # noqa: S104
        ({"GTM_PUBLIC_URL": "https://gtm.example.org/"}, "https://gtm.example.org/api/v1"),
        ({"GTM_PUBLIC_URL": "https://gtm.example.org", "GTM_HTTP_PORT": "9100"}, "http://127.0.0.1:9100/api/v1"),
    ],
)
def test_the_node_of_this_machine_comes_first(environ, expected):
    assert base_url(environ) == expected


def test_a_password_is_exchanged_for_a_token(node):
    node.answers = [(200, {}, {"access_token": "t"})]
    environ = {"GTM_PUBLIC_URL": node.address.removesuffix("/api/v1"), "GTM_ADMIN_PASSWORD": "secret"}
    assert get_token(environ)() == "t"
    assert node.asked[0].json == {"username": "admin", "password": "secret"}


def test_without_a_password_and_without_the_nodes_key_the_folder_is_named(tmp_path):
    with pytest.raises(SettingError, match=tmp_path.name):
        get_token({"GTM_KEYS": str(tmp_path)})()


@pytest.mark.parametrize(("environ", "language"), [({}, "fr"), ({"LANG": "en_GB.UTF-8"}, "en")])
def test_the_node_is_asked_in_the_callers_language(environ, language):
    assert open_client(environ).language == language
