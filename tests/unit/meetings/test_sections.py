"""Sections of minutes keep their ids; their revisions count what changed in each, and in no other."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.ids import is_id, new_id
from services.meetings.domain.section import Action, Decision, Section, as_read, settled, unknown_ids, with_ids

TITLES = st.sampled_from(["Ouverture", "Tendances", "Divers", ""])
WORDS = st.text("abc \n", max_size=8)
DECISIONS = st.builds(lambda text: Decision(text=text), WORDS)
ACTIONS = st.builds(lambda what: Action(what=what), WORDS)
SECTIONS = st.builds(
    lambda title, text, decisions, actions: Section(
        title=title, text=text, decisions=tuple(decisions), actions=tuple(actions)
    ),
    TITLES,
    WORDS,
    st.lists(DECISIONS, max_size=2, unique_by=lambda one: one.text),
    st.lists(ACTIONS, max_size=2),
)
TEXTS = st.lists(SECTIONS, max_size=5)


def bare(section: Section) -> Section:
    """What a person wrote of it."""
    decisions = tuple(replace(one, id=None) for one in section.decisions)
    return replace(section, id=None, revision=0, decisions=decisions)


@given(TEXTS, TEXTS)
def test_what_is_written_is_kept_and_everything_has_an_id_of_its_own(first: list[Section], then: list[Section]) -> None:
    before = settled((), first)
    after = settled(before, then)
    assert [bare(one) for one in after] == [bare(one) for one in then]
    ids = [one.id for one in after]
    assert all(is_id(id) for id in ids)
    assert len(set(ids)) == len(ids)
    assert settled(after, after) == after
    decided = [one.id for section in after for one in section.decisions]
    assert len(set(decided)) == len(decided)
    again = settled(after, [bare(one) for one in after])
    assert [(one.id, bare(one)) for one in again] == [(one.id, bare(one)) for one in after]


@given(TEXTS.filter(bool), WORDS, st.data())
def test_one_section_changed_is_one_revision(first: list[Section], text: str, data: st.DataObject) -> None:
    before = settled((), first)
    place = data.draw(st.integers(0, len(before) - 1))
    said = [replace(one, text=text) if at == place else one for at, one in enumerate(before)]
    after = settled(before, said)
    assert [one.id for one in after] == [one.id for one in before]
    grown = [now.revision - was.revision for was, now in zip(before, after, strict=True)]
    assert grown == [int(at == place and before[place].text != text) for at in range(len(before))]


def test_the_revision_and_the_recommendation_of_a_row_are_the_servers() -> None:
    task = new_id()
    row = Action(what="Partager", recommendation_id=task)
    before = (replace(settled((), [Section(title="A")])[0], actions=(row,), revision=4),)
    forged = replace(before[0], revision=99, actions=(Action(what="Partager", recommendation_id=new_id()),))
    assert settled(before, [forged]) == before
    assert settled(before, [Section(title="B", actions=(replace(row, recommendation_id=new_id()),))]) != before
    moved = settled(before, [Section(title="B", actions=(row,))])
    assert moved[0].actions == (row,)
    stranger = settled((), [Section(title="B", actions=(row,))])
    assert stranger[0].actions[0].recommendation_id is None


def test_ids_of_an_earlier_release_are_the_same_wherever_they_are_made() -> None:
    id, old = new_id(), (Section(title="A"), Section(title="B"))
    assert with_ids(id, old) == with_ids(id, old)
    assert len({one.id for one in with_ids(id, old)} | {one.id for one in with_ids(new_id(), old)}) == 4
    named = with_ids(id, old)
    assert with_ids(new_id(), named) == named


def test_an_id_of_nothing_here_or_given_twice_is_named() -> None:
    before = settled((), [Section(title="A", decisions=(Decision(text="oui"),))])
    stranger = new_id()
    said = as_read(
        [
            {"id": before[0].id, "title": "A", "decisions": [{"id": stranger, "text": "non"}]},
            {"id": before[0].id, "title": "A"},
            {"id": new_id(), "title": "B"},
        ]
    )
    assert [(one["field"], one["code"]) for one in unknown_ids(before, said)] == [
        ("sections.1.id", "given-twice"),
        ("sections.2.id", "minutes-section-not-found"),
        ("sections.0.decisions.0.id", "decision-not-found"),
    ]
    assert unknown_ids(before, before) == []
