"""Where trained models lie: ``<folder>/<fingerprint of the data>/<embedder or words>/``, as numbers and JSON."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from intents.fallback_model.certainty import Certainty
from intents.fallback_model.data import ROOT, shipped
from intents.fallback_model.features import Block, Features
from intents.fallback_model.likeness import Known
from intents.fallback_model.model import Model

MODELS = ROOT / ".models" / "intents"

WORDS = "words"
"""Name of the model that goes without an embedder."""

_FORMAT = 2
_TEXTS, _NUMBERS = "model.json", "numbers.npz"


class Shelf:
    """``fingerprint`` names the data that models are trained from; models from other data are not seen."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder / fingerprint

    def find(self, embedder: str) -> Model | None:
        """The model for this embedder; None when there is none, or a damaged one, or one of another release."""
        try:
            return _load(self._folder / (embedder or WORDS))
        except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile):
            return None

    def put(self, model: Model) -> Path:
        """Appears whole or not at all; replaces what was there. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        place = self._folder / (model.embedder or WORDS)
        with tempfile.TemporaryDirectory(dir=self._folder, prefix=".new-") as fresh:
            _save(model, Path(fresh))
            shutil.rmtree(place, ignore_errors=True)
            kept = Path(fresh) / "kept"
            kept.mkdir()
            for name in (_TEXTS, _NUMBERS):
                (Path(fresh) / name).rename(kept / name)
            kept.replace(place)
        return place

    def prune(self) -> None:
        """Removes what was trained from other data."""
        for other in self._folder.parent.iterdir():
            if other.is_dir() and other != self._folder:
                shutil.rmtree(other, ignore_errors=True)


def shipped_shelf(models: Path = MODELS) -> Shelf:
    """The models of this checkout's data. Raises OSError and ValueError where the data cannot be read."""
    return Shelf(models, shipped().fingerprint())


def _save(model: Model, folder: Path) -> None:
    features, known = model.features, model.known
    texts = {
        "format": _FORMAT,
        "intents": model.intents,
        "embedder": model.embedder,
        "characters": list(features.characters.places),
        "syllables": list(features.syllables.places),
        "sounds": features.sounds,
        "count": known.count,
        "weights": model.certainty.weights,
        "offset": model.certainty.offset,
    }
    (folder / _TEXTS).write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
    numbers: dict[str, Any] = {
        "character_rarity": features.characters.rarity,
        "syllable_rarity": features.syllables.rarity,
        "starts": known.starts,
        "rows": known.rows,
        "values": known.values,
        "pulls": model.pulls,
    }
    if known.meanings is not None:
        numbers["meanings"] = known.meanings.astype(np.float16)
    np.savez(folder / _NUMBERS, **numbers)


def _load(folder: Path) -> Model | None:
    told: dict[str, Any] = json.loads((folder / _TEXTS).read_text(encoding="utf-8"))
    if told["format"] != _FORMAT:
        return None
    with np.load(folder / _NUMBERS, allow_pickle=False) as numbers:
        meanings = numbers["meanings"].astype(np.float32) if told["embedder"] else None
        return Model(
            intents=tuple(told["intents"]),
            embedder=told["embedder"],
            features=Features(
                characters=_block(told["characters"], numbers["character_rarity"]),
                syllables=_block(told["syllables"], numbers["syllable_rarity"]),
                sounds=told["sounds"],
            ),
            known=Known(
                count=told["count"],
                starts=numbers["starts"],
                rows=numbers["rows"],
                values=numbers["values"],
                meanings=meanings,
            ),
            pulls=numbers["pulls"],
            certainty=Certainty(weights=tuple(told["weights"]), offset=told["offset"]),
        )


def _block(runs: list[str], rarity: Any) -> Block:
    return Block(places={run: place for place, run in enumerate(runs)}, rarity=rarity)
