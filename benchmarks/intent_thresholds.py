"""What the classifier's threshold trades, by cross-validation: ``python -m benchmarks intent_thresholds``.

Only training texts are looked at, each by lines that did not see it; the threshold in ``intents/config.yml`` is chosen
from this table. Prints one JSON object.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from benchmarks.figures import share
from benchmarks.intent_sentences import training_sentences
from intents.components.background import read_background
from intents.components.features import Features
from intents.components.margins import Numbers, find_certainty, unseen_margins
from intents.components.sentence_encoder import SentenceEncoder
from intents.components.training_set import QUESTION, TrainingSet, gather

ROOT = Path(__file__).resolve().parents[1]
THRESHOLDS = np.arange(0.2, 0.71, 0.05)


def main() -> None:
    print(json.dumps(measure(_settings()), ensure_ascii=False, indent=1))


def measure(settings: Mapping[str, Any]) -> dict[str, object]:
    examples = training_sentences()
    background = read_background(settings["not_for_us"], settings["questions"], root=ROOT)
    encoder = SentenceEncoder(ROOT / settings["embedder"], threads=2)
    texts = gather([one.text for one in examples], [str(one.intent) for one in examples], background, encoder)
    margins = unseen_margins(Features.of(texts.texts).matrix(texts.texts, texts.meanings), texts)
    best = margins[:, :-1].argmax(axis=1)
    certain = find_certainty(margins, texts).of(margins)[np.arange(len(best)), best]
    ours = texts.labels >= 0
    return {
        "benchmark": "intent_thresholds",
        "examples": int(ours.sum()),
        "background": int((~ours).sum()),
        "raw_top_1": share(int((best == texts.labels)[ours].sum()), int(ours.sum())),
        "thresholds": [_row(float(one), certain, best == texts.labels, texts) for one in THRESHOLDS],
    }


def _row(threshold: float, certain: Numbers, right: Any, texts: TrainingSet) -> dict[str, object]:
    ours = texts.labels >= 0
    questions = ~ours & (texts.weights == QUESTION)
    strangers = ~ours & ~questions
    sure = certain >= threshold
    return {
        "threshold": round(threshold, 2),
        "right_and_sure": share(int((sure & right & ours).sum()), int(ours.sum())),
        "wrong_and_sure": share(int((sure & ~right & ours).sum()), int(ours.sum())),
        "not_for_us_refused": share(int((~sure & strangers).sum()), int(strangers.sum())),
        "questions_refused": share(int((~sure & questions).sum()), int(questions.sum())),
    }


def _settings() -> Mapping[str, Any]:
    pipeline = yaml.safe_load((ROOT / "intents" / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    found: Mapping[str, Any] = next(part for part in pipeline if part["name"].endswith(".IntentClassifier"))
    return found


if __name__ == "__main__":
    main()
