"""The files of an embedder made here, and the manifest that vouches for them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

NETWORK = "encoder.onnx"
TOKENIZER = "tokenizer.json"
CONFIG = "config.json"
MODULES = "modules.json"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an embedder was made from, ``adaptation`` being what was trained into it, and the SHA-256 of each file."""

    recipe: int
    source_sha256: str
    adaptation: str
    sha256: Mapping[str, str]

    def as_json(self) -> dict[str, object]:
        return asdict(self)

    @property
    def identity(self) -> str:
        """Names the embedder by its contents: vectors of two embedders with different identities do not
        mix.
        """
        return hashlib.sha256("".join(sorted(self.sha256.values())).encode()).hexdigest()[:16]


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of ``folder``; None when there is none or it is not ours."""
    try:
        raw = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(**raw)
    except (OSError, ValueError, TypeError):
        return None


def broken_files(folder: Path, manifest: Manifest) -> list[str]:
    """Names of files that are missing or do not have the promised contents."""
    return [
        name
        for name, promised in manifest.sha256.items()
        if not (folder / name).is_file() or file_hash(folder / name) != promised
    ]


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_hash(folder: Path) -> str:
    """Names a folder by all its files' names and contents: 16 hexadecimal digits."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{path.relative_to(folder).as_posix()} {file_hash(path)}" for path in files]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def default_folder() -> Path:
    """Where ``make setup`` puts the default embedder: beside the code, since it belongs to the code's
    version.
    """
    return Path(__file__).resolve().parents[2] / ".models" / "default"
