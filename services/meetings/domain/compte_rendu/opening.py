"""Title, group, region and place from what stands at the top: the title lines and the opening sentence."""

import re

from chassis.kernel.text import fold

from .front_words import begins_front_field, read_label
from .source import Line
from .vocabulary import CENTRAL_REGION, NO_TITLES, REGIONS, TITLE_STARTS

_TOP = 15
"""Filled lines among which the title stands."""
_TITLE_LINES = 4
_LONGEST_TITLE = 200
_OTHER_TITLES = ("reunion du", "reunion de", "rencontre du", "rencontre de", "session du", "groupe technique",
                 "groupe de travail", "gtm ")  # fmt: skip
_SEARCHED = 1000  # characters of an opening that are searched
_OPENING = re.compile(
    r"\s*+(?:l['’]an\s|en date du\s|aujourd"
    r"|(?:le|ce|en ce)\s+(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|\d))",
    re.IGNORECASE,
)
_HELD = re.compile(r"\b(?:s['’](?:est|était) (?:tenue?|ouverte?|réunie?)|a eu lieu|se sont réunis)\b", re.IGNORECASE)
_BODIES = (
    ("CRCM", re.compile(r"\bcrcm\b|\bcadres? regiona(?:l|ux) de concertation|\bccm regional")),
    (
        "GTM",
        re.compile(r"\bgtm\b|\bgroupe (?:de )?(?:technique|travail)[a-z ]{0,20}migration|\bgroupe detravail\b"),
    ),
    ("COPIL", re.compile(r"\bcopil\b|\bcomite de pilotage")),
    ("CCM", re.compile(r"(?<!sp )\bccm\b|(?<!permanent du )\bcadre de concertation (?:sur la )?migration")),
)
_REGIONAL = re.compile(rf"\b({'|'.join(REGIONS)})\b")
_REGIONAL_OFFICE = re.compile(r"\bdrecm?\b")
_PLACE = re.compile(
    r"\b(?:à|a|dans|au|en)\s+(?:la\s|le\s|les\s|l['’]|une?\s)?"
    r"((?:salle|siège|hôtel|locaux|bureaux?|gouvernorat|palais|centre|maison|mairie|préfecture|conseil régional)\b"
    r"[^.;,:]{0,160})",
    re.IGNORECASE,
)
_PLACE_ENDS = re.compile(
    r"\s(?:la\s(?:réunion|rencontre|session|séance)|le\sgroupe|une\s(?:réunion|rencontre)|sous\s|s['’]|à\spartir|[àa]\s\d|de\s\d|du\s\d|"
    r"en\sprésence|l['’]atelier|dont\s|avec\s|pour\s|afin\s|par\s)",
    re.IGNORECASE,
)
_ONLINE = re.compile(r"\b(?:par|en) (visio-?conférence|ligne|vidéo-?conférence)\b", re.IGNORECASE)


def find_title(lines: list[Line]) -> list[Line]:
    """The title's lines, or none: « Compte-rendu de la réunion… », up to a gap, a label or the opening sentence.

    A first line that says none of the usual words is a title where a gap parts it from what follows and a date label
    comes soon after.
    """
    top = [at for at, line in enumerate(lines) if line.filled][: _TOP + 1]
    for at in top:
        line = lines[at]
        if begins_front_field(line) or is_opening(line):
            break
        if line.fold.startswith(TITLE_STARTS) or (line.fold.startswith(_OTHER_TITLES) and _headline(line)):
            return _title_block(lines, at)
    first = lines[top[0]] if top else None
    if first is None or not _headline(first) or begins_front_field(first) or is_opening(first):
        return []
    alone = top[0] + 1 >= len(lines) or not lines[top[0] + 1].filled
    dated = any((label := read_label(lines[at])) and label.field == "date" for at in top[1:])
    return [first] if alone and dated and first.fold not in NO_TITLES and first.text.lstrip()[:1].isalpha() else []


def _headline(line: Line) -> bool:
    return len(line.text) <= _LONGEST_TITLE and line.text.rstrip()[-1:] not in ".;:,"


def is_opening(line: Line) -> bool:
    """Whether a line is the sentence that opens minutes in prose: « L'an deux mille… », « Le jeudi 31 mars… »."""
    head = line.text[:_SEARCHED]
    return _OPENING.match(head) is not None or _HELD.search(head) is not None


def find_group(texts: list[str]) -> tuple[str, str | None, int] | None:
    """(short name, region or None, index of the text) of the body that met; the first text that names one decides.

    The region is looked for beside the name, then where a regional directorate hosts it. The central group has none:
    « GTM de Niamey » is « GTM ».
    """
    for at, text in enumerate(texts):
        folded = fold(text[:_SEARCHED])
        named = [(found.start(), found.end(), name) for name, body in _BODIES if (found := body.search(folded))]
        if named:
            _, end, acronym = min(named)
            region = _region_after(folded, end) or _region_of_host(" ".join(fold(t[:_SEARCHED]) for t in texts))
            regional = region is not None and region != CENTRAL_REGION
            name = f"{acronym} {region}" if regional else "COPIL PNM" if acronym == "COPIL" else acronym
            return name, region if regional else None, at
    return None


def find_region(text: str) -> str | None:
    """The region named in a text (a place, say), or None; Niamey is no hint of a regional body."""
    found = _REGIONAL.search(fold(text[:_SEARCHED]))
    region = REGIONS[found[1]] if found else None
    return None if region == CENTRAL_REGION else region


def find_place(text: str) -> str | None:
    """The room or house named in an opening sentence, or « visioconférence »."""
    text = text[:_SEARCHED]
    online = _ONLINE.search(text)
    found = _PLACE.search(text)
    if not found:
        return online[1] if online else None
    place = found[1]
    end = _PLACE_ENDS.search(place)
    return " ".join((place[: end.start()] if end else place).split())


def _title_block(lines: list[Line], start: int) -> list[Line]:
    block = [lines[start]]
    for line in lines[start + 1 : start + _TITLE_LINES]:
        if not line.filled or begins_front_field(line) or is_opening(line) or len(line.text) > _LONGEST_TITLE:
            break
        if not line.text.lstrip()[:1].isalpha() and line.text.lstrip()[:1] not in "(–-":
            break
        block.append(line)
    return block


def _region_after(folded: str, end: int) -> str | None:
    """The region named within a few words after the body's name: « (GTM) d'Agadez », « GTM régional de Zinder »."""
    found = _REGIONAL.search(folded, end, min(len(folded), end + 60))
    return REGIONS[found[1]] if found else None


def _region_of_host(folded: str) -> str | None:
    office = _REGIONAL_OFFICE.search(folded)
    found = _REGIONAL.search(folded, office.end(), min(len(folded), office.end() + 30)) if office else None
    return REGIONS[found[1]] if found else None
