"""Stamps tell whether a step still has anything to do: each holds a hash of what the step was made from.

They lie in the environment that the step fills, so that they go with it; ``stamps`` names that of another than .venv.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from scripts.installing.layout import STAMPS


def fingerprint(files: Iterable[Path], *facts: str) -> str:
    """A hash of the files' contents and of further facts such as the Python version."""
    digest = hashlib.sha256()
    for fact in facts:
        digest.update(fact.encode() + b"\0")
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def is_fresh(step: str, wanted: str, stamps: Path | None = None) -> bool:
    """Whether the step was last finished from exactly this."""
    stamp = (stamps or STAMPS) / step
    return stamp.is_file() and stamp.read_text() == wanted


def remember(step: str, made_from: str, stamps: Path | None = None) -> None:
    """Note that the step is finished; called last, so that an interrupted step runs again."""
    folder = stamps or STAMPS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / step).write_text(made_from)


def forget(step: str, stamps: Path | None = None) -> None:
    """Drop the stamp before redoing a step, so that a step that dies half-way is not taken for finished."""
    ((stamps or STAMPS) / step).unlink(missing_ok=True)
