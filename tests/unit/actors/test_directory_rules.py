"""Rules of the directory: under which names an institution is known, whom an intervention names, which codes exist."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.actors.domain.institution import Institution, known_as
from services.actors.domain.intervention import Donor, Intervention, institutions_of
from services.actors.domain.reference import LISTS, codes, reference, unknown_codes

NOW = datetime(2026, 1, 31, tzinfo=UTC)
BASE: dict[str, Any] = {
    "id": "01",
    "origin": "central",
    "version": 1,
    "visibility": "public",
    "created_at": NOW,
    "created_by": "x",
    "updated_at": NOW,
    "updated_by": "x",
}


def test_an_institution_is_known_by_every_name_whatever_the_accents() -> None:
    one = Institution(**BASE, name="Délégation de l'Union européenne", acronym="DUE", aliases=("UE – Niger", "due"))
    assert known_as(one) == {"delegation de l union europeenne", "due", "ue niger"}


def test_an_intervention_names_each_institution_once_the_lead_first() -> None:
    donors = (Donor(institution_id="d"), Donor(institution_id="a"))
    one = Intervention(**BASE, title="…", lead_institution_id="a", partner_ids=("b", "a"), donors=donors)
    assert institutions_of(one) == ("a", "b", "d")


@pytest.mark.parametrize("name", LISTS)
def test_every_list_that_is_served_is_there(name: str) -> None:
    assert reference(name)["items"]
    assert codes(name)


def test_unknown_codes_are_told_in_order() -> None:
    assert unknown_codes("regions", ["NE001", "XX", "NE008", "YY"]) == ["XX", "YY"]
