"""A backup file that is not whole, not ours or of another format is told apart in one line; nothing is touched."""

import gzip
import io
import json
import random
import tarfile
from collections.abc import Callable
from pathlib import Path

import bson
import pytest

from launcher import cli
from launcher.backup import reading, writing
from launcher.backup.contents import FORMAT, HEADER, MANIFEST, Manifest, Member, NoBackupError, documents, piece_name
from launcher.homes import Home

PIECE = b"".join(bson.encode({"_id": number, "name": f"Institution {number}"}) for number in range(300))


def manifest(**values: object) -> Manifest:
    told = {
        "format": FORMAT,
        "node": "central",
        "platform": "0",
        "incarnation": 1,
        "made_at": "2025-01-01",
        "store": "x",
    }
    return Manifest(**{**told, "databases": {"actors": {"institutions": 300}}, "members": {}, **values})  # type: ignore[arg-type]


def write(path: Path, **values: object) -> Path:
    with writing.new_file(path) as part, writing.writer(part) as out:
        out.begin("central", "2025-01-01")
        out.add(piece_name("actors", "institutions", 0), PIECE)
        out.add("keys/signing.jwk", b"{}")
        out.end(manifest(**values))
    return path


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return write(tmp_path / "sound.backup")


def archive(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with gzip.open(packed, "wb") as plain, tarfile.open(fileobj=plain, mode="w|") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def unpacked(path: Path) -> dict[str, bytes]:
    with path.open("rb") as file:
        return dict(reading.members(file))


def changed(sound: Path, **members: bytes | None) -> bytes:
    whole = unpacked(sound) | members
    return archive({name: data for name, data in whole.items() if data is not None})


def code_of(raw: bytes) -> str:
    try:
        reading.check(io.BytesIO(raw))
    except NoBackupError as error:
        return error.code
    return "sound"


def test_what_was_written_is_read(sound: Path):
    with sound.open("rb") as file:
        found = reading.check(file)
    assert (found.node, found.incarnation, found.documents) == ("central", 1, 300)
    assert list(documents(unpacked(sound)[piece_name("actors", "institutions", 0)]))[7] == bson.encode(
        {"_id": 7, "name": "Institution 7"}
    )


def test_only_its_owner_can_read_it(sound: Path):
    assert sound.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in sound.parent.iterdir()] == [sound.name]


def test_a_backup_that_fails_leaves_nothing(tmp_path: Path):
    with pytest.raises(ZeroDivisionError), writing.new_file(tmp_path / "x.backup") as part:
        part.write_bytes(b"half")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_cut_short_anywhere_is_refused(sound: Path):
    raw = sound.read_bytes()
    assert {code_of(raw[:length]) for length in range(len(raw))} <= {"backup-none", "backup-damaged"}
    assert code_of(raw[:-1]) == code_of(raw[: len(raw) // 2]) == "backup-damaged"


def test_a_flipped_bit_anywhere_is_refused_or_changes_nothing(sound: Path):
    raw, whole = sound.read_bytes(), unpacked(sound)
    sources = random.Random(7)
    for at in range(len(raw)):
        bent = bytearray(raw)
        bent[at] ^= 1 << sources.randrange(8)
        if code_of(bytes(bent)) == "sound":  # the date in the header of gzip, and codes that no content uses
            assert dict(reading.members(io.BytesIO(bytes(bent)))) == whole


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda sound: b"", "backup-none"),
        (lambda sound: b"not at all", "backup-none"),
        (lambda sound: gzip.compress(b"some text"), "backup-none"),
        (lambda sound: archive({"readme.txt": b"hello"}), "backup-none"),
        (lambda sound: archive({HEADER: b"[]"}), "backup-none"),
        (lambda sound: archive({HEADER: b"{"}), "backup-none"),
        (lambda sound: archive({HEADER: json.dumps({"format": 2}).encode()}), "backup-format"),
        (lambda sound: changed(sound, **{MANIFEST: None}), "backup-damaged"),
        (lambda sound: changed(sound, **{MANIFEST: b"{}"}), "backup-damaged"),
        (lambda sound: changed(sound, **{"keys/signing.jwk": b"[]"}), "backup-damaged"),
        (lambda sound: changed(sound, **{"keys/signing.jwk": None}), "backup-damaged"),
        (lambda sound: sound.read_bytes() + b"more", "backup-damaged"),
    ],
)
def test_what_is_no_sound_backup_is_told_apart(sound: Path, make: Callable[[Path], bytes], code: str):
    assert code_of(make(sound)) == code


