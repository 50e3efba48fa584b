"""Minutes, convocations and attendance sheets on paper: whole, accessible, read back, and bounded in what they cost."""

import io
import re
from typing import Any

import mammoth  # type: ignore[import-untyped]
import pypdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from chassis.kernel.errors import InvalidError, UnavailableError
from services.meetings.adapters import pdf_limits, pdf_maker
from services.meetings.adapters.docx_text import docx_text
from services.meetings.adapters.minutes_docx import minutes_docx
from services.meetings.adapters.minutes_html import minutes_html
from services.meetings.adapters.minutes_pdf import minutes_pdf, on_paper
from services.meetings.adapters.minutes_text import minutes_text
from services.meetings.adapters.paper_html import letter_html, sheet_html
from services.meetings.adapters.pdf_child import lay_out, refuse
from services.meetings.adapters.pdf_text import pdf_text
from services.meetings.domain.attendance_sheet import Sheet, SheetInstitution, SheetLine
from services.meetings.domain.compte_rendu import read_compte_rendu
from services.meetings.domain.convocation import Letter, ToRead
from services.meetings.domain.meeting import AgendaItem
from tests.unit.meetings.compte_rendus import SAMPLES, layout, record_of
from tests.unit.meetings.records import minutes

RICH = record_of(read_compte_rendu(layout("niamey-official")))
SEAL = "0123456789abcdef" * 4
RESERVATIONS = [
    {"institution": "OIM", "section": "3. Flux", "text": "Le chiffre de mai est faux", "proposal": "1 204",
     "verdict": "taken_in", "answer": "corrigé"},
    {"institution": None, "text": "À préciser", "verdict": "open", "answer": None},
]  # fmt: skip
DECISIONS = [{"text": "Le plan est adopté", "to_confirm": True}, {"text": "La note est diffusée", "to_confirm": False}]
AROUND = {"state": "circulated", "reserved_at": "2022-06-01T09:00:00Z", "adopted_on": "2022-06-01",
          "seal": {"form": "v1", "sha256": SEAL}, "reservations": RESERVATIONS}  # fmt: skip


def full(record: dict[str, Any]) -> dict[str, Any]:
    """The record with all that is printed around its text, and decisions in its last section."""
    *others, last = record["sections"]
    return {**record, **AROUND, "sections": [*others, {**last, "decisions": DECISIONS}]}


def as_shown(record: dict[str, Any]) -> dict[str, Any]:
    """What a page keeps of a record: its lines without indents and the empty ones between them."""
    return {**record, "sections": [_section(one) for one in record["sections"]]}


def _section(section: dict[str, Any]) -> dict[str, Any]:
    lines = [" ".join(line.split()) for line in section["text"].split("\n")]
    actions = [one | {"what": re.sub(r"/ ", "/", one["what"]).rstrip(" –")} for one in section["actions"]]
    return {**section, "text": "\n".join(line for line in lines if line), "actions": actions}


