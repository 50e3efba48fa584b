"""Everything the launcher says is there in French and in English, and the language is the caller's."""

import re
import string
import tomllib

import pytest

from launcher import texts
from launcher.environments import ROOT

LAUNCHER = ROOT / "launcher"
MESSAGES = tomllib.loads((LAUNCHER / "messages.toml").read_text(encoding="utf-8"))
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in LAUNCHER.rglob("*.py"))
# Codes that are put together from parts, such as those of states.
COMPOSED = re.compile(
    r"(carried|state|status|up-broker|up-store|broker|store|minutes|demo|parked|lag|node-column|node-state|node-role|node-done|trail)(-|$)"
)


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("code", MESSAGES)
def test_a_text_says_the_same_in_both_languages(code: str):
    assert set(MESSAGES[code]) == {"fr", "en"}
    assert blanks(MESSAGES[code]["fr"]) == blanks(MESSAGES[code]["en"])


def test_every_code_in_the_source_has_a_text():
    used = set(re.findall(r'(?:say|step|tell|warn|Error)\(\s*"([a-z-]+)"', SOURCE))
    assert used - set(MESSAGES) == set()


def test_every_text_is_used():
    words = set(re.findall(r'"([a-z-]+)"', SOURCE))
    assert [code for code in MESSAGES if code not in words and not COMPOSED.match(code)] == []


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "fr"),
        ({"LANG": "C.UTF-8"}, "fr"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "fr_NE.UTF-8"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "fr"),
        ({"LC_ALL": "fr_FR", "GTM_LANGUAGE": "en"}, "en"),
    ],
)
def test_the_language_is_french_unless_english_is_asked_for(environ: dict[str, str], language: str):
    assert texts.language(environ) == language
