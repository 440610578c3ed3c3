"""Reads the examples: one file per intent, sentences as customers type them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

SHIPPED = Path(__file__).parent / "examples"


def load_examples(folder: Path = SHIPPED) -> dict[str, tuple[str, ...]]:
    """Sentences by intent, from every ``*.yml`` in ``folder``.

    Raises ValueError, naming the file, for one that is not ``{intent: name, examples: [text, …]}``, for an intent in
    two files and for a sentence under two intents.
    """
    examples: dict[str, tuple[str, ...]] = {}
    told: dict[str, str] = {}
    for path in sorted(folder.glob("*.yml")):
        intent, sentences = _read(path)
        if intent in examples:
            raise ValueError(f"{path.name}: intent {intent!r} is already in another file")
        for sentence in sentences:
            if told.setdefault(sentence, intent) != intent:
                raise ValueError(f"{path.name}: {sentence!r} is also an example of {told[sentence]!r}")
        examples[intent] = sentences
    return examples


def _read(path: Path) -> tuple[str, tuple[str, ...]]:
    content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    match content:
        case {"intent": str(intent), "examples": [*sentences]} if all(
            isinstance(one, str) for one in sentences
        ):
            return intent, tuple(sentences)
        case _:
            raise ValueError(f"{path.name}: expected 'intent: name' and 'examples: [text, …]'")
