"""What was found out about an index, stored with it: its curve and, where it has one, its own calibration."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from knowledge_base.calibrating.curve import Grounds, draw_curve, write_curve
from knowledge_base.calibrating.evidence import evidence_of_labels, evidence_of_phrasings
from knowledge_base.calibrating.refitting import refitted
from knowledge_base.calibration import Calibration
from knowledge_base.embedder.port import Embedder
from knowledge_base.index.manifest import CALIBRATION
from knowledge_base.index.version import IndexVersion
from knowledge_base.labelled import LabelledQuestion

ENOUGH_FOR_A_CURVE = 100
"""Labelled questions; with fewer the curve is of the phrasings, each left out."""


def write_findings(
    folder: Path, embedder: Embedder, labels: Sequence[LabelledQuestion], shipped: Calibration
) -> None:
    """Try the index version in ``folder`` and write what is found beside it."""
    index = IndexVersion.open(folder)
    labelled = evidence_of_labels(index, embedder, labels, shipped)
    if len(labelled) >= ENOUGH_FOR_A_CURVE:
        write_curve(folder, draw_curve(labelled, Grounds.LABELS))
    else:
        write_curve(folder, draw_curve(evidence_of_phrasings(index, shipped), Grounds.PHRASINGS))
    own = refitted(shipped, labelled)
    if own is not shipped:
        (folder / CALIBRATION).write_text(json.dumps(own.as_json(), indent=1) + "\n", encoding="utf-8")
