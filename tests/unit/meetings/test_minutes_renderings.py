"""Minutes as text, HTML and DOCX: what is rendered is read back to the same record, and the page is light and safe."""

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, given, settings

from services.meetings.adapters.docx_text import docx_text
from services.meetings.adapters.minutes_docx import minutes_docx, skeleton_docx
from services.meetings.adapters.minutes_html import STYLE_SOURCE, minutes_html
from services.meetings.adapters.minutes_layout import date_in_words, hours
from services.meetings.adapters.minutes_text import minutes_text
from services.meetings.domain.compte_rendu import looks_like_minutes, read_compte_rendu
from tests.unit.meetings.compte_rendus import LAYOUTS, layout, record_of
from tests.unit.meetings.records import minutes

LANGUAGES = ("fr", "en")
RICH = record_of(read_compte_rendu(layout("niamey-official")))
EMPTY = {"title": "Compte-rendu", "date": "2022-05-12", "agenda": [], "sections": [], "attendance": []}
NASTY = '<script>alert(1)</script> & "fin" \x0b\x01 \' {{ 7*7 }}'


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(minutes())
def test_text_is_read_back_to_the_same_record(record):
    for language in LANGUAGES:
        assert record_of(read_compte_rendu(minutes_text(record, language))) == record


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(minutes())
def test_docx_is_read_back_to_the_same_record(record):
    assert record_of(read_compte_rendu(docx_text(minutes_docx(record)))) == record


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts_survive_text_and_docx(name):
    record = record_of(read_compte_rendu(layout(name)))
    for text in (minutes_text(record), docx_text(minutes_docx(record))):
        again = record_of(read_compte_rendu(text))
        for field in ("date", "start", "end", "place", "attendance", "agenda", "signatory"):
            assert again[field] == record[field], field
        assert [s["actions"] for s in again["sections"]] == [s["actions"] for s in record["sections"]]
        assert [s["title"] for s in again["sections"]] == [s["title"] for s in record["sections"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_form_typed_offline_comes_back_as_agenda_and_sections(language):
    read = read_compte_rendu(docx_text(skeleton_docx({**RICH, "attendance": []}, language)))
    assert looks_like_minutes(read)
    again = record_of(read)
    assert again["agenda"] == RICH["agenda"]
    assert [(s["number"], s["text"], s["actions"]) for s in again["sections"]] == [
        (item["number"], "", []) for item in RICH["agenda"]
    ]
    assert [section.agenda_index for section in read.sections] == [0, 1, 2, 3]
    assert read.attendance == ()


def test_form_leaves_out_what_was_postponed():
    meeting = {**RICH, "agenda": [{**item, "postponed": item["number"] == 2} for item in RICH["agenda"]]}
    read = read_compte_rendu(docx_text(skeleton_docx(meeting)))
    assert [item.postponed for item in read.agenda] == [False, True, False, False]
    assert [section.number for section in read.sections] == [1, 3, 4]


def test_the_same_record_gives_the_same_bytes():
    assert minutes_docx(RICH) == minutes_docx(RICH)
    assert skeleton_docx(RICH) == skeleton_docx(RICH)
    assert minutes_html(RICH) == minutes_html(RICH)


@pytest.mark.parametrize("render", [minutes_text, minutes_html, minutes_docx, skeleton_docx])
@pytest.mark.parametrize("language", LANGUAGES)
def test_empty_minutes_are_rendered(render, language):
    assert render(EMPTY, language)


class Page(HTMLParser):
    """The elements of a page, its texts, and whether tags close as they open."""

    VOID = ("meta", "br")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_is_light_whole_and_accessible(language):
    page = minutes_html({**RICH, "state": "adopted", "adopted_on": "2022-06-01"}, language)
    assert len(page.encode()) < 30_000
    read = Page(page)
    assert read.named("html") == [{"lang": language}]
    assert len(read.named("h1")) == len(read.named("title")) == len(read.named("main")) == 1
    assert [name for name, _ in read.elements if re.fullmatch(r"h\d", name)][:3] == ["h1", "h2", "h2"]
    assert all(heading["scope"] in ("row", "col") for heading in read.named("th"))
    ids = {attributes["id"] for _, attributes in read.elements if "id" in attributes}
    assert {a["aria-labelledby"] for _, a in read.elements if "aria-labelledby" in a} <= ids
    assert not read.named("script") and not read.named("link") and not read.named("img")
    assert not any(name.startswith("on") or name == "style" for _, attributes in read.elements for name in attributes)
    words = "".join(read.texts)
    for text in (RICH["place"], *RICH["attendance"], RICH["signatory"]["name"], "ventilation par âge"):
        assert text in words


def test_page_says_its_state_and_day_in_words():
    assert "Adopté, 1er juin 2022" in minutes_html({**RICH, "state": "adopted", "adopted_on": "2022-06-01"})
    assert "Draft" in minutes_html({**RICH, "state": "draft"}, "en")


def test_style_is_named_by_its_hash():
    import base64
    import hashlib

    style = re.search(r"<style>(.*?)</style>", minutes_html(RICH), re.DOTALL)
    assert style is not None
    assert "'sha256-" + base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode() + "'" == STYLE_SOURCE


def test_what_people_wrote_is_escaped():
    record = {
        **RICH,
        "title": NASTY,
        "place": NASTY,
        "attendance": [NASTY],
        "preamble": NASTY,
        "agenda": [{"number": 1, "title": NASTY, "presenter": NASTY, "postponed": False}],
        "sections": [
            {
                "number": 1,
                "title": NASTY,
                "text": f"{NASTY}\n- {NASTY}",
                "actions": [{"what": NASTY, "who": NASTY, "due": NASTY}],
            }
        ],
        "signatory": {"function": NASTY, "name": NASTY},
    }
    page = minutes_html(record)
    assert "<script" not in page
    assert html.escape("<script>") in page
    assert "{{ 7*7 }}" in page
    assert "<script>alert(1)</script>" in docx_text(minutes_docx(record))


def test_raised_endings_of_a_converter_are_shown_raised():
    record = {**RICH, "sections": [{"number": None, "title": "x", "text": "la 6^{ème} rencontre", "actions": []}]}
    assert "la 6<sup>ème</sup> rencontre" in minutes_html(record)


def test_days_and_hours_in_words():
    assert date_in_words("2022-03-01", "fr") == "1er mars 2022"
    assert date_in_words("2022-08-15", "en") == "15 August 2022"
    assert date_in_words(None, "fr") == ""
    assert hours({"start": "09:05", "end": "13:30"}, "fr") == "9h05 - 13h30"
    assert hours({"start": None, "end": "13:30"}, "en") == "until 13:30"


def test_pdf_of_the_page_is_read_back():
    weasyprint = _weasyprint()
    from services.meetings.adapters.pdf_text import pdf_text

    read = record_of(read_compte_rendu(pdf_text(weasyprint.HTML(string=minutes_html(RICH)).write_pdf())))
    for field in ("title", "date", "start", "end", "place", "attendance", "agenda", "signatory"):
        assert read[field] == RICH[field], field
    assert [section["actions"] for section in read["sections"]] == [section["actions"] for section in RICH["sections"]]


def _weasyprint():
    """The PDF maker, where its system libraries are installed."""
    try:
        import weasyprint  # type: ignore[import-untyped]
    except (ImportError, OSError):
        pytest.skip("weasyprint or its libraries are not installed")
    return weasyprint
