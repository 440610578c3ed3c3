"""The classifier's rules, held against labelled sentences."""

from pathlib import Path

import pytest
import yaml

from intents.fallback import FallbackClassifier

SENTENCES: dict[str, list[str]] = yaml.safe_load(
    Path(__file__).with_name("sentences.yml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def classifier() -> FallbackClassifier:
    return FallbackClassifier()


@pytest.mark.parametrize("intent", SENTENCES)
async def test_is_taken_for(intent: str, classifier: FallbackClassifier) -> None:
    taken = {sentence: (await classifier.parse(sentence)).intent for sentence in SENTENCES[intent]}
    assert taken == dict.fromkeys(SENTENCES[intent], intent)


def test_there_are_many_and_none_twice() -> None:
    sentences = [sentence for each in SENTENCES.values() for sentence in each]
    assert len(sentences) >= 120
    assert len(set(sentences)) == len(sentences)
