"""Fits ``knowledge_base/calibration.json``: ``python -m scripts.fit_calibration [--write]``.

The data are the project's own: the example shop's entries, questions written to it by looking at its answers alone
(``calibration_queries*.jsonl``), and sentences that it has no entry for (``calibration_out_of_scope.jsonl``). Many
knowledge bases are drawn from the shop (``calibrating/drawing.py``). Logistic regressions learn whether the first
entry found is right, and whether one of the first three is; a cut-off is where the answers above it together kept
within the bound, judged by regressions that had not seen the category asked about (``calibrating/fitting.py``).
Drawn with fixed seeds, so the result can be repeated.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from knowledge_base.embedder.opening import open_embedder
from scripts.calibrating.drawing import Vectors, draw_examples
from scripts.calibrating.fitting import fit, hold_out, tabulate
from scripts.calibrating.material import read_shop
from scripts.calibrating.reporting import report

TARGET = Path(__file__).resolve().parents[1] / "knowledge_base" / "calibration.json"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write knowledge_base/calibration.json")
    arguments = parser.parse_args()
    shop = read_shop()
    vectors = Vectors(open_embedder("default", threads=2), shop.texts())
    table = tabulate(list(draw_examples(shop, vectors)))
    held_out = hold_out(table)
    calibration = fit(table, held_out)
    text = json.dumps(calibration.as_json(), indent=1) + "\n"
    print(text)
    print(f"{len(table.folds)} examples; each judged by what was fitted without its category:")
    for line in report(table, held_out):
        print(line)
    if arguments.write:
        TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
