"""Which label of a question counts, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from conversations.questions import Reaction
from knowledge_base.decision import Rule
from knowledge_base.entry import EntryId
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.mining.labels import (
    Judgement,
    Label,
    LabelSource,
    implied_labels,
    known_wrong,
    labelled_questions,
    labels_that_count,
)
from knowledge_base.mining.questions import BAD, GOOD, MarkKind, asked_in_vain
from tests.unit.knowledge_base.mining.log import NOW, logged

DAY = timedelta(days=1)


def label(
    text: str,
    judgement: Judgement,
    entry_id: str | None,
    source: LabelSource = LabelSource.AGENT,
    ago: timedelta = timedelta(),
) -> Label:
    return Label(
        text=text,
        judgement=judgement,
        entry_id=EntryId(entry_id) if entry_id else None,
        source=source,
        author="li",
        at=NOW - ago,
    )


def question(text: str, *ids: str) -> LabelledQuestion:
    return LabelledQuestion(text=text, expected=frozenset(map(EntryId, ids)))


def test_the_last_label_of_the_strongest_source_counts() -> None:
    labels = [
        label("怎么退货", Judgement.SHOULD_BE, "editor-old", LabelSource.EDITOR, ago=3 * DAY),
        label("怎么退货", Judgement.SHOULD_BE, "editor-new", LabelSource.EDITOR, ago=2 * DAY),
        label("请问怎么退货呀", Judgement.SHOULD_BE, "agent", LabelSource.AGENT, ago=DAY),
        label("怎么退货", Judgement.WRONG, "editor-new", LabelSource.REASK),
    ]
    for order in (labels, labels[::-1]):
        (counting,) = labels_that_count(order).values()
        assert counting.entry_id == "editor-new"
        assert labelled_questions(order) == (question("怎么退货", "editor-new"),)


def test_what_a_label_expects() -> None:
    labels = [
        label("甲问题", Judgement.RIGHT, "a"),
        label("乙问题", Judgement.SHOULD_BE, "b"),
        label("丙问题", Judgement.NO_ENTRY, None),
        label("丁问题", Judgement.WRONG, "d"),
        label("？", Judgement.RIGHT, "a"),
    ]
    assert set(labelled_questions(labels)) == {
        question("甲问题", "a"),
        question("乙问题", "b"),
        question("丙问题"),
    }
    assert set(labelled_questions(labels, known={EntryId("a")})) == {
        question("甲问题", "a"),
        question("丙问题"),
    }
    assert set(known_wrong(labels).values()) == {"d"}


def test_a_wrong_of_a_stronger_source_takes_a_right_away() -> None:
    labels = [
        label("怎么退货", Judgement.RIGHT, "a", LabelSource.RATING),
        label("怎么退货", Judgement.WRONG, "a", LabelSource.AGENT, ago=DAY),
    ]
    assert labelled_questions(labels) == ()


def test_what_customers_show_is_a_label() -> None:
    shown = implied_labels(
        [
            logged("退", Reaction.ASKED, "return", "refund", marks=((MarkKind.CHOSEN, "refund"),)),
            logged("几点关门", Reaction.ANSWERED, "hours", marks=((MarkKind.RATED, GOOD),)),
            logged("能退吗", Reaction.ANSWERED, "return", marks=((MarkKind.RATED, BAD),)),
            logged("运费", Reaction.ANSWERED, "fee", marks=((MarkKind.HANDED_OVER, "t"),)),
            logged("没听懂", Reaction.REFUSED, marks=((MarkKind.REASKED, "t"),)),
        ]
    )
    assert [(each.text, each.judgement, each.entry_id, each.source) for each in shown] == [
        ("退", Judgement.SHOULD_BE, "refund", LabelSource.CHOICE),
        ("几点关门", Judgement.RIGHT, "hours", LabelSource.RATING),
        ("能退吗", Judgement.WRONG, "return", LabelSource.RATING),
        ("运费", Judgement.WRONG, "fee", LabelSource.REASK),
    ]


def test_a_label_names_an_entry_unless_there_is_none() -> None:
    with pytest.raises(ValueError, match="about an entry"):
        label("退", Judgement.RIGHT, None)
    with pytest.raises(ValueError, match="about an entry"):
        label("退", Judgement.NO_ENTRY, "a")
    with pytest.raises(ValueError, match="timezone"):
        Label(
            text="退",
            judgement=Judgement.NO_ENTRY,
            entry_id=None,
            source=LabelSource.AGENT,
            author="li",
            at=datetime(2026, 1, 1),  # noqa: DTZ001 - that is the mistake
        )


def test_a_question_that_leans_on_another_teaches_nothing() -> None:
    chosen = logged("那运费呢", Reaction.ASKED, "return", "fee", marks=((MarkKind.CHOSEN, "fee"),))
    leaning = replace(chosen, rule=Rule.FOLLOW_UP.value)
    assert len(implied_labels([chosen])) == 1
    assert implied_labels([leaning]) == ()
    assert asked_in_vain([chosen, leaning]) == (chosen,)
