"""``python -m knowledge_base.embedder.make [--out DIR]``: makes the default embedder unless it is there
already.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from rich.console import Console

from knowledge_base.embedder.files import default_folder
from knowledge_base.embedder.make.adaptation import SHIPPED, Adaptation
from knowledge_base.embedder.make.recipe import is_made, make_embedder
from knowledge_base.embedder.make.weights_file import find_source
from knowledge_base.errors import KnowledgeBaseError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m knowledge_base.embedder.make", description=__doc__)
    parser.add_argument("--out", type=Path, default=default_folder(), help="folder to make it in")
    parser.add_argument("--force", action="store_true", help="make it again even when it is there")
    arguments = parser.parse_args()
    console = Console(stderr=True)
    try:
        return _make(arguments.out, force=arguments.force, console=console)
    except KnowledgeBaseError as exc:
        console.print(f"default embedder: {exc}", style="red")
        return 1


def _make(folder: Path, *, force: bool, console: Console) -> int:
    source, adaptation = find_source(), Adaptation.read(SHIPPED)
    if not force and is_made(folder, source, adaptation):
        console.print(f"default embedder: up to date ({folder.name})")
        return 0
    started = time.monotonic()
    with console.status("default embedder") as status:
        cosine = make_embedder(
            source, adaptation, folder, lambda step: status.update(f"default embedder: {step}")
        )
    seconds = time.monotonic() - started
    console.print(f"default embedder: made in {seconds:.1f} s (least cosine to float32 {cosine:.4f})")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
