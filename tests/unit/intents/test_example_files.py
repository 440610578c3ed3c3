"""The shipped examples, and what is said about broken ones."""

from pathlib import Path

import pytest

from intents.example_files import load_examples
from intents.fallback import FallbackClassifier
from intents.understanding import FAQ


def test_every_intent_has_at_least_25_examples() -> None:
    examples = load_examples()
    assert set(examples) == {"greet", "thank", "bye", "order_status", "ask_human", "faq"}
    assert {
        intent: len(set(sentences)) for intent, sentences in examples.items() if len(set(sentences)) < 25
    } == {}


async def test_no_example_is_taken_by_the_rules_for_another_intent() -> None:
    """The rules may leave an example to the knowledge base or to its neighbours, but never misread it."""
    examples = load_examples()
    classifier = FallbackClassifier({}, None)
    misread = [
        (sentence, understood.intent)
        for intent, sentences in examples.items()
        for sentence in sentences
        if (understood := await classifier.parse(sentence)).intent not in {intent, FAQ}
    ]
    assert misread == []


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.yml": "intent: a\nexamples: [1]"}, "a.yml: expected"),
        ({"a.yml": "- a"}, "a.yml: expected"),
        ({"a.yml": "intent: a\nexamples: [x]", "b.yml": "intent: a\nexamples: [y]"}, "b.yml: intent 'a'"),
        ({"a.yml": "intent: a\nexamples: [x]", "b.yml": "intent: b\nexamples: [x]"}, "b.yml: 'x' is also"),
    ],
)
def test_broken_files_are_named(files: dict[str, str], message: str, tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        load_examples(tmp_path)
