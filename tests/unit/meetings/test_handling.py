"""The table of remarks on a document, and the final text that it proves: as a machine, and in any order of arrival."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chassis.kernel.errors import ConflictError
from services.meetings.adapters.handled_table import handled_html, handled_text
from services.meetings.contract.handling import HandledSchema
from services.meetings.domain import document as documents
from services.meetings.domain.document import Document, DocumentVersion, circulated, finalised, next_state
from services.meetings.domain.handling import Handled, counts, sealed, sentences, table, unseen
from services.meetings.domain.remark import OPEN_TO_REMARKS, Remark, RemarkAnswer
from services.meetings.domain.validation_round import AskedGroup, Opinion, Round
from tests.unit.meetings.acts import NODES, NOW, base, changed, held, of

DAY = timedelta(days=1)
HEADINGS = ("1. Contexte", "2. Volet genre", "3. Calendrier")
TEXT = DocumentVersion(number=1, reference="ici", added_at=NOW, sections=HEADINGS)
DOCUMENT = Document(**base("d", "central"), title="Stratégie", versions=(TEXT,), state="validated_subject_to")
ROUND = Round(
    **base("t", "central"),
    document_id="d",
    document_title="Stratégie",
    document_kind="strategy",
    version_number=1,
    reference="ici",
    groups=tuple(AskedGroup(id=f"g-{node}", name=f"GTM {node.title()}", node=node) for node in NODES),
    opened_at=NOW,
    deadline=NOW + 20 * DAY,
)


def remark(id: str, section: str | None = None, origin: str = "agadez", version: int = 1) -> Remark:
    about: dict[str, Any] = {"target_kind": "document", "target_id": "d", "target_version": 1}
    return Remark(**base(id, origin, version), **about, section=section, text=f"« {id} »", filed_at=NOW)


def opinion(node: str, remarks: str | None, by: str | None = None, version: int = 1) -> Opinion:
    own = base(f"o-{node}", by or node, version)
    return Opinion(
        **own, round_id="t", group_id=f"g-{node}", verdict="favourable_with_remarks", remarks=remarks, given_at=NOW
    )


def judged(
    of: str, verdict: str = "taken_in", place: str | None = None, origin: str = "central", on: int = 1, **more: Any
) -> RemarkAnswer:
    about: dict[str, Any] = {"remark_id": of, "target_kind": "document", "target_id": "d", "remark_version": on}
    return RemarkAnswer(
        **{**base(f"a-{of}-{origin}", origin), **about, "given_at": NOW, **more}, verdict=verdict, place=place
    )


def rows(remarks: list[Remark], opinions: list[Opinion], answers: list[RemarkAnswer]) -> tuple[Handled, ...]:
    return table(DOCUMENT, remarks, [ROUND], opinions, answers)


def test_a_remark_is_seen_to_when_it_is_set_aside_or_stands_somewhere_in_the_text() -> None:
    found = rows(
        [remark("w"), remark("x"), remark("y"), remark("z")],
        [],
        [judged("x"), judged("y", place="chapitre 2"), judged("z", "set_aside")],
    )
    assert {row.id: row.state for row in found} == {
        "w": "open",
        "x": "to_integrate",
        "y": "integrated",
        "z": "set_aside",
    }
    assert [row.id for row in unseen(found)] == ["w", "x"]
    assert sentences(counts(found)) == {
        "fr": "4 observations : 1 sans suite, 1 à intégrer, 1 intégrée, 1 écartée",
        "en": "4 remarks: 1 without a verdict, 1 to be taken in, 1 taken in, 1 set aside",
    }


def test_what_a_group_says_in_its_opinion_needs_a_verdict_too_and_again_when_it_says_otherwise() -> None:
    (row,) = rows([], [opinion("agadez", "Préciser le calendrier"), opinion("zinder", None)], [])
    assert (row.kind, row.group, row.state) == ("opinion", "GTM Agadez", "open")
    answer = judged("o-agadez", place="page 12")
    (row,) = rows([], [opinion("agadez", "Préciser le calendrier")], [answer])
    assert row.state == "integrated"
    (row,) = rows([], [opinion("agadez", "Et le budget", version=2)], [answer])
    assert row.state == "open", "the verdict was on other words"
    assert rows([], [opinion("agadez", "Contre", by="zinder")], []) == (), "nobody speaks for another's group"


def test_a_round_of_another_node_is_none_on_this_document() -> None:
    elsewhere = replace(ROUND, origin="zinder")
    assert table(DOCUMENT, [], [elsewhere], [opinion("agadez", "Genre")], []) == ()


def test_a_verdict_of_another_node_counts_for_nothing() -> None:
    (row,) = rows([remark("x")], [], [judged("x", "set_aside", origin="agadez")])
    assert row.state == "open"


def test_the_table_is_in_the_order_of_the_text() -> None:
    found = rows([remark("a", HEADINGS[2]), remark("b"), remark("c", HEADINGS[0]), remark("e", HEADINGS[1])], [], [])
    assert [row.id for row in found] == ["c", "e", "a", "b"]


@given(st.data())
def test_any_order_of_arrival_and_duplicates_give_the_same_table(data: st.DataObject) -> None:
    sent: list[Any] = [remark(id, data.draw(st.sampled_from([None, *HEADINGS]))) for id in "xyz"]
    sent += [changed(one, 2, text="autre") for one in sent[:1]]
    sent += [opinion(node, data.draw(st.sampled_from([None, "Genre"]))) for node in NODES]
    verdicts = st.builds(judged, st.sampled_from("xyz"), st.sampled_from(["taken_in", "set_aside"]))
    sent += data.draw(st.lists(verdicts, max_size=4, unique_by=lambda one: one.id))

    def shown(arrived: list[Any]) -> Any:
        kept = held(arrived)
        return rows(of(Remark, kept), of(Opinion, kept), of(RemarkAnswer, kept))

    assert shown(data.draw(st.permutations([*sent, *sent[:3]]))) == shown(sent)


def test_the_page_and_the_text_say_it_in_both_languages_and_escape_what_people_wrote() -> None:
    found = rows(
        [replace(remark("x", HEADINGS[1]), text="<b>gras</b>")], [], [judged("x", place="page 3", in_version=1)]
    )
    shown = {
        "document": DOCUMENT,
        "final": False,
        **counts(found),
        "hidden": 2,
        "sentence": sentences(counts(found)),
        "rows": [vars(row) | {"institution": None, "after_final": False} for row in found],
    }
    dumped = HandledSchema().dump(shown)
    for language, words in (("fr", "Où dans le texte"), ("en", "Where in the text")):
        page, text = handled_html(dumped, language), handled_text(dumped, language)
        assert words in page
        assert words in text
        assert f'lang="{language}"' in page
        assert "&lt;b&gt;gras" in page
        assert "page 3 (version 1)" in text


class Lives(RuleBasedStateMachine):
    """Whatever is tried on a document: what is final is proved, and never changes again."""

    @initialize()
    def put_up(self) -> None:
        self.document = Document(**base("d", "central"), title="Plan", versions=(TEXT,))
        self.remarks: list[Remark] = []
        self.answers: dict[str, RemarkAnswer] = {}
        self.sealed: tuple[DocumentVersion, ...] | None = None
        self.judged_texts: set[int] = set()

    def table(self) -> tuple[Handled, ...]:
        return table(self.document, self.remarks, [], [], list(self.answers.values()))

    @rule(act=st.sampled_from(sorted(set(documents.MOVES) - {"finalise", "revise", "integrate"})))
    def try_to_move(self, act: str) -> None:
        self.move(act)

    @rule(outcome=st.sampled_from(documents.OUTCOMES))
    def be_asked_about(self, outcome: str) -> None:
        for act in ("open_round", documents.BY_OUTCOME[outcome]):
            self.move(act)

    def move(self, act: str) -> None:
        before = self.document
        try:
            self.document = replace(before, state=next_state(before, act))
        except ConflictError:
            return
        if act in documents.BY_OUTCOME.values():
            self.judged_texts.add(before.versions[-1].number)

    @rule(act=st.sampled_from(["revise", "integrate"]))
    def give_a_text(self, act: str) -> None:
        try:
            state = next_state(self.document, act)
        except ConflictError:
            return
        number = len(self.document.versions) + 1
        text = DocumentVersion(number=number, reference="là", added_at=NOW, integrates=act == "integrate")
        self.document = replace(self.document, state=state, versions=(*self.document.versions, text))

    @rule()
    def circulate(self) -> None:
        if self.document.state == "submitted":
            self.document = replace(self.document, versions=circulated(self.document, NOW, NOW + DAY))

    @precondition(lambda self: len(self.remarks) < 4)
    @rule()
    def say(self) -> None:
        if self.document.state in OPEN_TO_REMARKS["document"]:
            self.remarks.append(remark(f"r{len(self.remarks)}"))

    @rule(verdict=st.sampled_from(["taken_in", "set_aside"]), place=st.sampled_from([None, "page 1"]), data=st.data())
    def judge(self, verdict: str, place: str | None, data: st.DataObject) -> None:
        if self.remarks:
            chosen = data.draw(st.sampled_from(self.remarks)).id
            final = self.document.final
            if final is None or chosen not in final.handled:
                self.answers[chosen] = judged(chosen, verdict, place if verdict == "taken_in" else None)

    @rule()
    def finalise(self) -> None:
        found = self.table()
        try:
            versions = sealed(self.document, found, NOW)
        except ConflictError as error:
            assert error.code != "remarks-not-handled" or unseen(found)
            return
        self.document = replace(self.document, state=next_state(self.document, "finalise"), versions=versions)
        self.sealed = versions

    @invariant()
    def what_is_final_is_proved_and_stays(self) -> None:
        if self.sealed is None:
            return
        assert self.document.versions == self.sealed
        assert self.document.state in ("validated", "superseded")
        final = self.document.final
        assert final is not None
        assert set(final.handled) >= {one.id for one in self.remarks}
        assert all(row.state in ("integrated", "set_aside") for row in self.table() if row.id in final.handled)
        assert final.integrates or final.number in self.judged_texts, "a text that nobody was asked about"


Lives.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestLives = Lives.TestCase


def test_a_text_that_was_validated_subject_to_remarks_is_not_the_final_one() -> None:
    with pytest.raises(ConflictError, match="text-not-integrated"):
        finalised(DOCUMENT, NOW, ())
    taken = replace(DOCUMENT, versions=(TEXT, replace(TEXT, number=2, integrates=True)))
    final = replace(taken, state="validated", versions=finalised(taken, NOW, ("x",)))
    assert final.final is not None
    assert final.final.handled == ("x",)
    with pytest.raises(ConflictError, match="document-final"):
        finalised(final, NOW, ())
    with pytest.raises(ConflictError, match="document-state"):
        finalised(replace(taken, state="under_review"), NOW, ())


def test_files_go_to_a_text_that_takes_remarks_in_until_it_is_final() -> None:
    with pytest.raises(ConflictError, match="document-state"):
        documents.may_take_files(DOCUMENT)
    taken = replace(DOCUMENT, versions=(TEXT, replace(TEXT, number=2, integrates=True)))
    documents.may_take_files(taken)
    with pytest.raises(ConflictError, match="document-state"):
        documents.may_take_files(replace(taken, state="validated", versions=finalised(taken, NOW, ())))


def test_a_heading_is_found_whatever_its_case_and_any_words_do_where_there_are_none() -> None:
    assert documents.with_section(TEXT, "2.  VOLET genre") == HEADINGS[1]
    assert documents.with_section(TEXT, "4. Budget") is None
    assert documents.with_section(replace(TEXT, sections=()), "4. Budget") == "4. Budget"
