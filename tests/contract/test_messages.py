"""Whatever a service refuses, a person reads why and what to do, in French and in English."""

import string
import tomllib

import pytest

from tests.contract.codes import KEBAB, ROOT, Site, sites, words

FILES = [
    ROOT / "gateway/messages.toml",
    ROOT / "chassis/process/messages.toml",
    *sorted(ROOT.glob("services/*/contract/messages.toml")),
]
TABLES = {file: tomllib.loads(file.read_text(encoding="utf-8")) for file in FILES}
TEXTS = {code: text for table in TABLES.values() for code, text in table.items()}
SITES = sites()


def blanks(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def by_code() -> dict[str, list[Site]]:
    found: dict[str, list[Site]] = {}
    for site in SITES:
        found.setdefault(site.code, []).append(site)
    return found


def test_every_code_in_the_source_has_a_text():
    missing = {code: places[0].where for code, places in by_code().items() if code not in TEXTS}
    assert missing == {}


def test_every_text_belongs_to_a_code_in_the_source():
    shown = words() | {site.code for site in SITES}
    pages = {code for code in TEXTS if code.startswith(("title-", "page-"))}
    assert sorted(TEXTS.keys() - shown - pages) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_texts_are_complete_in_both_languages(file):
    for code, text in TABLES[file].items():
        assert KEBAB.fullmatch(code), code
        assert set(text) == {"fr", "en"}, code
        assert blanks(text["fr"]) == blanks(text["en"]), code
        assert all(words.strip() for words in text.values()), code
        assert text["fr"] != text["en"] or code.startswith("page-"), code


def test_a_code_has_one_text_in_one_file():
    codes = [code for table in TABLES.values() for code in table]
    assert sorted({code for code in codes if codes.count(code) > 1}) == []


def test_no_text_asks_for_what_the_source_does_not_give():
    wanting = {
        f"{code} ({site.where})": sorted(asked - site.params)
        for code, places in by_code().items()
        for site in places
        if site.params is not None and (asked := blanks(TEXTS.get(code, {}).get("fr", ""))) - site.params
    }
    assert wanting == {}
