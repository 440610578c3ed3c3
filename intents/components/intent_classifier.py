"""The pipeline's classifier: ranks the intents of a message, and says how sure it is.

Rasa makes, trains, keeps and asks it; what it knows is in ``features``, ``margins`` and ``training_set``.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from intents.components.background import read_background
from intents.components.features import Features
from intents.components.margins import Certainty, Lines, draw_lines, find_certainty, unseen_margins
from intents.components.sentence_encoder import SentenceEncoder
from intents.components.training_set import gather

ROOT = Path(__file__).resolve().parents[2]
RANKED = 10
_KNOWLEDGE, _LINES = "classifier.json", "lines.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent, RasaIntentClassifier):
    """Configuration: ``embedder``: its folder; ``not_for_us`` and ``questions``: patterns of files with background
    texts. All are relative to the checkout.
    """

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._encoder = SentenceEncoder(ROOT / config["embedder"])
        self._intents: tuple[str, ...] = ()
        self._features: Features | None = None
        self._lines: Lines | None = None
        self._certainty: Certainty | None = None

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"embedder": ".models/default", "not_for_us": [], "questions": []}

    @staticmethod
    def required_packages() -> list[str]:
        return ["onnxruntime", "pypinyin", "sklearn", "tokenizers"]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Rasa demands this method; the classes that read the configuration say what is wrong with it."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentClassifier:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        examples = [one for one in training_data.intent_examples if one.get(TEXT)]
        background = read_background(self._config["not_for_us"], self._config["questions"], root=ROOT)
        texts = gather(
            [one.get(TEXT) for one in examples],
            [one.get(INTENT) for one in examples],
            background,
            self._encoder,
        )
        self._intents = texts.intents
        self._features = Features.of(texts.texts)
        matrix = self._features.matrix(texts.texts, texts.meanings)
        self._lines = draw_lines(matrix, texts)
        self._certainty = find_certainty(unseen_margins(matrix, texts), texts)
        self._keep(self._features, self._lines, self._certainty)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = self._ranking(message.get(TEXT) or "")
            message.set(INTENT, ranking[0] if ranking else _named(None, 0.0), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _ranking(self, text: str) -> list[dict[str, Any]]:
        if not text.strip() or self._features is None or self._lines is None or self._certainty is None:
            return []
        margins = self._lines.margins(self._features.matrix([text], self._encoder.encode([text])))
        probabilities = self._certainty.of(margins)[0]
        best = np.argsort(-margins[0, :-1])[:RANKED]
        return [_named(self._intents[place], float(probabilities[place])) for place in best]

    def _keep(self, features: Features, lines: Lines, certainty: Certainty) -> None:
        knowledge = {
            "embedder": self._encoder.identity,
            "intents": self._intents,
            "features": features.to_stored(),
            "certainty": asdict(certainty),
        }
        with self._storage.write_to(self._resource) as folder:
            (folder / _KNOWLEDGE).write_text(json.dumps(knowledge, ensure_ascii=False), encoding="utf-8")
            np.savez(folder / _LINES, slopes=lines.slopes, offsets=lines.offsets)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> IntentClassifier:
        """Raises ``RasaException`` where the embedder is not the one that the model was trained with."""
        loaded = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            knowledge = json.loads((folder / _KNOWLEDGE).read_text(encoding="utf-8"))
            with np.load(folder / _LINES) as arrays:
                loaded._lines = Lines(slopes=arrays["slopes"], offsets=arrays["offsets"])
        if knowledge["embedder"] != loaded._encoder.identity:
            raise RasaException(
                "The embedder has changed since training; run `python -m intents.rasa_service train`."
            )
        loaded._intents = tuple(knowledge["intents"])
        loaded._features = Features.from_stored(knowledge["features"])
        certainty = knowledge["certainty"]
        loaded._certainty = Certainty(weights=tuple(certainty["weights"]), offset=certainty["offset"])
        return loaded


def _named(intent: str | None, confidence: float) -> dict[str, Any]:
    return {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: confidence}
