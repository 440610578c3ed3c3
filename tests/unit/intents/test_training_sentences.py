"""The shipped sentences, and what is said about broken files."""

from pathlib import Path

import pytest

from intents.fallback import FallbackClassifier
from intents.kinds import ALL
from intents.training_sentences import load_sentences
from intents.understanding import FAQ, ORDER_NO

FEWEST = 60


def test_every_intent_has_enough_sentences() -> None:
    sentences = load_sentences()
    assert set(sentences) == ALL
    assert {intent: len(set(said)) for intent, said in sentences.items() if len(set(said)) < FEWEST} == {}


def test_marks_of_entities_are_taken_off() -> None:
    assert "E1001这单怎么样了" in load_sentences()["order_status"]


async def test_no_sentence_is_misread_by_the_rules() -> None:
    """They may leave a sentence to the model, but never take it for another intent."""
    classifier = FallbackClassifier()
    misread = []
    for intent, said in load_sentences().items():
        for sentence in said:
            understood = await classifier.parse(sentence)
            if intent == "inform" and understood.intent == "order_status" and ORDER_NO in understood.entities:
                continue
            if understood.intent not in {intent, FAQ}:
                misread.append((sentence, intent, understood.intent))
    assert misread == []


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.yml": "nlu:\n- intent: a\n  examples: [x]"}, "a.yml: expected"),
        ({"a.yml": "- a"}, "a.yml: expected"),
        ({"a.yml": "nlu:\n- intent: a\n  examples: |\n    x"}, "a.yml: expected"),
        (
            {
                "a.yml": "nlu:\n- intent: a\n  examples: |\n    - x",
                "b.yml": "nlu:\n- intent: a\n  examples: |\n    - y",
            },
            "b.yml: intent 'a'",
        ),
        (
            {
                "a.yml": "nlu:\n- intent: a\n  examples: |\n    - x",
                "b.yml": "nlu:\n- intent: b\n  examples: |\n    - x",
            },
            "b.yml: 'x' is also",
        ),
    ],
)
def test_broken_files_are_named(files: dict[str, str], message: str, tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        load_sentences(tmp_path)
