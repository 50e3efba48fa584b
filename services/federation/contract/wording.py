"""Links in words, French and English, from wording.toml: for pages, the command line and whoever else shows them."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

UNITS = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))
VOWELS = "aeiouyàâéèêëîïôöùûüh"


def state_in_words(state: str, language: str, name: str, silent: float | None) -> str:
    """« silencieux depuis 3 jours »."""
    return _text(state, language).format(name=name, since=duration(silent or 0.0, language))


def freshness_in_words(state: str, language: str, name: str, silent: float | None) -> str:
    """« Agadez : dernières nouvelles il y a 3 jours » ; of `own` and `unknown` too. It changes seldom: no seconds."""
    if silent is None and state not in ("own", "unknown"):
        state = "never_heard"
    known = f"fresh-{state}" if f"fresh-{state}" in _texts() else "fresh-silent"
    return _text(known, language).format(name=name, since=duration(silent or 0.0, language))


def warning_in_words(code: str, language: str, node: str, name: str) -> str:
    """A warning, with what to do."""
    return _text(f"warning-{code}", language).format(node=node, name=name)


def duration(seconds: float, language: str) -> str:
    """In the largest unit that fits, rounded down: « 3 jours »."""
    unit, size = next((one for one in UNITS if seconds >= one[1]), UNITS[-1])
    return _counted(unit, int(seconds // size), language)


def waiting_in_words(
    nouns: Mapping[str, int], messages: int, language: str, origin: str, oldest: float | None = None
) -> str:
    """« 3 comptes-rendus d’Agadez et 2 autres messages en attente ». `messages`: all that wait, of any kind.

    `oldest`: for how many seconds the oldest has waited, where that is known.

    A record changed twice is two messages, and some may have arrived whose confirmation has not: where more is named
    than waits, the number alone is told.
    """
    if messages <= 0:
        return _text("nothing_waits", language)
    if sum(nouns.values()) > messages:
        nouns = {}
    parts: list[str] = []
    for noun, count in sorted(nouns.items(), key=lambda one: -one[1]):
        if count > 0 and f"noun-{noun}" in _texts():
            parts.append(f"{_counted(f'noun-{noun}', count, language)} {_of(origin, language)}")
    rest = messages - sum(count for noun, count in nouns.items() if f"noun-{noun}" in _texts())
    if not parts:
        parts = [_counted("messages", messages, language)]
    elif rest > 0:
        parts.append(_counted("others", rest, language))
    listed = ", ".join(parts[:-1]) + _text("and", language) + parts[-1] if len(parts) > 1 else parts[0]
    told = _text("waits", language).format(what=listed)
    return (
        told if oldest is None else told + _text("oldest", language).format(since=duration(max(0.0, oldest), language))
    )


def compared_in_words(one: Mapping[str, Any], language: str, name: str, seconds: float, lasting: float) -> str:
    """« 3 institutions d’Agadez : identiques depuis 5 jours, comparé il y a 2 heures ».

    `seconds` ago was the comparison; for `lasting` seconds it has ended so.
    """
    code = "compared-equal" if one["equal"] else "compared-differing"
    return _text(code, language).format(
        mine=_named(str(one["noun"]), int(one["mine"]), language),
        theirs=one["theirs"],
        of=_of(name, language),
        since=duration(max(0.0, seconds), language),
        lasting=duration(max(0.0, lasting), language),
    )


def _named(noun: str, count: int, language: str) -> str:
    code = f"noun-{noun.replace('-', '_')}"
    return _counted(code, count, language) if code in _texts() else f"{count} × {noun}"


def _of(name: str, language: str) -> str:
    """« d’Agadez », « de Zinder »; of Agadez."""
    if language == "en":
        return f"of {name}"
    return f"d’{name}" if name[:1].lower() in VOWELS else f"de {name}"


def _counted(code: str, count: int, language: str) -> str:
    one, _, several = _text(code, language).partition(" | ")
    # In French nought and one are singular; in English one alone.
    return (one if count == 1 or (count == 0 and language == "fr") else several).format(count=count)


def _text(code: str, language: str) -> str:
    entry = _texts()[code]
    return entry.get(language) or entry["fr"]


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("wording.toml").read_text(encoding="utf-8"))
