"""Convocations and attendance sheets as pages for paper, made of the plain values of the domain."""

from typing import Any

from markupsafe import Markup

from services.meetings.adapters.minutes_html import ENVIRONMENT, STYLE
from services.meetings.adapters.minutes_layout import agenda_line, date_in_words, hours, one_line
from services.meetings.adapters.minutes_pdf import on_paper
from services.meetings.adapters.paper_words import words_in
from services.meetings.domain.attendance_sheet import Sheet, SheetInstitution, SheetLine
from services.meetings.domain.convocation import Letter


def letter_html(letter: Letter, language: str = "fr") -> str:
    """The convocation: sender, number, recipients, the facts, agenda, what to read, signature."""
    words = words_in(language)
    kind = words["kinds"].get(letter.kind, letter.kind)
    facts = (
        (words["date"], date_in_words(letter.date, language)),
        (words["time"], hours(vars_of(letter), language)),
        (words["place"], one_line(letter.place)),
        (words["session"], f"{letter.session} ({kind})" if letter.session else kind),
    )
    agenda = [(at, agenda_line(vars_of(item), language)) for at, item in enumerate(letter.agenda, start=1)]
    read = [(one.title, one.until) for one in letter.to_read]
    return _page(
        "letter.html.j2",
        language,
        letter=letter,
        given_on=date_in_words(letter.given_on, language),
        sentence=words["invites"],
        facts=[(label, value) for label, value in facts if value],
        agenda=agenda,
        to_read=[f"{title}, {words['until']} {date_in_words(day, language)}" if day else title for title, day in read],
        reply_by=date_in_words(letter.reply_by, language),
    )


def sheet_html(sheet: Sheet, language: str = "fr") -> str:
    """The sign-in sheet: a line a person, the header again on each page."""
    facts = (date_in_words(sheet.date, language), hours(vars_of(sheet), language), one_line(sheet.place))
    lines = [(*_who(one, line, at, language), line) for one in sheet.institutions for at, line in enumerate(one.lines)]
    return _page("sheet.html.j2", language, sheet=sheet, when=" – ".join(fact for fact in facts if fact), lines=lines)


def vars_of(value: Any) -> dict[str, Any]:
    """A frozen value of the domain as the layout reads records."""
    return dict(vars(value))


def _who(one: SheetInstitution, line: SheetLine, at: int, language: str) -> tuple[str, str]:
    """The institution as written on a line, and what is known of it or of the person."""
    words = words_in(language)
    name = one.name or one.acronym or ""
    name = f"{name} ({one.acronym})" if one.name and one.acronym and one.acronym != one.name else name
    notes = [words["answers"].get(one.answer, "") if at == 0 else ""]
    notes += [words["statuses"].get(line.status, ""), words["remote"] if line.mode == "remote" else ""]
    notes += [f"{words['speaks_for']} {line.delegate_of}" if line.delegate_of else ""]
    return name, ", ".join(note for note in notes if note)


def _page(template: str, language: str, **shown: Any) -> str:
    language = "en" if language == "en" else "fr"
    style = Markup(STYLE)  # noqa: S704 -- our own file
    made = ENVIRONMENT.get_template(template).render(language=language, words=words_in(language), style=style, **shown)
    return on_paper(made)
