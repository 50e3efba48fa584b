"""Paragraphs that are amended, what differs between two texts, and what Markdown may hold."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.kernel.errors import ConflictError
from services.meetings.domain.difference import difference
from services.meetings.domain.markdown import markdown_faults
from services.meetings.domain.minutes import Minutes
from services.meetings.domain.paragraph import digest, paragraphs, replaced
from services.meetings.domain.section import Section
from tests.unit.meetings.acts import base

TEXT = "Un.\n\nDeux.\n- trois"
LINES = st.lists(st.sampled_from(["", "a", "b", "c", "  d"]), max_size=6)


def minutes(*sections: Section) -> Minutes:
    return Minutes(**base("m"), meeting_id="r", title="GTM", date="2026-01-31", sections=sections)


def test_lines_that_are_not_blank_are_numbered() -> None:
    assert [(one.number, one.text) for one in paragraphs(TEXT)] == [(1, "Un."), (2, "Deux."), (3, "- trois")]


@pytest.mark.parametrize(
    ("number", "by", "becomes"),
    [
        (2, "Deux et demi.", "Un.\n\nDeux et demi.\n- trois"),
        (3, "", "Un.\n\nDeux."),
        (1, "A\nB", "A\nB\n\nDeux.\n- trois"),
    ],
)
def test_a_paragraph_is_put_in_other_words_or_left_out(number: int, by: str, becomes: str) -> None:
    assert replaced(TEXT, number, digest(paragraphs(TEXT)[number - 1].text), by) == becomes


def test_a_paragraph_that_moved_is_found_and_one_that_changed_is_not() -> None:
    moved = replaced(TEXT, 1, digest("Un."), "Zéro.\nUn.")
    assert replaced(moved, 2, digest("Deux."), "2.") == "Zéro.\nUn.\n\n2.\n- trois"
    with pytest.raises(ConflictError) as refused:
        replaced(replaced(TEXT, 2, digest("Deux."), "Autre."), 2, digest("Deux."), "2.")
    assert (refused.value.code, refused.value.params["now"]) == ("paragraph-changed", "Autre.")
    with pytest.raises(ConflictError, match="paragraph-changed"):
        replaced("Un.\nUn.", 3, digest("Un."), "…")  # either may be meant


@given(LINES, LINES)
def test_the_difference_has_both_texts_in_it(before: list[str], after: list[str]) -> None:
    first, then = (Section(title="A", id="s", text="\n".join(text)) for text in (before, after))
    found = difference(minutes(first), minutes(then))
    told = found.sections[0].paragraphs
    texts = [[one.text for one in paragraphs(side.text)] for side in (first, then)]
    if found.sections[0].change == "same":
        assert texts[0] == texts[1]
        return
    assert [one.before for one in told if one.before is not None] == texts[0]
    assert [one.after for one in told if one.after is not None] == texts[1]
    assert not found.same


def test_sections_are_the_same_by_their_id_wherever_they_stand() -> None:
    one, two, three = (Section(title=name, id=name) for name in "abc")
    found = difference(minutes(one, two), minutes(replace(two, title="B"), three))
    assert [(each.id, each.change) for each in found.sections] == [("b", "changed"), ("c", "added"), ("a", "removed")]
    assert [(each.field, each.before, each.after) for each in found.sections[0].fields_changed] == [("title", "b", "B")]
    assert difference(minutes(one), minutes(one)).same


@pytest.mark.parametrize(
    "text",
    [
        "# Titre\n\n- **gras** et *italique*\n> citation `code`",
        "[le site](https://exemple.ne) <https://exemple.ne> [écrire](mailto:a@exemple.ne)",
        "x < y et a > b, 3<4, [1] voir note : fin",
    ],
)
def test_what_people_write_is_taken(text: str) -> None:
    assert markdown_faults(text, "text") == []


@pytest.mark.parametrize(
    "line",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=y>",
        "<!-- caché -->",
        "![suivi](https://exemple.ne/p.gif)",
        "[ici](javascript:alert(1))",
        "[ici]( <DATA:text/html,x>)",
        "[ici]: vbscript:x",
        "<javascript:x>",
    ],
)
def test_what_would_run_or_fetch_is_named_with_its_line(line: str) -> None:
    errors = markdown_faults(f"Bien.\n{line}", "text")
    assert {(one["field"], one["code"], one["params"]["line"]) for one in errors} == {
        ("text", "markdown-not-allowed", 2)
    }
