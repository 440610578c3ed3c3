"""Trains the default embedder: ``python -m scripts.train_embedder [--write]``; about 20 minutes on two cores.

The data are the project's own: groups of ways to ask one thing, written for this (``knowledge_base/tuning/corpus``),
without the example shop's phrasings and without any test set. One family in five is kept out of it: on those the gain
is measured here, and the calibration is fitted (``fit_calibration.py``).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

import numpy as np
import torch

from knowledge_base.embedder.make.adaptation import SHIPPED, UNCHANGED
from knowledge_base.embedder.make.weights_file import WeightsFile, find_source
from knowledge_base.tuning.corpus import split_corpus
from knowledge_base.tuning.groups import Group
from knowledge_base.tuning.network import Floats, Network
from knowledge_base.tuning.training import Recipe, train

_CHUNK = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=Recipe().epochs)
    parser.add_argument("--rate", type=float, default=Recipe().rate)
    parser.add_argument("--write", action="store_true", help=f"write {SHIPPED.name}")
    arguments = parser.parse_args()
    trained, kept_out = split_corpus()
    print(f"{len(trained)} groups to train on, {len(kept_out)} kept out", flush=True)
    network = Network(WeightsFile(find_source()), UNCHANGED)
    print(f"before: {right_first(network, kept_out):.3f} of the groups kept out found first", flush=True)
    started = time.monotonic()

    def told(step: int, steps: int, loss: float) -> None:
        sys.stderr.write(f"\r{step}/{steps}  loss {loss:.3f}  {time.monotonic() - started:.0f} s ")
        sys.stderr.flush()

    train(network, trained, Recipe(epochs=arguments.epochs, rate=arguments.rate), told)
    print(f"\nafter: {right_first(network, kept_out):.3f}", flush=True)
    if arguments.write:
        network.adaptation().write(SHIPPED)


def right_first(network: Network, groups: Sequence[Group]) -> float:
    """Share of the texts whose own group's standard question is nearest among all groups'."""
    asked = [(text, place) for place, group in enumerate(groups) for text in group.texts[1:]]
    standard = _encode(network, [group.texts[0] for group in groups])
    nearest = (_encode(network, [text for text, _ in asked]) @ standard.T).argmax(axis=1)
    return float(np.mean(nearest == np.array([place for _, place in asked])))


@torch.no_grad()
def _encode(network: Network, texts: Sequence[str]) -> Floats:
    network.model.train(mode=False)
    parts = [network.vectors(texts[at : at + _CHUNK]).numpy() for at in range(0, len(texts), _CHUNK)]
    return np.concatenate(parts)


if __name__ == "__main__":
    main()
