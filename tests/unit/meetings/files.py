"""Files for the tests of text extraction: DOCX and PDF made on the spot, good ones and bad ones."""

import io
import zipfile
from collections.abc import Iterable

import docx

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def saved(document) -> bytes:
    """A python-docx document as a file."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def simple_docx(*paragraphs: str) -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    return saved(document)


def raw_docx(body: str, **members: bytes) -> bytes:
    """A DOCX with this body XML, and other members by their name in word/."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
        for name, content in members.items():
            archive.writestr(f"word/{name}.xml", content)
    return file.getvalue()


def zipped(name: str, content: bytes, *, copies: int = 1) -> bytes:
    """An archive with one member, or with many that have no content of their own."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
        for number in range(1, copies):
            archive.writestr(f"word/empty{number}.xml", b"")
    return file.getvalue()


def with_false_size(archive: bytes, size: int) -> bytes:
    """An archive whose only member is declared to be of another size, in both of its headers."""
    changed = bytearray(archive)
    local, central = archive.index(b"PK\x03\x04"), archive.index(b"PK\x01\x02")
    changed[local + 22 : local + 26] = changed[central + 24 : central + 28] = size.to_bytes(4, "little")
    return bytes(changed)


def pdf(pages: Iterable[Iterable[tuple[float, float, str]]], *, trailer: str = "") -> bytes:
    """A PDF with texts (x, y, text) on its pages, in 10-point Helvetica; points from below left."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for texts in pages:
        drawn = "".join(f"1 0 0 1 {x} {y} Tm ({_escaped(text)}) Tj\n" for x, y, text in texts)
        stream = f"BT /F1 10 Tf\n{drawn}ET" if drawn else "0 0 m"
        objects.append(f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream")
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    return _file(objects, trailer)


def _file(objects: list[str], trailer: str) -> bytes:
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(objects) + 1
    end = f"xref\n0 {count}\n0000000000 65535 f \n{table}trailer\n<< /Size {count} /Root 1 0 R {trailer}>>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF\n".encode()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
