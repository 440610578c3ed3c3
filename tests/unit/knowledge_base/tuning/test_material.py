"""What an embedder is tuned on."""

from __future__ import annotations

import pytest

from knowledge_base.entry import Entry, EntryId
from knowledge_base.errors import KnowledgeBaseError
from knowledge_base.labelled import LabelledQuestion
from knowledge_base.tuning.holding_out import is_held_out
from knowledge_base.tuning.material import FEWEST_GROUPS, material
from tests.unit.knowledge_base.shop import entry


def shop(entries: int) -> list[Entry]:
    return [
        entry(f"e{number}", f"第{number}件事怎么办", *(f"{number}号事情的第{way}种问法" for way in range(6)))
        for number in range(entries)
    ]


def texts_of(entries: list[Entry], labels: list[LabelledQuestion]) -> dict[str, tuple[str, ...]]:
    return {group.name: group.texts for group in material(entries, labels).groups}


def test_held_out_questions_are_not_trained_on() -> None:
    entries = shop(40)
    labels = [
        LabelledQuestion(text=f"顾客的第{number}个问题", expected=frozenset({EntryId("e0")}))
        for number in range(20)
    ]
    texts = texts_of(entries, labels)
    for each in entries:
        assert not [text for text in texts[each.id] if is_held_out(text) and text != each.question]
    taken = [label.text for label in labels if not is_held_out(label.text)]
    assert 0 < len(taken) < len(labels)
    assert set(taken) <= set(texts["e0"])


def test_questions_with_no_or_several_entries_teach_nothing() -> None:
    labels = [
        LabelledQuestion(text="天气如何呀", expected=frozenset()),
        LabelledQuestion(text="两件事一起问", expected=frozenset({EntryId("e0"), EntryId("e1")})),
    ]
    trained = {text for texts in texts_of(shop(40), labels).values() for text in texts}
    assert trained.isdisjoint({"天气如何呀", "两件事一起问"})


def test_what_the_shipped_embedder_learned_is_rehearsed() -> None:
    found = material(shop(40), [])
    own = [group for group in found.groups if group.name.startswith("e")]
    assert len(found.groups) == len(own) + 20
    assert found.texts == sum(len(group.texts) for group in own)


def test_a_shop_with_few_phrasings_is_told_so() -> None:
    with pytest.raises(KnowledgeBaseError, match=f"至少要 {FEWEST_GROUPS} 条"):
        material(shop(FEWEST_GROUPS - 1), [])