@settings(
    max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(minutes())
def test_a_pdf_is_read_back_to_the_same_record(record):
    expected = full(record)
    again = record_of(read_compte_rendu(pdf_text(lay_out(on_paper(minutes_html(expected))))))
    assert as_shown(again) == as_shown({name: expected[name] for name in again})


@settings(
    max_examples=10, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(minutes())
def test_text_and_docx_are_read_back_to_the_same_record(record):
    expected = full(record)
    for text in (minutes_text(expected), docx_text(minutes_docx(expected))):
        again = record_of(read_compte_rendu(text))
        assert again == {name: expected[name] for name in again}


@pytest.mark.skipif(not SAMPLES.exists(), reason="the published compte-rendu is not here")
def test_the_published_compte_rendu_survives_paper():
    record = record_of(read_compte_rendu((SAMPLES / "compte-rendu-2021-09-21.txt").read_text("utf-8")))
    shown = {**record, "state": "published"}
    for text in (docx_text(minutes_docx(shown)), pdf_text(lay_out(on_paper(minutes_html(shown))))):
        again = record_of(read_compte_rendu(text))
        for field in ("title", "date", "start", "end", "place", "attendance", "signatory"):
            assert again[field] == record[field], field
        assert [one["title"] for one in again["agenda"]] == [one["title"] for one in record["agenda"]]
        assert [one["title"] for one in again["sections"]] == [one["title"] for one in record["sections"]]
        assert [one["actions"] for one in again["sections"]] == [one["actions"] for one in record["sections"]]


def test_a_pdf_is_tagged_and_says_its_language_and_title():
    read = pypdf.PdfReader(io.BytesIO(minutes_pdf(full(RICH), "fr")))
    root: Any = read.trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert read.metadata is not None
    assert read.metadata.title == RICH["title"]
    tags = _tags(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/H3", "/Table", "/TH", "/TD", "/L", "/LI", "/P"} <= set(tags)
    assert tags.count("/H1") == 1
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


def _tags(element: Any, depth: int = 0) -> list[str]:
    element = element.get_object() if hasattr(element, "get_object") else element
    if not isinstance(element, dict) or depth > 30:
        return []
    children = element.get("/K", [])
    children = children if isinstance(children, list) else [children]
    return [str(element.get("/S", "")), *(tag for child in children for tag in _tags(child, depth + 1))]


def test_each_page_has_the_mark_of_a_draft_the_seal_and_its_number():
    pages = pypdfium2.PdfDocument(minutes_pdf(full(RICH)))
    texts = [page.get_textpage().get_text_range() for page in pages]
    assert len(texts) > 1
    for number, text in enumerate(texts, start=1):
        assert "PROJET" in text
        assert SEAL in text
        assert f"Page {number} / {len(texts)}" in text
    annex = " ".join(texts[-1].split())
    for said in ("Annexe : réserves", "OIM", "Le chiffre de mai est faux", "Prise en compte : corrigé", "Secrétariat"):
        assert said in annex
    adopted = pypdfium2.PdfDocument(minutes_pdf({**RICH, "state": "adopted", "adopted_on": "2022-06-01"}))
    assert "PROJET" not in adopted[0].get_textpage().get_text_range()


ODD = (
    "**gras** et _penché_, [site](https://exemple.ne/a), `code`, 2 * 3 * 4, nom_de_fichier\n# Un titre\n> cité\n- un\n"
)
WILD = (
    "<img src='file:///etc/passwd'><script src='http://exemple.ne/x'></script>\u202eRTL \x0b\x01\ufffe مرحبا\n"
    + "m" * 5000
)


def test_markdown_is_shown_and_nothing_runs_or_is_fetched():
    record = {**RICH, "sections": [{"number": 1, "title": "Un", "text": ODD + WILD, "actions": [], "decisions": []}]}
    page = minutes_html(record)
    assert "<strong>gras</strong>" in page
    assert "<em>penché</em>" in page
    assert "2 * 3 * 4, nom_de_fichier" in page
    assert "<img" not in page
    assert "<script" not in page
    text = pypdfium2.PdfDocument(minutes_pdf(record))[0].get_textpage().get_text_range()
    assert "site (https://exemple.ne/a)" in text
    assert "file:///etc/passwd" in text
    assert "مرحبا" in docx_text(minutes_docx(record))


def test_what_a_page_names_is_not_fetched_and_the_child_is_shut_in():
    with_pictures = '<title>x</title><img src="file:///etc/hostname"><link rel=stylesheet href="http://127.0.0.1:9/">x'
    assert lay_out(with_pictures).startswith(b"%PDF")
    for event, told in (
        ("socket.connect", ()),
        ("subprocess.Popen", ()),
        ("open", ("/etc/passwd", "r", 0)),
        ("open", (f"{pdf_limits.__file__}", "w", 1)),
    ):
        with pytest.raises(PermissionError):
            refuse(event, told)
    refuse("open", (pdf_limits.__file__, "r", 0))


def test_what_is_too_large_or_takes_too_long_is_said(monkeypatch):
    monkeypatch.setattr(pdf_limits, "CHILD_WALL_SECONDS", 0.01)
    page = on_paper(minutes_html({**RICH, "title": "Compte-rendu jamais mis en page"}))
    for _ in range(2):
        with pytest.raises(InvalidError) as error:
            pdf_maker.as_pdf(page)
        assert error.value.code == "pdf-too-heavy"
    with pytest.raises(InvalidError):
        pdf_maker.as_pdf("x" * (pdf_limits.PAGE_BYTES + 1))
    assert all(pdf_maker._children.acquire(blocking=False) for _ in range(pdf_limits.CHILDREN_AT_ONCE))
    monkeypatch.setattr(pdf_limits, "WAIT_FOR_CHILD_SECONDS", 0.01)
    with pytest.raises(UnavailableError) as busy:
        pdf_maker.as_pdf(page)
    assert busy.value.code == "pdf-busy"
    for _ in range(pdf_limits.CHILDREN_AT_ONCE):
        pdf_maker._children.release()


def test_a_machine_without_pango_says_so(monkeypatch):
    monkeypatch.setattr(pdf_maker, "run_bounded", lambda *_given: pdf_limits.MISSING.encode())
    with pytest.raises(UnavailableError) as error:
        pdf_maker.as_pdf("<title>sans Pango</title>")
    assert error.value.code == "pdf-missing"


def test_what_was_made_is_kept_and_the_oldest_forgotten(monkeypatch):
    made: list[bytes] = []

    def make(_module: str, _arguments: object, source: bytes, _seconds: float) -> bytes:
        made.append(source)
        return b"%PDF" + bytes(600)

    monkeypatch.setattr(pdf_maker, "run_bounded", make)
    monkeypatch.setattr(pdf_limits, "KEPT_BYTES", 1300)
    for page in ("a", "a", "b", "a", "c", "b"):
        pdf_maker.as_pdf(page)
    assert made == [b"a", b"b", b"c", b"b"]


def test_a_docx_says_what_the_record_says_to_another_reader():
    content = minutes_docx(full(RICH))
    html = mammoth.convert_to_html(io.BytesIO(content)).value
    text = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    for said in (RICH["title"], *RICH["attendance"], "Le plan est adopté (à confirmer)", "Annexe : réserves"):
        assert said.replace("'", "&#x27;") in text or said in text
    assert html.count("<h1>") == 1
    assert html.count("<h2>") >= 2 + len([one for one in RICH["sections"] if one["title"]])


LETTER = Letter(
    reference="003/GTM/2026", replaces="001/GTM/2026", given_on="2026-01-10", group_name="Groupe Technique",
    group_acronym="GTM", secretariat="SP/CCM", title="Réunion de <février>", kind="ordinary", session=12,
    date="2026-02-01", start="09:00", end=None, place="Niamey", reply_by="2026-01-25",
    agenda=(AgendaItem(title="Ouverture", presenter="SP/CCM"), AgendaItem(title="Divers")),
    to_read=(ToRead(title="Stratégie", until="2026-01-28"),), recipients=("OIM", "INS"),
)  # fmt: skip


def test_a_convocation_says_all_that_the_letter_says():
    content = lay_out(letter_html(LETTER))
    text = " ".join(pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range().split())
    for said in ("N° 003/GTM/2026", "10 janvier 2026", "remplace la convocation n° 001/GTM/2026", "OIM", "INS",
                 "Réunion de <février>", "1er février 2026", "9h00", "Niamey", "12 (ordinaire)", "Ouverture (SP/CCM)",
                 "Stratégie, avant le 28 janvier 2026", "répondre avant le 25 janvier 2026"):  # fmt: skip
        assert said in text, said
    assert "PROJET" not in text
    assert 'data-mark="DRAFT"' in letter_html(Letter(**{**vars_of(LETTER), "reference": None}), "en")


def vars_of(letter: Letter) -> dict[str, Any]:
    return {name: getattr(letter, name) for name in Letter.__dataclass_fields__}


def test_a_sheet_has_a_line_a_person_and_its_header_on_each_page():
    lines = (SheetLine(name="Aïssa Maïga", function="Chargée", mode="remote", delegate_of="OIM"), SheetLine())
    seats = tuple(
        SheetInstitution(
            institution_id=str(at), name=f"Institution {at}", acronym=None, role=None, answer=None, lines=lines
        )
        for at in range(16)
    )
    sheet = Sheet(meeting_id="m", title="Réunion", group_name="GTM", kind="ordinary", date="2026-02-01", start=None,
                  end=None, place=None, institutions=seats)  # fmt: skip
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(lay_out(sheet_html(sheet)))]
    assert len(pages) > 1
    assert all("Nom et prénom" in page and "Signature" in page for page in pages)
    whole = "".join(pages)
    assert whole.count("Aïssa Maïga") == 16
    assert "à distance, représente OIM" in " ".join(whole.split())
    assert sheet_html(sheet).count("<tr>") == 1 + 32 + sheet.blank_lines
