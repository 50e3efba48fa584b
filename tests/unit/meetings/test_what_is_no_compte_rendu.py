"""A text that is no compte-rendu is refused, and what was looked for is told."""

import pytest

from chassis.kernel.errors import InvalidError
from services.meetings.domain.compte_rendu import looks_like_minutes, read_compte_rendu, require_minutes

OTHER_TEXTS = {
    "nothing": "",
    "a letter": "Bonjour,\n\nVeuillez trouver ci-joint la facture de mars.\nDate limite : 30 mars 2022\n\nCordialement",
    "an invitation": "Invitation\nDate : 12 mars 2024\nLieu : Niamey\nOrdre du jour :\n1. Ouverture\n2. Divers\n",
    "a recipe": "Riz au gras\n\n1. Laver le riz\n2. Faire revenir l'oignon\n3. Ajouter la tomate\n",
    "a table": "code;libellé;valeur\nA1;Agadez;12\nA2;Diffa;9\n",
    "noise": "".join(chr(33 + (at * 7919) % 90) for at in range(20_000)),
    "JSON": '{"title": "Compte-rendu", "items": [1, 2, 3]}',
}


@pytest.mark.parametrize("name", OTHER_TEXTS)
def test_other_texts_are_refused(name):
    extracted = read_compte_rendu(OTHER_TEXTS[name])
    assert not looks_like_minutes(extracted)
    with pytest.raises(InvalidError) as refused:
        require_minutes(extracted)
    assert refused.value.code == "not-minutes"
    assert refused.value.field == "text"
    assert "agenda" in refused.value.params["looked_for"]


@pytest.mark.parametrize(
    "text",
    [
        "Compte-rendu de la réunion du GTM\nDate\t12 mai 2022\n",
        "Date 24 mai 2022\nPrésence\n- OIM\nOrdre du jour\n1- Divers.\n",
        "COMPTE RENDU DU GTM D'AGADEZ\nLe jeudi 31 mars 2022 s'est ouvert la réunion.\nTout va bien.",
    ],
)
def test_short_minutes_are_taken(text):
    require_minutes(read_compte_rendu(text))
