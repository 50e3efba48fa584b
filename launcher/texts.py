"""What the launcher says to people, in French unless the system or GTM_LANGUAGE asks for English (messages.toml)."""

import os
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("fr", "en")
# In the order in which they count; the last three are those of every Unix program.
VARIABLES = ("GTM_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


def say(code: str, **params: object) -> str:
    """The text of a code in the caller's language, its parameters filled in."""
    return _messages()[code][language()].format(**params)


def language(environ: Mapping[str, str] = os.environ) -> str:
    """fr or en: the first variable that is set decides; what is neither is French."""
    for name in VARIABLES:
        if value := environ.get(name):
            short = value[:2].lower()
            return short if short in LANGUAGES else LANGUAGES[0]
    return LANGUAGES[0]


@cache
def _messages() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("messages.toml").read_text(encoding="utf-8"))
