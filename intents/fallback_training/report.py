"""What cross-validation says of a model: figures for a person."""

from __future__ import annotations

import numpy as np

from intents.fallback_training.fitting import Fitted, questioning
from intents.fallback_training.texts import Texts

THRESHOLDS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.85)


def report(texts: Texts, fitted: Fitted, name: str) -> str:
    """A few lines: how often the best intent is right, and what a threshold keeps and refuses."""
    margins = fitted.unseen
    best = margins[:, :-1].argmax(axis=1)
    sure = fitted.model.certainty.of(margins, questioning(texts))[np.arange(len(best)), best]
    ours, strangers, questions = texts.labels >= 0, texts.labels == -1, texts.labels == -2
    right = best == texts.labels
    lines = [
        f"{name}: {ours.sum()} sentences of {len(texts.intents)} intents, {strangers.sum()} not for us,",
        f"{questions.sum()} questions; best intent right {right[ours].mean():.3f}",
        "threshold  right  wrong  not for us: refused  questions: refused",
    ]
    lines += [
        f"{threshold:9.2f}  {(right & (sure >= threshold))[ours].mean():.3f}  "
        f"{(~right & (sure >= threshold))[ours].mean():.3f}  {(sure < threshold)[strangers].mean():19.3f}  "
        f"{(sure < threshold)[questions].mean():18.3f}"
        for threshold in THRESHOLDS
    ]
    return "\n".join(lines) + "\n"
