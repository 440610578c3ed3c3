"""Reads what customers say, by intent: ``intents/nlu``, from which Rasa and the fallback classifier learn."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

SHIPPED = Path(__file__).parent / "nlu"

_MARKED = re.compile(r"\[([^\[\]]+)\]\([a-z_]+\)")


def load_sentences(folder: Path = SHIPPED) -> dict[str, tuple[str, ...]]:
    """Sentences by intent, from every ``*.yml`` in ``folder``, without the marks of entities.

    Raises ValueError, naming the file, for one that is not Rasa's ``nlu: [{intent, examples}]``, for an intent in two
    places and for a sentence under two intents.
    """
    sentences: dict[str, tuple[str, ...]] = {}
    told: dict[str, str] = {}
    for path in sorted(folder.glob("*.yml")):
        for intent, said in _read(path):
            if intent in sentences:
                raise ValueError(f"{path.name}: intent {intent!r} is already in another place")
            for sentence in said:
                if told.setdefault(sentence, intent) != intent:
                    raise ValueError(f"{path.name}: {sentence!r} is also an example of {told[sentence]!r}")
            sentences[intent] = said
    return sentences


def _read(path: Path) -> list[tuple[str, tuple[str, ...]]]:
    content: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader
    match content:
        case {"nlu": [*blocks]} if blocks:
            return [_block(path, block) for block in blocks]
        case _:
            raise ValueError(f"{path.name}: expected 'nlu:' and a list under it")


def _block(path: Path, block: Any) -> tuple[str, tuple[str, ...]]:
    match block:
        case {"intent": str(intent), "examples": str(examples)}:
            lines = [line.strip() for line in examples.splitlines() if line.strip()]
            if all(line.startswith("- ") for line in lines):
                return intent, tuple(_MARKED.sub(r"\1", line[2:].strip()) for line in lines)
    raise ValueError(f"{path.name}: expected 'intent: name' and 'examples: |' with '- ' before each sentence")


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
