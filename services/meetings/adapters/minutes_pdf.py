"""Minutes as PDF/UA-1: the page of minutes with what paper adds, laid out by a child process."""

from pathlib import Path

from services.meetings.adapters.minutes_html import minutes_html
from services.meetings.adapters.minutes_layout import Record
from services.meetings.adapters.pdf_maker import as_pdf

PAPER = Path(__file__).with_name("templates").joinpath("paper.css").read_text(encoding="utf-8")


def minutes_pdf(minutes: Record, language: str = "fr") -> bytes:
    """The PDF of minutes; see minutes_text for the fields. Raises: InvalidError pdf-too-heavy; UnavailableError."""
    return as_pdf(on_paper(minutes_html(minutes, language)))


def on_paper(page: str) -> str:
    """A page with what paper adds to its styles."""
    return page.replace("</style>", f"</style>\n<style>{PAPER}</style>", 1)
