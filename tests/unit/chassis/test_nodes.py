"""Descriptions of nodes: those that ship, and every mistake told by file, key and what would be right."""

from pathlib import Path

import pytest

from chassis.federation import nodes
from chassis.process.described import DescriptionError

SOUND = """id = "agadez"
name = {fr = "GTM Agadez", en = "Agadez GTM"}
body = "GTM Agadez"
region = "NE001"
services = ["actors", "meetings"]
hub = "central"
address = "https://agadez.exemple.ne"
http_port = 8100
[certificates]
valid_days = 365
warn_days = 30
[link]
heartbeat_seconds = 300
"""
CENTRE = """id = "central"
name = {fr = "Centre", en = "Centre"}
body = "SP/CCM"
services = ["actors", "federation"]
[listen]
host = "central.exemple.ne"
port = 5671
bind = "0.0.0.0"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "agadez.toml").write_text(SOUND, encoding="utf-8")
    (tmp_path / "central.toml").write_text(CENTRE, encoding="utf-8")
    return tmp_path


def test_a_file_says_all_there_is_to_know(folder: Path):
    found = nodes.load(folder)
    assert list(found) == ["central", "agadez"]  # the centre first
    agadez = found["agadez"]
    assert (agadez.name["fr"], agadez.name["en"], agadez.body) == ("GTM Agadez", "Agadez GTM", "GTM Agadez")
    assert (agadez.region, agadez.hub, agadez.address) == ("NE001", "central", "https://agadez.exemple.ne")
    assert (agadez.services, agadez.http_port) == (("actors", "meetings"), 8100)
    assert (agadez.certificates.valid_days, agadez.link.heartbeat_seconds) == (365, 300)
    assert found["central"].listen == nodes.Listen(host="central.exemple.ne", port=5671, bind="0.0.0.0")  # noqa: S104
    assert nodes.one(folder, "agadez") == agadez


def test_what_is_not_said_has_defaults(folder: Path):
    centre = nodes.load(folder)["central"]
    assert (centre.hub, centre.region, centre.address, centre.http_port) == (None, None, None, 8080)
    assert (centre.certificates.warn_days, centre.link.heartbeat_seconds) == (30, 30)


def test_a_node_without_a_file_is_none(folder: Path):
    assert nodes.one(folder, "zinder") is None
    assert nodes.one(folder, "../agadez") is None
    assert nodes.load(folder / "nothing") == {}


def test_those_that_ship_are_sound():
    found = nodes.load(nodes.FOLDER)
    assert list(found) == ["central", "agadez", "ins", "tahoua", "zinder"]
    assert "meetings" not in found["ins"].services
    assert all(one.hub == "central" for id, one in found.items() if id != "central")


MISTAKES = [
    ('id = "agadez"', 'id = "Agadez"', "id", "minuscules", "lower-case"),
    ('id = "agadez"', 'id = "zinder"', "id", "zinder.toml", "zinder.toml"),
    ('id = "agadez"\n', "", "id", "manque", "missing"),
    ('id = "agadez"', "id = 3", "id", "minuscules", "lower-case"),
    ('en = "Agadez GTM"', 'en = ""', "name.en", "texte", "text"),
    (', en = "Agadez GTM"', "", "name.en", "manque", "missing"),
    ('name = {fr = "GTM Agadez", en = "Agadez GTM"}', 'name = "Agadez"', "name", "section", "section"),
    ('fr = "GTM Agadez"', 'fr = "GTM Agadez", ha = "x"', "name.ha", "fr, en", "fr, en"),
    ('body = "GTM Agadez"', 'body = "GTM\\nAgadez"', "body", "ligne", "line"),
    ("NE001", "Agadez", "region", "NE001", "NE001"),
    ('"actors", "meetings"', '"actors", "reunions"', "services", "actors, meetings, indic", "actors, meetings, indic"),
    ('"actors", "meetings"', '"actors", "actors"', "services", "chacun une fois", "each once"),
    ('"actors", "meetings"', "", "services", "liste", "list"),
    ('["actors", "meetings"]', '"actors"', "services", "liste", "list"),
    ('hub = "central"', 'hub = "agadez"', "hub", "central", "central"),
    ('hub = "central"', 'hub = "niamey"', "hub", "central", "central"),
    ('hub = "central"', 'hub = ""', "hub", "minuscules", "lower-case"),
    ("https://agadez.exemple.ne", "agadez.exemple.ne", "address", "https://", "https://"),
    ("https://agadez.exemple.ne", "https://u:p@agadez.exemple.ne", "address", "https://", "https://"),
    ("https://agadez.exemple.ne", "javascript:alert(1)", "address", "https://", "https://"),
    ("http_port = 8100", 'http_port = "8100"', "http_port", "nombre entier", "whole number"),
    ("http_port = 8100", "http_port = true", "http_port", "nombre entier", "whole number"),
    ("http_port = 8100", "http_port = 65530", "http_port", "65515", "65515"),
    ("http_port = 8100", "http_prot = 8100", "http_prot", "http_port", "http_port"),
    ("warn_days = 30", "warn_days = 365", "certificates.warn_days", "364", "364"),
    ("heartbeat_seconds = 300", "heartbeat_seconds = 0", "link.heartbeat_seconds", "5", "5"),
    ("heartbeat_seconds", "heartbeat", "link.heartbeat", "heartbeat_seconds", "heartbeat_seconds"),
    ("[link]", '[listen]\nhost = "x.ne"\n[link]', "listen", "centre", "centre"),
    ("[certificates]", "certificates = 3\n[other]", "certificates", "section", "section"),
]


@pytest.mark.parametrize(("right", "wrong", "key", "french", "english"), MISTAKES, ids=[x[2] for x in MISTAKES])
def test_a_mistake_is_told_in_one_line(folder: Path, right: str, wrong: str, key: str, french: str, english: str):
    assert right in SOUND
    (folder / "agadez.toml").write_text(SOUND.replace(right, wrong), encoding="utf-8")
    with pytest.raises(DescriptionError) as caught:
        nodes.load(folder)
    for language, words in (("fr", french), ("en", english)):
        told = caught.value.told(language)
        assert told.startswith("agadez.toml")
        assert (f"« {key} »" if language == "fr" else f"“{key}”") in told or f"[{key}]" in told
        assert words in told
        assert "\n" not in told
    with pytest.raises(DescriptionError):
        nodes.one(folder, "agadez")


@pytest.mark.parametrize("word", ["gtm", "public", "internal", "actors", "federation", "guest"])
def test_reserved_words_are_no_names(folder: Path, word: str):
    (folder / f"{word}.toml").write_text(SOUND.replace("agadez", word, 1), encoding="utf-8")
    with pytest.raises(DescriptionError, match="reserved"):
        nodes.load(folder)


@pytest.mark.parametrize("content", [b'id = "agadez', b"\xff\xfe", b"id = 1\nid = 2\n"])
def test_what_is_no_toml_is_told(folder: Path, content: bytes):
    (folder / "agadez.toml").write_bytes(content)
    with pytest.raises(DescriptionError, match=r"agadez\.toml"):
        nodes.load(folder)


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ('host = "central.exemple.ne"', 'host = "amqps://central.exemple.ne"', "listen.host"),
        ('host = "central.exemple.ne"\n', "", "listen.host"),
        ("port = 5671", "port = 0", "listen.port"),
        ("0.0.0.0", "central.exemple.ne", "listen.bind"),  # noqa: S104
    ],
)
def test_where_a_centre_listens_is_checked(folder: Path, right: str, wrong: str, words: str):
    (folder / "central.toml").write_text(CENTRE.replace(right, wrong), encoding="utf-8")
    with pytest.raises(DescriptionError, match=words):
        nodes.load(folder)


def test_a_hub_is_a_centre_that_listens(folder: Path):
    (folder / "central.toml").write_text(CENTRE.partition("[listen]")[0], encoding="utf-8")
    with pytest.raises(DescriptionError, match=r"agadez\.toml: “hub” names “central”.*central\.toml"):
        nodes.load(folder)
