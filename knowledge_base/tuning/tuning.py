"""Tunes the default embedder on one shop's own questions; minutes on two cores. Needs torch."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from knowledge_base.embedder.files import read_manifest
from knowledge_base.embedder.make.adaptation import SHIPPED, Adaptation
from knowledge_base.embedder.make.recipe import make_embedder
from knowledge_base.embedder.make.weights_file import WeightsFile, find_source
from knowledge_base.errors import EmbedderUnavailable
from knowledge_base.tuning.material import Material
from knowledge_base.tuning.network import Network
from knowledge_base.tuning.training import Recipe, train

RECIPE = Recipe(epochs=4, rate=4e-5)


def tune(found: Material, folder: Path, progress: Callable[[int, int, float], None]) -> str:
    """Train on ``found`` and make the embedder in ``folder``, which must not be there; returns its identity.

    ``progress`` is told (steps done, of, loss). Always begins with the shipped embedder: tuning again does not pile up.
    Raises ``EmbedderUnavailable``.
    """
    source = find_source()
    network = Network(WeightsFile(source), Adaptation.read(SHIPPED))
    train(network, found.groups, RECIPE, progress)
    with tempfile.TemporaryDirectory(prefix="xiaoer-tuning-") as temporary:
        # Through the file, as numbers are rounded there: what is judged is what will be used.
        rounded = Path(temporary) / "tuned.npz"
        network.adaptation().write(rounded)
        make_embedder(source, Adaptation.read(rounded), folder, lambda step: None)
    manifest = read_manifest(folder)
    if manifest is None:
        raise EmbedderUnavailable(f"no embedder came of it in {folder}")
    return manifest.identity
