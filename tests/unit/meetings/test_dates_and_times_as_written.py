"""Dates and times as people write them in minutes."""

import pytest

from services.meetings.domain.compte_rendu.dates import find_date
from services.meetings.domain.compte_rendu.numerals import number_at
from services.meetings.domain.compte_rendu.times import find_times

DATES = {
    "21 Septembre 2021": "2021-09-21",
    "2 Février 2022": "2022-02-02",
    "02 fevrier 2022": "2022-02-02",
    "1er mars 2022": "2022-03-01",
    "premier mars deux mille vingt-deux": "2022-03-01",
    "21/09/2021": "2021-09-21",
    "21.09.2021": "2021-09-21",
    "21-9-21": "2021-09-21",
    "2021-09-21": "2021-09-21",
    "Mardi 21 septembre 2021 de 9h à 11h": "2021-09-21",
    "15 août 2022": "2022-08-15",
    "30 AOUT 2022": "2022-08-30",
    "10 déc. 2022": "2022-12-10",
    "September 21, 2021": "2021-09-21",
    "21st September 2021": "2021-09-21",
    "L'an deux mille vingt et un et le jeudi 28 octobre 2021": "2021-10-28",
    "L’an deux mille vingt un et le jeudi 28 octobre": "2021-10-28",
    "L'an deux mil vingt-trois, et le seize mars": "2023-03-16",
    "L'an 2021 et le vingt-huit octobre s'est tenue": "2021-10-28",
    "Le jeudi 31 mars 2022 s'est ouvert la réunion": "2022-03-31",
    "le trente et un janvier deux mille vingt-quatre": "2024-01-31",
}
PROBLEMS = {
    "31 février 2022": (None, "date-impossible"),
    "31/02/2022": (None, "date-impossible"),
    "12 mars": (None, "date-without-year"),
    "lundi 16 mars 2023": ("2023-03-16", "date-weekday"),
    "21 et 22 septembre 2021": ("2021-09-21", "date-several-days"),
    "du 21 au 22 septembre 2021": ("2021-09-21", "date-several-days"),
}
TIMES = {
    "9h00 - 13h30": ("09:00", "13:30"),
    "9h30 - 11h06": ("09:30", "11:06"),
    "09h00-11h": ("09:00", "11:00"),
    "9H15-11H00": ("09:15", "11:00"),
    "9H-10H30": ("09:00", "10:30"),
    "9h": ("09:00",),
    "9-11h": ("09:00", "11:00"),
    "10 h 05": ("10:05",),
    "9h00 – 13h30": ("09:00", "13:30"),
    "de 9 heures 30 à 11 heures": ("09:30", "11:00"),
    "9 heures 30 - 11 heures 15": ("09:30", "11:15"),
    "9:00 - 13:30": ("09:00", "13:30"),
    "2:30 pm": ("14:30",),
    "neuf heures trente": ("09:30",),
    "de dix heures à midi": ("10:00", "12:00"),
    "à partir de 16h45mn": ("16:45",),
    "en 2021, 12 participants": (),
}


@pytest.mark.parametrize("text", DATES)
def test_date_is_read(text):
    found = find_date(text)
    assert found is not None
    assert (found.date, found.problems) == (DATES[text], ())


@pytest.mark.parametrize("text", PROBLEMS)
def test_doubtful_date_is_told(text):
    found = find_date(text)
    assert found is not None
    assert (found.date, found.problems[0][0]) == PROBLEMS[text]


@pytest.mark.parametrize("text", ["", "bientôt", "mars 2022", "en mai", "2022-2026", "1/2", "10-15 personnes", "l'an"])
def test_what_is_no_date_is_none(text):
    assert find_date(text) is None


@pytest.mark.parametrize("text", TIMES)
def test_times_are_read(text):
    assert find_times(text).times == TIMES[text]


def test_impossible_times_are_told_apart():
    found = find_times("25h00 - 11h75 - 12h")
    assert found.times == ("12:00",)
    assert found.impossible == ("25h00", "11h75")


@pytest.mark.parametrize(
    ("words", "value"),
    [("deux mille vingt et un", 2021), ("quatre vingt dix neuf", 99), ("mille neuf cent soixante", 1960), ("onze", 11)],
)
def test_numbers_in_words(words, value):
    assert number_at(words.split(), 0) == (value, len(words.split()))
