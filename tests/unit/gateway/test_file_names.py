"""Names of files, in and out: no folder, no line of a header, nothing that shows another ending than there is."""

import pytest

from gateway.files import saved_as
from gateway.upload import bare


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\windows\\win.ini", "win.ini"),
        ("/absolute/plan.pdf", "plan.pdf"),
        ("a\r\nSet-Cookie: x=1", "aSet-Cookie: x=1"),
        ("\x1b[2Jplan.pdf", "[2Jplan.pdf"),
        ("plan\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe", "planfdp.exe"),
        ("a\0.pdf", "a.pdf"),
        ("x" * 500 + ".pdf", "x" * 196 + ".pdf"),
        ("compte-rendu – Zinder.pdf", "compte-rendu – Zinder.pdf"),
        ("..", ".."),
        ("folder/", None),
        ("\x00\x01", None),
        ("", None),
        (None, None),
    ],
)
def test_what_is_kept_of_a_name(given: str | None, kept: str | None) -> None:
    assert bare(given) == kept


@pytest.mark.parametrize(
    "name",
    [
        "../../x.pdf",
        'a"; filename="evil.exe',
        "a\r\nX-Injected: 1",
        "é\N{RIGHT-TO-LEFT OVERRIDE}.pdf",
        "\0",
        "%2e%2e%2fx",
    ],
)
def test_what_a_browser_is_told_stays_one_header_and_one_name(name: str) -> None:
    told = saved_as(name)
    assert told.startswith("attachment; filename=")
    assert told.isascii()
    assert told.isprintable()
    assert "/" not in told
    assert told.count('"') == 2
    assert "%E2%80%AE" not in told
