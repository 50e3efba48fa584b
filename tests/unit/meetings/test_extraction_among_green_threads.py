"""The meetings service runs on green threads: reading a file in a child process must let the others go on."""

import subprocess
import sys

from tests.unit.meetings.compte_rendus import ROOT

PROGRAM = """
import eventlet
eventlet.monkey_patch()
from services.meetings.adapters.extract_text import extract_text
from tests.unit.meetings.files import simple_docx

turns = 0

def others():
    global turns
    while True:
        turns += 1
        eventlet.sleep(0.005)

eventlet.spawn(others)
files = [simple_docx("Texte", "x" * 300_000) for _ in range(4)]
read = list(eventlet.GreenPool().imap(lambda file: extract_text(file, "", None, "note.docx"), files))
print([len(text) for text in read], turns > 5)
"""


def test_files_are_read_while_others_go_on():
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=120,
        check=False,
    )
    assert done.stdout.strip() == "[300006, 300006, 300006, 300006] True", done.stderr
