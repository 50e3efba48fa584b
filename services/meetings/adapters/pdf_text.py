"""The text of a PDF, page by page, as its lines stand. A PDF of pictures has none, and that is said."""

import re
import unicodedata

import pypdfium2

from services.meetings.adapters import extract_limits as limits
from services.meetings.adapters.pdf_layout import page_lines
from services.meetings.adapters.unreadable import UnreadableError

_HYPHEN = "[\ufffe\x02]"  # how the library tells a hyphen at a line's end
_BROKEN_NAME = re.compile(f"(?:(?<=[A-Z0-9]){_HYPHEN}\r?\n?|{_HYPHEN}\r?\n?(?=[A-Z0-9]))")
_BROKEN_WORD = re.compile(f"{_HYPHEN}\r?\n?")
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_SYMBOL_BULLETS = {chr(code): "•" for code in range(0xF0A0, 0xF100)}  # bullets drawn with a symbol font
_READABLE = str.maketrans(_LIGATURES | _SYMBOL_BULLETS)
_FEWEST_LETTERS = 20
"""Of a PDF that has text; a scan has none, or a stamp."""


def pdf_text(data: bytes) -> str:
    """The text. Raises UnreadableError file-unreadable, file-encrypted, too-many-pages, no-text-in-file, too-large."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower() or "security" in str(error).lower()
        raise UnreadableError(
            "file-encrypted" if locked else "file-unreadable", **({} if locked else {"kind": "PDF"})
        ) from error
    try:
        pages = _pages(document)
    finally:
        document.close()
    text = _BROKEN_WORD.sub("", _BROKEN_NAME.sub("-", "\n".join(pages))).replace("\r\n", "\n").translate(_READABLE)
    if sum(letter.isalpha() for letter in text) < _FEWEST_LETTERS:
        raise UnreadableError("no-text-in-file", pages=len(pages))
    return unicodedata.normalize("NFC", text)


def _pages(document: pypdfium2.PdfDocument) -> list[str]:
    if len(document) > limits.PAGES:
        raise UnreadableError("too-many-pages", pages=len(document), limit=limits.PAGES)
    pages: list[str] = []
    size = 0
    for number in range(len(document)):
        try:
            page = document[number]
            content = page.get_textpage()
            pages.append("\n".join(page_lines(content)) if number < limits.PAGES_LAID_OUT else content.get_text_range())
        except pypdfium2.PdfiumError as error:
            raise UnreadableError("file-unreadable", kind="PDF") from error
        content.close()
        page.close()
        size += len(pages[-1])
        if size > limits.TEXT_CHARACTERS:
            raise UnreadableError("too-large", **limits.too_large(size, limits.TEXT_CHARACTERS))
    return pages
