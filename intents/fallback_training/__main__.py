"""Trains the fallback classifier's models when the data has changed; moments when it has not.

Two models: with the meanings that an embedder gives, and of words alone for shops with another embedder.
"""

import argparse
import hashlib
import json
import sys
import time
from pathlib import Path

from intents.fallback_model.data import ROOT, shipped
from intents.fallback_model.shelf import MODELS, Shelf


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m intents.fallback_training", description=__doc__)
    parser.add_argument(
        "--embedder", type=Path, default=ROOT / ".models" / "default", help="folder of an embedder"
    )
    parser.add_argument("--models", type=Path, default=MODELS, help="where models are kept")
    parser.add_argument("--again", action="store_true", help="train although nothing has changed")
    arguments = parser.parse_args()
    started = time.monotonic()
    data = shipped()
    shelf = Shelf(arguments.models, data.fingerprint())
    # What training needs takes seconds to import, which an unchanged checkout should not wait for.
    from intents.components.sentence_encoder import SentenceEncoder  # noqa: PLC0415

    try:
        encoder = SentenceEncoder(arguments.embedder)
        identity = embedder_identity(arguments.embedder)
    except (OSError, ValueError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    if not arguments.again and shelf.find(identity) and shelf.find(""):
        return 0
    from intents.fallback_training.fitting import fit  # noqa: PLC0415
    from intents.fallback_training.report import report  # noqa: PLC0415
    from intents.fallback_training.sounds import common_sounds  # noqa: PLC0415
    from intents.fallback_training.texts import gather  # noqa: PLC0415

    texts = gather(data, encoder.encode)
    sounds = common_sounds()
    for embedder in (identity, ""):
        fitted = fit(texts, sounds, embedder=embedder)
        shelf.put(fitted.model)
        sys.stdout.write(report(texts, fitted, embedder or "words alone"))
    shelf.prune()
    sys.stdout.write(f"Trained from {len(texts.texts)} texts in {time.monotonic() - started:.1f} s.\n")
    return 0


def embedder_identity(folder: Path) -> str:
    """The name that the knowledge base gives the embedder in ``folder``. Raises OSError, ValueError."""
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return hashlib.sha256("".join(sorted(told["sha256"].values())).encode()).hexdigest()[:16]


if __name__ == "__main__":
    raise SystemExit(main())
