"""How well messages are understood: ``python -m benchmarks intents [--pipelines]``.

Rasa with the product's pipeline and the fallback classifier, side by side, on the sentences of
``tests/held_out/intents`` (nothing is fitted to them). ``--pipelines``: Rasa's own logistic regression and DIET are
trained on the same data (``benchmarks/pipelines``) and measured too. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import arguments
from benchmarks.intent_figures import Said, Sentence, figures
from benchmarks.intent_sentences import held_out, training_sentences
from benchmarks.processes import machine
from benchmarks.rasa_process import rasa
from intents.fallback import FallbackClassifier
from intents.fallback_model.shelf import shipped_shelf
from intents.rasa_service import training
from intents.rasa_service.sources import project
from intents.understanding import FAQ
from knowledge_base.embedder.opening import DEFAULT, open_embedder

PIPELINES = Path(__file__).parent / "pipelines"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pipelines", action="store_true", help="train and measure the others too")
    options = parser.parse_args()
    arguments.report(lambda: measure(options))


async def measure(options: argparse.Namespace) -> dict[str, object]:
    sentences = held_out()
    trained = frozenset(one.text for one in training_sentences())
    measured: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="xiaoer-intents-") as temporary:
        folder = Path(temporary)
        arguments.progress("Rasa, the product's pipeline")
        model = await asyncio.to_thread(training.train, say=arguments.progress)
        measured["rasa"] = await _rasa(model, sentences, trained, folder)
        arguments.progress("the fallback classifier")
        measured["fallback"] = figures(sentences, await _fallback(sentences), trained=trained)
        if options.pipelines:
            measured["pipelines"] = {
                config.stem: await _pipeline(config, sentences, trained, folder)
                for config in sorted(PIPELINES.glob("*.yml"))
            }
    return {"benchmark": "intents", "machine": machine(), **measured}


async def _pipeline(
    config: Path, sentences: Sequence[Sentence], trained: frozenset[str], folder: Path
) -> dict[str, object]:
    arguments.progress(f"Rasa, {config.stem}")
    started = time.monotonic()
    model = await asyncio.to_thread(
        training.train,
        replace(project(), config=config),
        models=folder / config.stem,
        say=arguments.progress,
    )
    seconds = time.monotonic() - started
    return {"training_seconds": round(seconds), **await _rasa(model, sentences, trained, folder)}


async def _rasa(
    model: Path, sentences: Sequence[Sentence], trained: frozenset[str], folder: Path
) -> dict[str, object]:
    async with rasa(model, folder / "rasa.log") as process:
        said = await process.parse_all(sentences)
        memory = process.usage()
    return {
        "model_mb": _megabytes(model),
        "resident_mb": memory.resident_mb,
        "peak_mb": memory.peak_mb,
        **figures(sentences, said, trained=trained),
    }


def _megabytes(file: Path) -> float:
    return round(file.stat().st_size / 1e6, 1)


async def _fallback(sentences: Sequence[Sentence]) -> list[Said]:
    encoder = open_embedder(DEFAULT, threads=1)

    async def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        return await asyncio.to_thread(encoder.encode, list(texts))

    classifier = FallbackClassifier(shipped_shelf(), embed, embedder=lambda: encoder.identity)
    await classifier.warm_up()
    return [await _ask(classifier, sentence.text) for sentence in sentences]


async def _ask(classifier: FallbackClassifier, text: str) -> Said:
    started = time.perf_counter()
    understood = await classifier.parse(text)
    seconds = time.perf_counter() - started
    ranked = [intent for intent, _ in ((understood.intent, 1.0), *understood.others) if intent != FAQ]
    return Said(best=ranked[0] if ranked else None, fell_back=understood.intent == FAQ, seconds=seconds)


if __name__ == "__main__":
    main()
