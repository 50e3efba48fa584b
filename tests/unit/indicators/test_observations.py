"""A figure from its submission to its publication, returned and revised: who may, from where, and what is told."""

import pytest

from chassis.kernel.errors import ConflictError, InvalidError, NotFoundError, StaleError
from chassis.kernel.ids import new_id
from tests.unit.indicators.builders import an_indicator, an_observation, change, faults, move
from tests.unit.indicators.fakes import World


@pytest.fixture
def world():
    return World()


def test_a_figure_is_submitted_verified_and_published(world):
    made = an_observation(world, "secretariat")
    assert (made.status, made.visibility, made.area, made.categories) == ("submitted", "gtm", "NE", {})
    verified = move(world, "verify", made.id)
    published = move(world, "publish", made.id, version=verified.version)
    assert (published.status, published.visibility, published.version) == ("published", "public", 3)
    assert world.told()[1:] == ["observation.submitted", "observation.verified", "observation.published"]


def test_a_returned_figure_says_why_and_a_revision_submits_it_anew(world):
    made = an_observation(world)
    returned = move(world, "return", made.id, reason="Quel registre ?")
    assert (returned.status, returned.reason) == ("returned", "Quel registre ?")
    revised = change(world, "observation", made.id, source="Registre de Dirkou")
    assert (revised.status, revised.reason, revised.version) == ("submitted", None, 3)
    assert world.told()[1:] == ["observation.submitted", "observation.returned", "observation.revised"]


def test_a_published_figure_that_is_revised_is_public_no_longer_and_its_trail_is_whole(world):
    made = an_observation(world, value="100")
    move(world, "verify", made.id)
    move(world, "publish", made.id)
    revised = change(world, "observation", made.id, value="110")
    assert (revised.status, revised.visibility) == ("submitted", "gtm")
    trail = [event["data"] for event in world.events if event["subject"] == made.id]
    assert [(one["version"], one["value"]) for one in trail] == [(1, "100"), (2, "100"), (3, "100"), (4, "110")]
    assert trail[-1]["changed"] == ["visibility", "value", "status"]


def test_a_change_of_nothing_leaves_a_verified_figure_verified(world):
    made = an_observation(world)
    verified = move(world, "verify", made.id)
    assert change(world, "observation", made.id, value=made.value) == verified
    assert world.told()[-1] == "observation.verified"


@pytest.mark.parametrize(
    ("moves", "act"),
    [
        ((), "publish"),
        (("verify",), "verify"),
        (("verify", "publish"), "verify"),
        (("verify", "publish"), "publish"),
        (("verify", "publish"), "return"),
        (("return",), "verify"),
        (("return",), "return"),
    ],
)
def test_a_move_from_elsewhere_is_refused(world, moves, act):
    made = an_observation(world)
    for earlier in moves:
        move(world, earlier, made.id, **({"reason": "Non"} if earlier == "return" else {}))
    with pytest.raises(ConflictError, match="observation-status") as refused:
        move(world, act, made.id, **({"reason": "Non"} if act == "return" else {}))
    assert refused.value.params["allowed"]


def test_a_return_needs_a_reason(world):
    made = an_observation(world)
    for body, code in (({}, "required"), ({"reason": "  "}, "too-short")):
        with pytest.raises(InvalidError) as refused:
            move(world, "return", made.id, **body)
        assert faults(refused) == {("reason", code)}


def test_every_fault_is_told_at_once(world):
    indicator = an_indicator(world)
    with pytest.raises(InvalidError) as refused:
        an_observation(
            world,
            indicator_id=indicator.id,
            period="2024-S3",
            area="Agadez",
            categories={"sex": "F", "nationality": "ML"},
            value="-3",
            numerator="1",
            institution_id=new_id(),
        )
    assert faults(refused) == {
        ("period", "no-such-period"),
        ("area", "not-an-area"),
        ("categories.nationality", "unknown-dimension"),
        ("value", "not-a-count"),
        ("numerator", "only-for-percentages"),
        ("institution_id", "institution-not-found"),
    }


def test_a_period_has_the_frequency_of_the_indicator(world):
    indicator = an_indicator(world, frequency="month")
    with pytest.raises(InvalidError) as refused:
        an_observation(world, indicator_id=indicator.id, period="2024-Q3")
    assert refused.value.errors[0]["params"] == {"value": "2024-Q3", "example": "2024-07"}


def test_an_unknown_indicator_is_named_with_what_else_is_unknown(world):
    with pytest.raises(InvalidError) as refused:
        an_observation(world, indicator_id=new_id(), institution_id=new_id())
    assert faults(refused) == {
        ("indicator_id", "indicator-not-found"),
        ("institution_id", "institution-not-found"),
    }


def test_a_figure_that_nobody_verified_cannot_be_made_public(world):
    with pytest.raises(InvalidError) as refused:
        an_observation(world, visibility="public")
    assert faults(refused) == {("visibility", "not-a-choice")}


@pytest.mark.parametrize(
    ("categories", "field", "code"),
    [
        ({"Sexe": "F"}, "categories.Sexe.key", "not-a-dimension"),
        ({"$where": "1"}, "categories.$where.key", "not-a-dimension"),
        ({"sex": 1}, "categories.sex.value", "not-text"),
        (["sex"], "categories", "not-an-object"),
        ({f"d{n}": "x" for n in range(11)}, "categories", "too-many"),
    ],
)
def test_categories_are_words_by_dimension(world, categories, field, code):
    with pytest.raises(InvalidError) as refused:
        an_observation(world, categories=categories)
    assert (field, code) in faults(refused)


def test_one_source_gives_one_figure_and_another_source_its_own(world):
    indicator = an_indicator(world)
    same = {"indicator_id": indicator.id, "categories": {"sex": "F"}}
    an_observation(world, **same, source="Registre")
    with pytest.raises(ConflictError, match="observation-exists"):
        an_observation(world, **same, source="registre ", value="7")
    for other in ({"source": "Enquête"}, {"area": "NE001"}, {"period": "2024-Q4"}, {"categories": {"sex": "M"}}):
        an_observation(world, **{**same, "source": "Registre", **other})


def test_one_institution_gives_one_figure_whatever_its_source(world):
    indicator = an_indicator(world)
    ins, oim = new_id(), new_id()
    world.known_institutions.rows = {ins: {}, oim: {}}
    an_observation(world, indicator_id=indicator.id, institution_id=ins, source="A")
    an_observation(world, indicator_id=indicator.id, institution_id=oim, source="A")
    with pytest.raises(ConflictError, match="observation-exists"):
        an_observation(world, indicator_id=indicator.id, institution_id=ins, source="B")


def test_a_revision_that_would_be_another_ones_figure_is_refused(world):
    indicator = an_indicator(world)
    an_observation(world, indicator_id=indicator.id)
    other = an_observation(world, indicator_id=indicator.id, period="2024-Q4")
    with pytest.raises(ConflictError, match="observation-exists"):
        change(world, "observation", other.id, period="2024-Q3")
    assert world.observations.rows[other.id] == other


def test_what_is_gone_or_moved_on_is_refused(world):
    made = an_observation(world)
    with pytest.raises(NotFoundError, match="observation-not-found"):
        move(world, "verify", new_id())
    with pytest.raises(StaleError, match="stale-version"):
        move(world, "verify", made.id, version=9)


def test_a_record_of_another_node_is_not_changed_here(world):
    made = an_observation(world)
    world.node = "agadez"
    with pytest.raises(ConflictError, match="not-the-origin"):
        move(world, "verify", made.id)
