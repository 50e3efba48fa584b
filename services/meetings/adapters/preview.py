"""A PDF seen from afar: how many pages, its first one as a small picture, and how its text begins.

Made by the child process that reads files, within its limits (extract_limits.py); a scanned page has no text.
"""

import io
from typing import Any

import pypdfium2

from services.meetings.adapters.unreadable import UnreadableError

WIDTH = 480
COLOURS = 32  # a page of text and two logos is 20 to 40 kB then
MOST_TEXT = 2000


def pdf_preview(data: bytes) -> dict[str, Any]:
    """{pages, text or None, png: bytes}. Raises: UnreadableError file-unreadable, file-encrypted."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise UnreadableError("file-encrypted") from error
        raise UnreadableError("file-unreadable", kind="PDF") from error
    try:
        page = document[0]
        width, height = page.get_size()
        # A poster is as tall as it likes: bounded by its longer side.
        picture = page.render(scale=WIDTH / max(width, height / 2, 1.0)).to_pil()
        text = page.get_textpage().get_text_bounded()[:MOST_TEXT].strip()
    except (pypdfium2.PdfiumError, IndexError, ValueError) as error:
        raise UnreadableError("file-unreadable", kind="PDF") from error
    kept = io.BytesIO()
    picture.convert("RGB").quantize(COLOURS).save(kept, "PNG", optimize=True)
    return {"pages": len(document), "text": text or None, "png": kept.getvalue()}
