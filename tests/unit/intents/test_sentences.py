"""The classifier's rules, held against labelled sentences."""

from pathlib import Path

import pytest
import yaml

from intents.fallback import FallbackClassifier

SENTENCES: dict[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("sentences.yml").read_text(encoding="utf-8")
)
LABELLED = [(sentence, intent) for intent, sentences in SENTENCES.items() for sentence in sentences]


@pytest.fixture(scope="module")
def classifier() -> FallbackClassifier:
    return FallbackClassifier()


@pytest.mark.parametrize(("sentence", "intent"), LABELLED)
async def test_is_taken_for(sentence: str, intent: str, classifier: FallbackClassifier) -> None:
    assert (await classifier.parse(sentence)).intent == intent


def test_there_are_many_and_none_twice() -> None:
    sentences = [sentence for sentence, _ in LABELLED]
    assert len(sentences) >= 120
    assert len(set(sentences)) == len(sentences)
