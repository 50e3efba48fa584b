"""Bytes of a plain text as text: UTF-8, or Windows-1252 where the sender declares it."""

from chassis.kernel.errors import InvalidError

UTF_8 = ("utf-8", "utf8", "us-ascii", "ascii")
WINDOWS_1252 = ("windows-1252", "cp1252", "iso-8859-1", "latin-1", "latin1", "iso8859-1", "iso-8859-15")
"""Declared as Latin-1, a text from Windows is Windows-1252: its quotes and œ are printed characters there."""


def decode(data: bytes, charset: str | None, field: str) -> str:
    """The text. Raises InvalidError nul-bytes, text-not-utf-8, charset-unknown, charset-mismatch; with the line."""
    wanted = (charset or "").strip().strip("\"'").lower()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidError("text-not-utf-8", field, _place(data, 0))
    nul = data.find(b"\0")
    if nul >= 0:
        raise InvalidError("nul-bytes", field, _place(data, nul))
    if wanted in WINDOWS_1252:
        return _decoded(data, "cp1252", "charset-mismatch", field, charset=wanted)
    if wanted and wanted not in UTF_8:
        raise InvalidError("charset-unknown", field, {"charset": wanted[:40], "accepted": "utf-8, windows-1252"})
    return _decoded(data, "utf-8-sig", "text-not-utf-8", field)


def _decoded(data: bytes, codec: str, code: str, field: str, **params: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        at = error.start + (3 if codec == "utf-8-sig" and data.startswith(b"\xef\xbb\xbf") else 0)
        raise InvalidError(code, field, {**params, **_place(data, at)}) from error


def _place(data: bytes, offset: int) -> dict[str, int | str]:
    return {"offset": offset, "line": data.count(b"\n", 0, offset) + 1, "byte": f"{data[offset]:02X}"}