@pytest.mark.parametrize(
    "name", ["keys/../../etc/passwd", "/etc/passwd", "keys/.hidden", "secrets/broker", "databases/x/y/0"]
)
def test_no_file_of_another_name_is_taken_out(tmp_path: Path, name: str):
    with (
        writing.new_file(tmp_path / "x") as part,
        writing.writer(part) as out,
        pytest.raises(ValueError, match=name[:4]),
    ):
        out.add(name, b"")
    members = {name: Member(bytes=0, sha256="")}
    header = json.dumps({"format": FORMAT}).encode()
    told = archive({HEADER: header, name: b"", MANIFEST: manifest(members=members).write()})
    assert code_of(told) == "backup-damaged"


def test_bson_that_lies_about_its_length_is_damage():
    for length in (0, 4, 6, -1, 2**31 - 1):
        with pytest.raises(NoBackupError):
            list(documents(length.to_bytes(4, "little", signed=True) + b"\0"))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("bad", ["none", "cut", "bent", "format", "missing"])
def test_restore_says_so_in_one_line_and_touches_nothing(
    sound: Path, bad: str, language: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    raw = bytearray(sound.read_bytes())
    raw[len(raw) // 2] ^= 1
    content = {
        "none": b"a letter",
        "cut": sound.read_bytes()[:-9],
        "bent": bytes(raw),
        "format": archive({HEADER: b'{"format": 99}'}),
    }
    file, home = sound.with_name("bad.backup"), sound.parent / "home"
    if bad in content:
        file.write_bytes(content[bad])
    monkeypatch.setenv("GTM_HOME", str(home))
    monkeypatch.setenv("GTM_LANGUAGE", language)
    assert cli.main(["restore", str(file)]) == 1
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("gtm: ")]
    assert len(told) == 1
    assert not home.exists()


def test_restore_leaves_alone_what_is_there(
    sound: Path, home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (home.path / "keys").mkdir()
    before = sorted(home.path.rglob("*"))
    monkeypatch.setenv("GTM_HOME", str(home.path))
    assert cli.main(["restore", str(sound)]) == 1
    assert "--force" in capsys.readouterr().err
    assert sorted(home.path.rglob("*")) == before


def test_a_backup_of_another_node_is_refused(
    sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("GTM_HOME", str(sound.parent / "home"))
    monkeypatch.setenv("GTM_NODE", "agadez")
    assert cli.main(["restore", str(sound)]) == 1
    assert "central" in capsys.readouterr().err
    assert not (sound.parent / "home").exists()


def test_a_file_can_be_checked_alone(sound: Path, capsys: pytest.CaptureFixture[str]):
    assert cli.main(["restore", "--check", str(sound)]) == 0
    assert "300" in capsys.readouterr().out


def test_a_backup_is_never_written_over(
    sound: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    before = sound.read_bytes()
    monkeypatch.setenv("GTM_HOME", str(sound.parent / "home"))
    assert cli.main(["backup", str(sound)]) == 1
    assert "existe" in capsys.readouterr().err
    assert cli.main(["backup", str(sound.parent / "other")]) == 1
    assert sound.read_bytes() == before
    assert [path.name for path in sound.parent.iterdir()] == [sound.name]
