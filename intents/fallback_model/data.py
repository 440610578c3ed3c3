"""What a model is trained from, and one name for all that it says."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
RECIPE = b"3"
"""Raised when training itself changes."""

NOT_FOR_US, QUESTIONS = "not_for_us", "questions"
"""Kinds of background texts, as Rasa's pipeline names them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """Paths: ``config`` is Rasa's pipeline, which names the background texts, relative to ``root``; ``shop``: the
    FAQ files of a shop.
    """

    root: Path
    nlu: Path
    config: Path
    shop: Path

    def background(self) -> Mapping[str, Sequence[str]]:
        """Patterns of files by kind. Raises ValueError where the pipeline names none, OSError."""
        told: Any = yaml.safe_load(self.config.read_text(encoding="utf-8"))
        for component in told["pipeline"]:
            if NOT_FOR_US in component and QUESTIONS in component:
                return {kind: list(component[kind]) for kind in (NOT_FOR_US, QUESTIONS)}
        raise ValueError(f"{self.config.name}: no component names its background")

    def files(self) -> list[Path]:
        """All that counts, in order. Raises as ``background``."""
        patterns = [pattern for patterns in self.background().values() for pattern in patterns]
        found = {file for pattern in patterns for file in self.root.glob(pattern)}
        return sorted({*found, *self.nlu.glob("*.yml"), *self.shop.glob("*.yml")})

    def fingerprint(self) -> str:
        """16 hexadecimal digits: others for other contents. Raises as ``background``."""
        digest = hashlib.sha256(RECIPE + repr(self.background()).encode())
        for file in self.files():
            contents = file.read_bytes()
            name = file.relative_to(self.root).as_posix()
            digest.update(f"{name}\0{len(contents)}\0".encode() + contents)
        return digest.hexdigest()[:16]


def shipped(root: Path = ROOT) -> Data:
    """That of this checkout."""
    return Data(
        root=root,
        nlu=root / "intents" / "nlu",
        config=root / "intents" / "config.yml",
        shop=root / "knowledge_base" / "example_shop",
    )
