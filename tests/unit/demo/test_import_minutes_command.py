"""`./gtm import-minutes` against a real HTTP server: what is sent, what is reported, how it ends."""

import json

import click
import pytest
from click.testing import CliRunner

from launcher.commands.import_minutes import import_minutes

TOKEN = (200, {}, {"access_token": "t", "token_type": "Bearer", "expires_in": 900})
CREATED = (
    201,
    {},
    {"meeting_id": "m", "minutes_id": "c", "warnings": [{"code": "x"}], "extracted": {"date": "2021-09-21"}},
)
THERE = (200, {}, CREATED[2])
PROBLEM = (
    422,
    {"Content-Type": "application/problem+json"},
    {"status": 422, "code": "no-date", "detail": "Aucune date.", "errors": [{"field": "date", "line": 3}]},
)


@pytest.fixture
def files(tmp_path):
    """Three files to send and two that are none."""
    for name in ("b.txt", "a.DOCX", "c.pdf", "d.xlsx", "~$a.docx"):
        (tmp_path / name).write_bytes(f"contenu de {name}".encode())
    return tmp_path


@pytest.fixture
def gtm(node):
    """Run the command on the scripted node, signed in by the administrator's password."""

    def run(*arguments, **environ):
        address = node.address.removesuffix("/api/v1")
        environ = {
            "GTM_PUBLIC_URL": address,
            "GTM_ADMIN_PASSWORD": "secret",
            "COLUMNS": "200",
            "GTM_LANGUAGE": "fr",
            **environ,
        }
        environ |= dict.fromkeys(("GTM_HTTP_PORT", "GTM_HTTP_HOST"))
        return CliRunner().invoke(import_minutes, [str(one) for one in arguments], env=environ, standalone_mode=False)

    return run


def test_a_file_is_sent_with_its_name_and_reported(gtm, node, files):
    node.answers = [TOKEN, CREATED]
    ended = gtm(files / "b.txt")
    assert ended.return_value == 0, ended.output
    signing_in, sent = node.asked
    assert signing_in.json == {"username": "admin", "password": "secret"}
    assert (sent.method, sent.path) == ("POST", "/api/v1/minutes/import")
    assert sent.headers["Authorization"] == "Bearer t"
    assert b'filename="b.txt"\r\nContent-Type: text/plain\r\n\r\ncontenu de b.txt' in sent.body
    for word in ("b.txt", "créé", "2021-09-21", "créés : 1 · déjà là : 0 · refusés : 0"):
        assert word in ended.stdout


def test_a_folder_is_sent_as_archive_by_name_without_what_cannot_be_read(gtm, node, files):
    node.answers = [TOKEN, CREATED, THERE]
    ended = gtm("--archive", files, "--json")
    report = json.loads(ended.stdout)
    assert ended.return_value == 0
    assert [one["file"].rpartition("/")[2] for one in report["files"]] == ["a.DOCX", "b.txt", "c.pdf"]
    assert (report["created"], report["already_there"], report["refused"], report["not_sent"]) == (1, 2, 0, 0)
    assert all(asked.path.endswith("?archive=true") for asked in node.asked[1:])


def test_a_refused_file_does_not_stop_the_others_and_says_the_line(gtm, node, files):
    node.answers = [TOKEN, PROBLEM, CREATED]
    ended = gtm(files / "b.txt", files / "c.pdf", files / "d.xlsx")
    assert ended.return_value == 1
    assert "Aucune date." in ended.stdout
    assert "ligne 3" in ended.stdout
    assert "Le nom doit finir par" in ended.stdout
    assert "créés : 1 · déjà là : 0 · refusés : 2" in ended.stdout
    assert len(node.asked) == 3


def test_machines_get_json_alone_on_standard_output(gtm, node, files):
    node.answers = [TOKEN, PROBLEM]
    ended = gtm("--json", files / "b.txt")
    (one,) = json.loads(ended.stdout)["files"]
    assert ended.return_value == 1
    assert (one["result"], one["code"], one["line"]) == ("refused", "no-date", 3)


def test_a_declared_character_set_goes_with_texts_only(gtm, node, files):
    node.answers = [TOKEN, CREATED]
    gtm("--charset", "windows-1252", files / "b.txt", files / "c.pdf")
    text, pdf = node.asked[1:]
    assert b"Content-Type: text/plain; charset=windows-1252\r\n" in text.body
    assert b"Content-Type: application/pdf\r\n" in pdf.body


@pytest.mark.parametrize(("options", "hinted"), [((), True), (("--charset", "utf-8"), False)])
def test_a_text_that_is_not_utf_8_is_refused_with_the_option_that_helps(gtm, node, files, options, hinted):
    node.answers = [TOKEN, (400, {}, {"code": "not-utf-8", "detail": "Pas de l'UTF-8."})]
    ended = gtm(*options, files / "b.txt")
    assert ended.return_value == 1
    assert ("--charset windows-1252" in ended.stderr) is hinted


def test_english_on_request(gtm, node, files):
    node.answers = [TOKEN, THERE]
    ended = gtm(files / "b.txt", GTM_LANGUAGE="en")
    assert "already there" in ended.stdout
    assert node.asked[1].headers["Accept-Language"] == "en"


def test_a_node_that_does_not_answer_stops_the_whole_and_says_what_to_do(gtm, files):
    ended = gtm("--json", files / "b.txt", files / "c.pdf", GTM_PUBLIC_URL="http://127.0.0.1:9", GTM_ADMIN_PASSWORD="x")
    report = json.loads(ended.stdout)
    assert ended.return_value == 1
    assert (report["files"], report["not_sent"]) == ([], 2)
    assert "./gtm up" in ended.stderr


def test_a_wrong_password_is_told_once_and_not_tried_for_every_file(gtm, node, files):
    node.answers = [(401, {}, {"code": "wrong-credentials", "detail": "Mot de passe refusé."})]
    ended = gtm(files / "b.txt", files / "c.pdf")
    assert ended.return_value == 1
    assert "Mot de passe refusé." in ended.stderr
    assert len(node.asked) == 1


@pytest.mark.parametrize("arguments", [[], ["absent.txt"]])
def test_nothing_to_send_is_a_wrong_use(gtm, arguments):
    assert isinstance(gtm(*arguments).exception, click.UsageError)
