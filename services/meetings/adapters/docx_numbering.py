"""The numbers and bullets that Word computes: they are no text in a DOCX, but minutes are read by them."""

from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DEEPEST_LEVEL = 8
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


class Numbering:
    """Counts the numbered paragraphs of a document in order, and gives each its marker."""

    def __init__(self, numbering: Any, styles: Any) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._list_of: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._styled: dict[str, tuple[str | None, int]] = {}
        if numbering is not None:
            self._read_lists(numbering)
        if styles is not None:
            self._read_styles(styles)

    def marker(self, paragraph: Any) -> str:
        """« 1. », « II. », « - » with indent by level; empty for a paragraph without number. Counts it."""
        number_id, level = self._number_of(paragraph)
        abstract = self._list_of.get(number_id or "")
        if number_id is None or abstract is None or level not in self._levels.get(abstract, {}):
            return ""
        form, pattern, start = self._levels[abstract][level]
        if form == "bullet":
            return "  " * level + "- "
        if form == "none":
            return ""
        counts = self._counts.setdefault(abstract, {})
        counts[level] = counts.get(level, start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        text = pattern or f"%{level + 1}."
        for place in range(level + 1):
            shown = self._levels[abstract].get(place, (form, "", 1))[0]
            text = text.replace(f"%{place + 1}", _figure(counts.get(place, 1), shown))
        return text + " "

    def _number_of(self, paragraph: Any) -> tuple[str | None, int]:
        """(list id, level) from the paragraph, else from its style; (None, 0) where it has none."""
        properties = paragraph.find(_W + "pPr")
        if properties is None:
            return None, 0
        own = _numbering_of(properties)
        style = properties.find(_W + "pStyle")
        styled = self._styled.get(style.get(_W + "val", ""), (None, 0)) if style is not None else (None, 0)
        if own is None:
            return styled
        number_id, level = own
        if number_id == "0":
            return None, 0
        return number_id or styled[0], level

    def _read_lists(self, numbering: Any) -> None:
        for abstract in numbering.findall(_W + "abstractNum"):
            levels = {}
            for level in abstract.findall(_W + "lvl"):
                at = _whole(level.get(_W + "ilvl"), 0)
                form = _value(level, "numFmt", "decimal")
                levels[at] = (form, _value(level, "lvlText", ""), _whole(_value(level, "start", "1"), 1))
            self._levels[abstract.get(_W + "abstractNumId", "")] = levels
        for number in numbering.findall(_W + "num"):
            number_id = number.get(_W + "numId", "")
            abstract_id = _value(number, "abstractNumId", "")
            if number.find(_W + "lvlOverride") is not None and abstract_id in self._levels:
                self._levels[f"{abstract_id}/{number_id}"] = self._levels[abstract_id]
                abstract_id = f"{abstract_id}/{number_id}"  # a list that begins anew counts for itself
            self._list_of[number_id] = abstract_id

    def _read_styles(self, styles: Any) -> None:
        for style in styles.findall(_W + "style"):
            properties = style.find(_W + "pPr")
            found = _numbering_of(properties) if properties is not None else None
            if found:
                self._styled[style.get(_W + "styleId", "")] = found


def _numbering_of(properties: Any) -> tuple[str | None, int] | None:
    """(list id or None, level) of a `numPr`."""
    found = properties.find(_W + "numPr")
    if found is None:
        return None
    level = min(_whole(_value(found, "ilvl", "0"), 0), _DEEPEST_LEVEL)
    return _value(found, "numId", "") or None, level


def _value(element: Any, name: str, default: str) -> str:
    child = element.find(_W + name)
    return str(child.get(_W + "val", default)) if child is not None else default


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else default


def _figure(count: int, form: str) -> str:
    """A number in the form of its list: 2, II, ii, B, b."""
    if form in ("upperRoman", "lowerRoman") and count < 40:
        roman, left = "", count
        for value, letters in _ROMAN:
            while left >= value:
                roman, left = roman + letters, left - value
        return roman if form == "upperRoman" else roman.lower()
    if form in ("upperLetter", "lowerLetter") and 1 <= count <= 26:
        return chr((64 if form == "upperLetter" else 96) + count)
    return str(count)
