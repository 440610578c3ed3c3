"""What a model is made from: the files of the Rasa project, and one name for all that they say."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from intents.rasa_service.environment import ROOT

RECIPE = b"1"
"""Raised when training itself changes in a way that its files do not show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """``data`` are the folders of sentences and rules; those that do not exist are left out. ``extra`` matters too."""

    config: Path
    domain: Path
    data: tuple[Path, ...]
    extra: tuple[Path, ...] = ()

    def existing_data(self) -> list[Path]:
        return [folder for folder in self.data if _files(folder)]

    def fingerprint(self) -> str:
        """16 hexadecimal digits: another name for other contents, the same for the same ones anywhere."""
        digest = hashlib.sha256(RECIPE)
        for given in (self.config, self.domain, *self.data, *self.extra):
            for file in _files(given):
                name = given.name if file == given else f"{given.name}/{file.relative_to(given).as_posix()}"
                contents = file.read_bytes()
                digest.update(f"{name}\0{len(contents)}\0".encode() + contents)
        return digest.hexdigest()[:16]


def project(root: Path = ROOT) -> Sources:
    """The Rasa project of this checkout. The lock and the embedder count: with others, training has another result."""
    intents = root / "intents"
    return Sources(
        config=intents / "config.yml",
        domain=intents / "domain",
        data=(intents / "nlu", intents / "rules"),
        extra=(
            intents / "components",
            intents / "background",
            *sorted((root / "scripts").glob("calibration_*.jsonl")),
            root / "requirements" / "rasa.txt",
            root / ".models" / "default" / "manifest.json",
        ),
    )


def _files(given: Path) -> Sequence[Path]:
    if given.is_file():
        return [given]
    return sorted(path for path in given.rglob("*") if path.suffix in {".yml", ".py", ".txt"})
